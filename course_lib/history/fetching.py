"""Getting a history from the server."""

from typing import Any

from temporalio.client import WorkflowHandle, WorkflowHistory


async def fetch(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """Return the history of a workflow as far as it is recorded.

    Args:
        handle: The workflow; without a run id, its latest run.

    Raises:
        temporalio.service.RPCError: The server does not know the workflow, or does not answer.
    """
    return await handle.fetch_history()
