"""How a run stands, as the server describes it; also a run that the SDK cannot describe."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus as RawStatus
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from course_lib.history.moments import optional_moment

_KNOWN = {int(status): status for status in WorkflowExecutionStatus}


@dataclass(frozen=True)
class Described:
    """What the server says about a run. The names are those of the SDK's ``WorkflowExecutionDescription``.

    Args:
        id: The workflow id.
        run_id: Which run it is.
        workflow_type: Its workflow type.
        task_queue: The task queue of its Workers.
        status: RUNNING for every run that is open, so for one that is paused, too.
        paused: Whether somebody has paused it.
        history_length: How many events its history has.
        close_time: When it ended, UTC; None while it is open.
        raw_description: Everything that the server said.
    """

    id: str
    run_id: str
    workflow_type: str
    task_queue: str
    status: WorkflowExecutionStatus
    paused: bool
    history_length: int
    close_time: datetime | None
    raw_description: DescribeWorkflowExecutionResponse


async def describe(handle: WorkflowHandle[Any, Any]) -> Described:
    """Return how a run stands.

    For a paused run the SDK's own ``handle.describe()`` raises ``ValueError: 8 is not a valid
    WorkflowExecutionStatus`` (1.35), so nothing of the course calls it.

    Args:
        handle: The workflow. Without a run id it is the newest run.

    Raises:
        temporalio.service.RPCError: There is no such workflow, or the server does not answer.
    """
    answer = await ask(client_of(handle), handle.id, handle.run_id or "", retry=True)
    info = answer.workflow_execution_info
    return Described(
        id=info.execution.workflow_id,
        run_id=info.execution.run_id,
        workflow_type=info.type.name,
        task_queue=info.task_queue,
        # The server has more words for an open run than the SDK.
        status=_KNOWN.get(info.status, WorkflowExecutionStatus.RUNNING),
        # Not `pause_info`: it stays when a paused run is terminated.
        paused=info.status == RawStatus.WORKFLOW_EXECUTION_STATUS_PAUSED,
        history_length=info.history_length,
        close_time=optional_moment(info, "close_time"),
        raw_description=answer,
    )


async def ask(client: Client, workflow_id: str, run_id: str, **call: Any) -> DescribeWorkflowExecutionResponse:
    """Return all that the server says of a run.

    Args:
        client: A client of the run's namespace.
        workflow_id: The workflow.
        run_id: The run; without it the newest one.
        **call: How the service is called, such as ``timeout``.
    """
    execution = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    request = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=execution)
    return await client.workflow_service.describe_workflow_execution(request, **call)


def client_of(handle: WorkflowHandle[Any, Any]) -> Client:
    """Return the client that a handle belongs to: its namespace and data converter are the ones that count."""
    return handle._client  # the SDK has no public way to ask (1.35)


def unpausing(workflow_id: str) -> str:
    """Return how to unpause a run, for the end of a sentence: the command, and the same from a notebook.

    Args:
        workflow_id: The workflow.
    """
    command = f"workflow unpause --workflow-id {shlex.quote(workflow_id)}"
    return f"`temporal {command}`, or in a cell `await lab.temporal({json.dumps(command, ensure_ascii=False)})`"
