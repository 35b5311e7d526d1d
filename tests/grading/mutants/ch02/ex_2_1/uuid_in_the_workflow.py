# expect: use `workflow.uuid4()`
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@dataclass
class Order:
    id: str
    amount_cents: int
    key: str = ""


@activity.defn
async def charge_card(order: Order) -> str:
    return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.key)


@workflow.defn
class Checkout:
    @workflow.run
    async def run(self, order: Order) -> str:
        order.key = str(uuid4())
        return await workflow.execute_activity(charge_card, order, start_to_close_timeout=timedelta(seconds=5))
