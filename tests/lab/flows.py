"""Workflows for the tests of the Lab; a module of its own, because the sandbox imports it afresh."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy


@activity.defn
async def charge(order: str) -> str:
    return f"charge of {order}"


@activity.defn
async def declined(order: str) -> str:
    raise ValueError(f"the card of {order} is declined")


@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(charge, order, start_to_close_timeout=timedelta(seconds=5))


@workflow.defn
class Declined:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(
            declined,
            order,
            start_to_close_timeout=timedelta(seconds=5),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
