"""Workflows that together write most types of event into their histories."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

SOON = timedelta(seconds=10)
QUICK = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3)


@dataclass
class Order:
    id: str
    cents: int
    note: str = ""


@activity.defn
async def charge(order: Order) -> str:
    return f"charge-{order.id}"


@activity.defn
async def flaky_ship(order: Order) -> str:
    if activity.info().attempt < 3:
        raise ApplicationError("no <b>truck</b>", type="ShopUnavailable")
    return f"parcel-{order.id}"


@activity.defn
async def broken(order: Order) -> str:
    raise ValueError("always")


@activity.defn
async def hang(order: Order) -> None:
    await asyncio.sleep(20)


@workflow.defn
class Mail:
    @workflow.run
    async def run(self, address: str) -> str:
        if address == "nowhere":
            raise ApplicationError("no such address", type="BadAddress")
        return f"mail to {address}"


@workflow.defn
class Shop:
    def __init__(self) -> None:
        self.approved_by: list[str] = []

    @workflow.signal
    def approve(self, who: str, level: int) -> None:
        self.approved_by.append(f"{who} {level}")

    @workflow.update
    async def set_note(self, note: str) -> str:
        await asyncio.sleep(0.05)
        if note == "bad":
            raise ApplicationError("bad note", type="BadNote")
        return note.upper()

    @workflow.run
    async def run(self, order: Order, way: str) -> list[str]:
        if way == "everything":
            workflow.patched("gift-wrap")
            await workflow.execute_local_activity(charge, order, start_to_close_timeout=SOON)
            await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
            await workflow.execute_activity(flaky_ship, order, start_to_close_timeout=SOON, retry_policy=QUICK)
            await workflow.sleep(0.1, summary="cool-down")
            await workflow.execute_child_workflow(Mail.run, "ada", id=f"{workflow.info().workflow_id}-mail")
            workflow.upsert_memo({"step": 4})
            await workflow.wait_condition(lambda: bool(self.approved_by), timeout=20)
        if way == "again":
            workflow.continue_as_new(args=[order, "done"])
        if way == "broken":
            await workflow.execute_activity(broken, order, start_to_close_timeout=SOON, retry_policy=QUICK)
        if way == "timeout":
            await workflow.execute_activity(
                hang,
                order,
                start_to_close_timeout=timedelta(seconds=1),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        if way == "late":
            await workflow.execute_activity(
                hang,
                order,
                start_to_close_timeout=timedelta(seconds=1),
                retry_policy=RetryPolicy(initial_interval=SOON),
            )
        if way == "hang":
            await asyncio.gather(
                workflow.execute_activity(hang, order, start_to_close_timeout=SOON), workflow.sleep(30)
            )
        if way == "bad child":
            await workflow.execute_child_workflow(Mail.run, "nowhere", id=f"{workflow.info().workflow_id}-mail")
        if way == "retry":
            await workflow.execute_activity(
                broken,
                order,
                start_to_close_timeout=SOON,
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(milliseconds=200), maximum_interval=SOON, backoff_coefficient=50.0
                ),
            )
        return self.approved_by
