# expect: ✗ a killed server leaves no order half-way
# cell: ex-4-1
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orders import ALWAYS


async def undo_all(undo: list) -> None:
    left, limit = [], timedelta(seconds=8.5)
    for compensation, argument in reversed(undo):
        try:
            await workflow.execute_activity(compensation, argument, schedule_to_close_timeout=limit, **ALWAYS)
        except ActivityError:
            left.append(compensation.__name__)
    if left:
        raise ApplicationError(f"not undone: {', '.join(left)}")
