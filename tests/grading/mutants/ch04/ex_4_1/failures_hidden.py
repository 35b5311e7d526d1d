# expect: raise an `ApplicationError` with the names
# cell: ex-4-1
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orders import ALWAYS


async def undo_all(undo: list) -> None:
    left = []
    for compensation, argument in reversed(undo):
        try:
            await workflow.execute_activity(compensation, argument, **ALWAYS)
        except ActivityError:
            left.append(compensation.__name__)
    workflow.logger.error("not undone: %s", left)
