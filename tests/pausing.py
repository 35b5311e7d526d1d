"""Pausing a run as an operator does."""

import asyncio

from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest, UnpauseWorkflowExecutionRequest
from temporalio.client import Client


async def pause(client: Client, workflow_id: str, reason: str = "lunch") -> None:
    """Pause the newest run of a workflow, and wait until its history says so."""
    await client.workflow_service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(
            namespace=client.namespace, workflow_id=workflow_id, identity="an operator", reason=reason
        )
    )
    # While a workflow task runs, the server keeps the event aside.
    async with asyncio.timeout(120):
        while not await _is_written(client, workflow_id):  # noqa: ASYNC110 - the history is what counts
            await asyncio.sleep(0.05)


async def _is_written(client: Client, workflow_id: str) -> bool:
    recorded = await client.get_workflow_handle(workflow_id).fetch_history()
    return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED for event in recorded.events)


async def unpause(client: Client, workflow_id: str, reason: str = "") -> None:
    """Let the newest run of a workflow go on."""
    await client.workflow_service.unpause_workflow_execution(
        UnpauseWorkflowExecutionRequest(
            namespace=client.namespace, workflow_id=workflow_id, identity="an operator", reason=reason
        )
    )
