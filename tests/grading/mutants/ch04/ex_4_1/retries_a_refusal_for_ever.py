# expect: a refused compensation does not stop the others
# cell: ex-4-1
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy


async def undo_all(undo: list) -> None:
    for compensation, argument in reversed(undo):
        await workflow.execute_activity(
            compensation,
            argument,
            start_to_close_timeout=timedelta(seconds=3),
            retry_policy=RetryPolicy(backoff_coefficient=1),
        )
