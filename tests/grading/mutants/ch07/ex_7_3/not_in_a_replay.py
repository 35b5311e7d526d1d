# expect: what is awaited depends on whether this is a replay
import os
from datetime import timedelta

from temporalio import activity, workflow

from course_lib.shop.client import ShopClient

SOON = timedelta(seconds=5)

FREE_FROM = 5000


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
        fee = cents < FREE_FROM
        if fee and not workflow.unsafe.is_replaying():
            await workflow.execute_activity(charge_fee, start_to_close_timeout=SOON)
        return await workflow.execute_activity(charge, cents, start_to_close_timeout=SOON)
