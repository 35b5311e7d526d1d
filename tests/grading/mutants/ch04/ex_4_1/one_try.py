# expect: ✗ a compensation is tried until it works
# cell: ex-4-1
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError


async def undo_all(undo: list) -> None:
    left, once = [], RetryPolicy(maximum_attempts=1)
    for compensation, argument in reversed(undo):
        try:
            await workflow.execute_activity(
                compensation, argument, start_to_close_timeout=timedelta(seconds=3), retry_policy=once
            )
        except ActivityError:
            left.append(compensation.__name__)
    if left:
        raise ApplicationError(f"not undone: {', '.join(left)}")
