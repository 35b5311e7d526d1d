# expect: none was asked for
# cell: ex-4-1
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orders import ALWAYS


async def undo_all(undo: list) -> None:
    for compensation, argument in reversed(undo):
        workflow.start_activity(compensation, argument, **ALWAYS)
