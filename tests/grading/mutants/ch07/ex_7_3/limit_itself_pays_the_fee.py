# expect: with the new setting an order has no fee
import os
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient

SOON = timedelta(seconds=5)


@activity.defn
async def free_from() -> int:
    return int(os.environ.get("FREE_FROM_CENTS", "5000"))


@activity.defn
async def charge_fee() -> str:
    order = activity.info().workflow_id
    return await ShopClient().charge(order, 490, idempotency_key=f"fee-{order}")


@activity.defn
async def charge(cents: int) -> str:
    order = activity.info().workflow_id
    return await ShopClient().charge(order, cents, idempotency_key=f"goods-{order}")


@workflow.defn
class ChargeOrder:
    @workflow.run
    async def run(self, cents: int) -> str:
        fee = cents <= await workflow.execute_activity(free_from, start_to_close_timeout=SOON)
        if fee:
            await workflow.execute_activity(charge_fee, start_to_close_timeout=SOON)
        return await workflow.execute_activity(charge, cents, start_to_close_timeout=SOON)
