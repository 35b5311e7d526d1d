# expect: a swallowed error looks like success
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from course_lib.shop.client import ShopClient
from stock import Order


@activity.defn
async def charge(order: Order) -> str:
    try:
        return await ShopClient().charge(order.id, order.amount_cents, idempotency_key=order.id)
    except Exception:
        return ""


@workflow.defn
class PayOnce:
    @workflow.run
    async def run(self, order: Order) -> str:
        policy = RetryPolicy(backoff_coefficient=1)
        limit = timedelta(seconds=5)
        return await workflow.execute_activity(charge, order, start_to_close_timeout=limit, retry_policy=policy)
