# expect: ✗ a replay asks with the same values
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient


@activity.defn
async def reserve(sku: str) -> str:
    cart = activity.info().workflow_id
    return await ShopClient().reserve_stock(cart, sku, idempotency_key=f"{cart}-{sku}")


@workflow.defn
class ReserveCart:
    def __init__(self) -> None:
        self.paid = False

    @workflow.signal
    def pay(self) -> None:
        self.paid = True

    @workflow.run
    async def run(self, cart: list[str]) -> dict[str, str]:
        shelf: dict[str, str] = {}
        things = sorted(set(cart), key=lambda s: s[0])
        for sku in things:
            shelf[sku] = await workflow.execute_activity(reserve, sku, start_to_close_timeout=timedelta(seconds=5))
        await workflow.wait_condition(lambda: self.paid)
        return shelf
