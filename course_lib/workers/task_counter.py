"""Inside the child: how many tasks its Workers have taken, by the SDK's own metrics."""

import asyncio
from collections.abc import Callable

# Counters of the SDK's core (1.35). The buffer holds what comes in between two looks; past it, updates are dropped.
_WORKFLOW = "temporal_workflow_task_queue_poll_succeed"
_ACTIVITY = "temporal_activity_task_received"
BUFFER = 20_000
_EVERY = 0.5


class TaskCounter:
    """Counts tasks.

    Args:
        tell: Called with the number of workflow tasks and of activity tasks since the process began, when one grew.
    """

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        from temporalio.runtime import MetricBuffer

        self.buffer = MetricBuffer(BUFFER)
        self._tell = tell
        self._counts = {_WORKFLOW: 0, _ACTIVITY: 0}

    async def run(self) -> None:
        """Look again and again; ends when it is cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            self.look()

    def look(self) -> None:
        """Take what the buffer holds."""
        grew = False
        for update in self.buffer.retrieve_updates():
            if (name := update.metric.name) in self._counts:
                self._counts[name] += int(update.value)
                grew = True
        if grew:
            self._tell(self._counts[_WORKFLOW], self._counts[_ACTIVITY])
