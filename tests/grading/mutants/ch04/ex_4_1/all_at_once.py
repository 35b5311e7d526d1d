# expect: one compensation after the other
# cell: ex-4-1
import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from orders import ALWAYS


async def undo_all(undo: list) -> None:
    calls = [workflow.execute_activity(compensation, argument, **ALWAYS) for compensation, argument in undo]
    results = await asyncio.gather(*calls, return_exceptions=True)
    left = [undo[n][0].__name__ for n, result in enumerate(results) if isinstance(result, BaseException)]
    if left:
        raise ApplicationError(f"not undone: {', '.join(left)}")
