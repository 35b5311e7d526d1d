# expect: run each step with the policy that FLOW gives it
# cell: ex-4-1-saga
from temporalio import workflow
from temporalio.exceptions import ActivityError

from backward import apologise, recall, refund, release
from forward import notify, pay, reserve, ship
from orders import ALWAYS, THRICE, Order
from way_back import undo_all

FLOW = [(pay, refund, THRICE), (reserve, release, THRICE), (ship, recall, THRICE), (notify, apologise, ALWAYS)]


@workflow.defn
class OrderSaga:
    @workflow.run
    async def run(self, order: Order) -> None:
        undo: list = []
        try:
            for step, compensation, policy in FLOW:
                undo.append((compensation, order))
                await workflow.execute_activity(step, order, **THRICE)
        except ActivityError:
            await undo_all(undo)
            raise
