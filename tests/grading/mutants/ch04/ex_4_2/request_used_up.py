# expect: as if nobody had asked
# cell: ex-4-2
import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from orders import Order
from patience import finish
from saga import FLOW
from way_back import undo_all


WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED


@workflow.defn
class GraceSaga:
    @workflow.run
    async def run(self, order: Order) -> None:
        undo: list = []
        try:
            for step, compensation, policy in FLOW:
                undo.append((compensation, order))
                await workflow.execute_activity(step, order, cancellation_type=WAIT, **policy)
            await workflow.sleep(order.courier_in)
        except (ActivityError, asyncio.CancelledError):
            await finish(undo_all(undo))
            raise
