# expect: a heartbeat timeout without heartbeats ends every try
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient
from stock import Order

ARTICLES = ["teapot", "mug", "kettle", "tray", "jug"]


@activity.defn
async def pack(order: Order) -> int:
    for article in ARTICLES:
        await ShopClient(timeout=60).reserve_stock(order.id, article, idempotency_key=f"{order.id}-{article}")
    return len(ARTICLES)


@workflow.defn
class PackOrder:
    @workflow.run
    async def run(self, order: Order) -> int:
        limit = timedelta(minutes=5)
        return await workflow.execute_activity(
            pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2)
        )
