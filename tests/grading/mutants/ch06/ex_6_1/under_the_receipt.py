# expect: give this change an id of its own
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from steps import Order, charge_card, reserve_stock, send_receipt, ship_parcel

OPTIONS = dict(start_to_close_timeout=timedelta(seconds=4), retry_policy=RetryPolicy(backoff_coefficient=1))


@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order: Order) -> str:
        if workflow.patched("receipt"):
            await workflow.execute_activity(reserve_stock, order, **OPTIONS)
            await workflow.execute_activity(charge_card, order, **OPTIONS)
            await workflow.execute_activity(send_receipt, order, **OPTIONS)
        else:
            await workflow.execute_activity(charge_card, order, **OPTIONS)
        return await workflow.execute_activity(ship_parcel, order, **OPTIONS)
