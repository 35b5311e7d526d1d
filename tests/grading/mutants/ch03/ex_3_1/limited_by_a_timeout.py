# expect: A timeout counts seconds, not tries
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from stock import Order, reserve

POLICY = RetryPolicy(
    maximum_interval=timedelta(seconds=2),
)


@workflow.defn
class ReserveInBudget:
    @workflow.run
    async def run(self, order: Order) -> str:
        limit = timedelta(seconds=10)
        end = timedelta(seconds=6)
        return await workflow.execute_activity(
            reserve, order, start_to_close_timeout=limit, schedule_to_close_timeout=end, retry_policy=POLICY
        )
