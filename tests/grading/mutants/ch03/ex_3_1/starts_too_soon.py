# expect: say what you mean
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from stock import Order, reserve

POLICY = RetryPolicy(
    initial_interval=timedelta(seconds=0.5),
    maximum_interval=timedelta(seconds=2),
    maximum_attempts=4,
)


@workflow.defn
class ReserveInBudget:
    @workflow.run
    async def run(self, order: Order) -> str:
        limit = timedelta(seconds=10)
        return await workflow.execute_activity(reserve, order, start_to_close_timeout=limit, retry_policy=POLICY)
