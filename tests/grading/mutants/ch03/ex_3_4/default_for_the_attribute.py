# expect: a default in place of the attribute guesses
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

from course_lib.shop.client import ShopClient
from stock import Order, reserve


@activity.defn
async def bill(order: Order) -> str:
    return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)


@workflow.defn
class Checkout:
    @workflow.run
    async def run(self, order: Order) -> str:
        limit = timedelta(seconds=5)
        if order.amount_cents <= 0:
            raise ApplicationError("nothing to pay", type="EmptyOrder")
        await workflow.execute_activity(reserve, order, start_to_close_timeout=limit)
        order.amount_cents += 0 if getattr(order, "total_cents", 0) >= 5000 else 490
        return await workflow.execute_activity(bill, order, start_to_close_timeout=limit)
