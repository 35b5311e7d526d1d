# expect: run compensations with `ALWAYS`
# cell: ex-4-1
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orders import THRICE


async def undo_all(undo: list) -> None:
    left = []
    for compensation, argument in reversed(undo):
        try:
            await workflow.execute_activity(compensation, argument, **THRICE)
        except ActivityError:
            left.append(compensation.__name__)
    if left:
        raise ApplicationError(f"not undone: {', '.join(left)}", type="NotUndone")
