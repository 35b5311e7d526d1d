"""Workflows that get stuck in every way that the diagnosis has to tell apart."""

import asyncio
from datetime import datetime, timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from course_lib.shop import BlockingShopClient, ShopClient


@activity.defn
async def charge_card(order: str) -> str:
    raise ValueError(f"gateway says no to {order}")


@activity.defn
async def slow_shipment(order: str) -> str:
    await asyncio.sleep(30)
    return order


@activity.defn
async def pay(order: str) -> str:
    return await ShopClient().charge(order, 4200)


@activity.defn
async def pay_blocking(order: str) -> str:
    return BlockingShopClient().charge(order, 4200)


@workflow.defn
class StuckOrder:
    def __init__(self) -> None:
        self.approved = False

    @workflow.signal
    def approve(self) -> None:
        self.approved = True

    @workflow.run
    async def run(self, way: str) -> str:
        if way == "bug":
            return str({}["missing"])
        if way == "clock":
            return str(datetime.now())
        if way == "timer":
            await asyncio.sleep(60)
        if way == "deadline":
            await workflow.wait_condition(lambda: self.approved, timeout=60)
        if way == "retry":
            await workflow.execute_activity(
                charge_card,
                "o-1",
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=20)),
            )
        if way in ("pay", "pay_blocking"):
            await workflow.execute_activity(
                way,
                "o-1",
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1),
            )
        if way == "slow":
            await workflow.execute_activity(slow_shipment, "o-1", start_to_close_timeout=timedelta(seconds=40))
        if way == "elsewhere":
            await workflow.execute_activity(
                slow_shipment, "o-1", task_queue="nobody-at-all", start_to_close_timeout=timedelta(seconds=40)
            )
        if way == "child":
            await workflow.execute_child_workflow(StuckOrder.run, "signal", id=f"{workflow.info().workflow_id}-child")
        if way == "fail":
            from temporalio.exceptions import ApplicationError

            raise ApplicationError("out of stock", type="OutOfStock")
        if way == "slip":  # as an activity's last attempt tells it
            from temporalio.exceptions import ApplicationError

            raise ApplicationError("name 'timedelta' is not defined", type="NameError")
        if way == "signal":
            await workflow.wait_condition(lambda: self.approved)
        return way
