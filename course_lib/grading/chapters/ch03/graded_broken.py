"""The code of exercise 3.4 as it was when the order got stuck; see ``Bench.worker`` on its being a file of its own."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@dataclass
class Order:
    """As ``Order`` of the notebook."""

    id: str
    amount_cents: int = 4200


@activity.defn
async def reserve(order: Order) -> str:
    """Reserve a teapot."""
    return await ShopClient(timeout=30).reserve_stock(order.id, "teapot", idempotency_key=order.id)


@workflow.defn(name="Checkout")
class BrokenCheckout:
    """As ``Checkout`` of the notebook: reserves, then fails on an attribute that an order does not have."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """Never return: the workflow task fails again and again."""
        await workflow.execute_activity(reserve, order, start_to_close_timeout=timedelta(seconds=5))
        return str(order.total_cents)  # type: ignore[attr-defined]
