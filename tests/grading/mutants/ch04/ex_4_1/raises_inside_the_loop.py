# expect: inside the loop, remember its name
# cell: ex-4-1
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orders import ALWAYS


async def undo_all(undo: list) -> None:
    for compensation, argument in reversed(undo):
        try:
            await workflow.execute_activity(compensation, argument, **ALWAYS)
        except ActivityError as error:
            raise ApplicationError(f"not undone: {compensation.__name__}") from error
