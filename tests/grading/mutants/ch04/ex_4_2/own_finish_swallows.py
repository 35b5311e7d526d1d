# expect: as if nobody had asked
# cell: ex-4-2
import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from orders import Order
from saga import FLOW
from way_back import undo_all


async def finish(work) -> None:
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task


@workflow.defn
class GraceSaga:
    @workflow.run
    async def run(self, order: Order) -> None:
        undo: list = []
        try:
            for step, compensation, policy in FLOW:
                undo.append((compensation, order))
                await finish(workflow.execute_activity(step, order, **policy))
            await workflow.sleep(order.courier_in)
        except (ActivityError, asyncio.CancelledError):
            await finish(undo_all(undo))
            raise
