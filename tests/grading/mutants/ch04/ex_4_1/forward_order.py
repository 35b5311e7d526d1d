# expect: with `reversed(undo)`
# cell: ex-4-1
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orders import ALWAYS


async def undo_all(undo: list) -> None:
    left = []
    for compensation, argument in undo:
        try:
            await workflow.execute_activity(compensation, argument, **ALWAYS)
        except ActivityError:
            left.append(compensation.__name__)
    if left:
        raise ApplicationError(f"not undone: {', '.join(left)}", type="NotUndone")
