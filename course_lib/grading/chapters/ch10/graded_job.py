"""The workflow that the checks of 10.2 and 10.3 let schedules start; see `Bench.worker` on its being a file."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError


@workflow.defn
class GradedJob:
    """Does nothing until it is told how to end. A cancellation ends it, too, and it would have its say."""

    def __init__(self) -> None:
        self.end = ""

    @workflow.signal
    def finish(self, how: str) -> None:
        """End: ``"well"``, or for good with a failure."""
        self.end = how

    @workflow.run
    async def run(self) -> None:
        """Wait for `finish`."""
        await workflow.wait_condition(lambda: self.end != "")
        if self.end != "well":
            raise ApplicationError("it failed for good", non_retryable=True)
