# expect: must not read that a parcel is on its way
# cell: ex-4-1-saga
from temporalio import workflow
from temporalio.exceptions import ActivityError

from backward import recall, refund, release
from forward import notify, pay, reserve, ship
from orders import ALWAYS, THRICE, Order
from way_back import undo_all

FLOW = [(notify, None, ALWAYS), (pay, refund, THRICE), (reserve, release, THRICE), (ship, recall, THRICE)]


@workflow.defn
class OrderSaga:
    @workflow.run
    async def run(self, order: Order) -> None:
        undo: list = []
        try:
            for step, compensation, policy in FLOW:
                undo += [(compensation, order)] if compensation else []
                await workflow.execute_activity(step, order, **policy)
        except ActivityError:
            await undo_all(undo)
            raise
