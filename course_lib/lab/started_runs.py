"""Which runs this notebook has started: `Lab.until` waits for as long as one of them moves."""

from typing import Any

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

from course_lib.history import Described
from course_lib.waits.machine import ROUND_TRIP

_MOST = 20  # runs, the newest: looking at more of them would cost the server too much


class Started(Interceptor):
    """Notes the runs that a client starts.

    Attributes:
        runs: Those that have not been seen closed, the newest last.
    """

    def __init__(self) -> None:
        self.runs: list[WorkflowHandle[Any, Any]] = []

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Put the notes in front of what starts the runs."""
        return _Noting(next, self)

    def note(self, run: WorkflowHandle[Any, Any]) -> None:
        """Add a run.

        Args:
            run: Its handle.
        """
        self.runs[:] = [*(known for known in self.runs if known.id != run.id), run][-_MOST:]

    async def seen(self, run: WorkflowHandle[Any, Any], described: Described) -> None:
        """Forget a run that has ended.

        Args:
            run: Its handle.
            described: What the server says of it now.
        """
        if described.close_time is not None and run in self.runs:
            self.runs.remove(run)


class _Noting(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, started: Started) -> None:
        super().__init__(next)
        self._started = started

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        handle = await super().start_workflow(input)
        if not handle.id.startswith(ROUND_TRIP):  # a wait's own: it would wait for itself
            self._started.note(handle)
        return handle

    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        update = await super().start_update_with_start_workflow(input)
        self._started.note(update._client.get_workflow_handle(update.workflow_id))
        return update
