# expect: made anew in every attempt
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@dataclass
class Order:
    id: str
    amount_cents: int


@activity.defn
async def charge_card(order: Order) -> str:
    return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=str(uuid4()))


@workflow.defn
class Checkout:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(charge_card, order, start_to_close_timeout=timedelta(seconds=5))
