# expect: one call of `execute_activity`, no loop
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from stock import Order, reserve

POLICY = RetryPolicy(
    maximum_interval=timedelta(seconds=2),
    maximum_attempts=1,
)


@workflow.defn
class ReserveInBudget:
    @workflow.run
    async def run(self, order: Order) -> str:
        limit = timedelta(seconds=10)
        for _ in range(3):
            try:
                return await workflow.execute_activity(
                    reserve, order, start_to_close_timeout=limit, retry_policy=POLICY
                )
            except ActivityError:
                workflow.logger.info("the warehouse is down")
        return await workflow.execute_activity(reserve, order, start_to_close_timeout=limit, retry_policy=POLICY)
