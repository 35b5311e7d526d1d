"""Workflows to step through: the parts of a run that the stepper has to show."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

EVIL = '<img src=x onerror="alert(1)">'
SOON = timedelta(seconds=10)
QUICK = RetryPolicy(initial_interval=timedelta(milliseconds=50))


@activity.defn
async def charge(order: str) -> str:
    return f"charge-{order}"


@activity.defn
async def ship(order: str) -> str:
    if activity.info().attempt < 2:
        raise ApplicationError("no truck", type="ShopUnavailable")
    return f"parcel-{order}"


@workflow.defn
class Order:
    """Charges, waits for two approvals or a deadline, ships."""

    def __init__(self) -> None:
        self.state = "new"
        self.approved_by: list[str] = []

    @workflow.run
    async def run(self, order: str) -> str:
        self.state = "charging"
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        self.state = "waiting for approval"
        await workflow.wait_condition(lambda: len(self.approved_by) == 2, timeout=timedelta(days=30))
        self.state = "shipping"
        return await workflow.execute_activity(ship, order, start_to_close_timeout=SOON, retry_policy=QUICK)

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approved_by.append(who)

    @workflow.query
    def status(self) -> str:
        return self.state


@workflow.defn(name="Order")
class Edited:
    """The same, after an edit that turned the first two steps round."""

    def __init__(self) -> None:
        self.approved_by: list[str] = []

    @workflow.run
    async def run(self, order: str) -> str:
        await workflow.execute_activity(ship, order, start_to_close_timeout=SOON, retry_policy=QUICK)
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        return "done"

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approved_by.append(who)


@workflow.defn
class Ticks:
    """Waits many times for a moment."""

    @workflow.run
    async def run(self, times: int) -> int:
        for _ in range(times):
            await asyncio.sleep(0.001)
        return times


@workflow.defn(name="Mended")
class Broken:
    """Fails its second workflow task, as a bug does."""

    @workflow.run
    async def run(self, order: str) -> str:
        await asyncio.sleep(0.01)
        raise RuntimeError(order)


@workflow.defn
class Mended:
    """The same without the bug: the run goes on."""

    @workflow.run
    async def run(self, order: str) -> str:
        await asyncio.sleep(0.01)
        return order


@workflow.defn
class Again:
    """Continues as new."""

    @workflow.run
    async def run(self, left: int) -> int:
        if left:
            workflow.continue_as_new(left - 1)
        return left
