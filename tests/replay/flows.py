"""Small workflows whose runs are replayed: together they meet every kind of run that a learner may have."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy, VersioningBehavior
from temporalio.exceptions import ApplicationError

SOON = timedelta(seconds=10)
ONCE = RetryPolicy(maximum_attempts=1)


@dataclass
class Order:
    id: str
    cents: int


@activity.defn
async def charge(order: Order) -> str:
    return f"charge-{order.id}"


@activity.defn
async def reserve(order: Order) -> str:
    return f"shelf-{order.id}"


@activity.defn
async def hang(order: Order) -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(0.05)


@activity.defn
async def broken(order: Order) -> None:
    raise ApplicationError("card declined", type="CardDeclined", non_retryable=True)


@workflow.defn
class Buy:
    """Two activities and a timer, one after the other."""

    def __init__(self) -> None:
        self.status = "new"
        self.steps: list[str] = []

    @workflow.query
    def progress(self) -> str:
        return self.status

    @workflow.query
    def step_count(self) -> int:
        return len(self.steps)

    @workflow.query
    def with_argument(self, number: int) -> str:
        return self.steps[number]

    @workflow.query
    def fragile(self) -> str:
        return self.steps[0]

    @workflow.run
    async def run(self, order: Order) -> str:
        receipt = await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        self.steps.append(receipt)
        self.status = "paid"
        await workflow.sleep(0.05)
        shelf = await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        self.steps.append(shelf)
        self.status = "done"
        return f"{receipt} {shelf}"


@workflow.defn
class Approve:
    """Signals, updates, queries and conditions; an async handler that waits itself."""

    def __init__(self) -> None:
        self.approved_by: list[str] = []
        self.note = ""

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approved_by.append(who)

    @workflow.signal
    async def remind(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.note = "reminded"

    @workflow.update
    async def set_note(self, note: str) -> str:
        await workflow.sleep(0.05)
        self.note = note
        return note.upper()

    @set_note.validator
    def not_empty(self, note: str) -> None:
        if not note:
            raise ValueError("an empty note")

    @workflow.query
    def approvals(self) -> list[str]:
        return self.approved_by

    @workflow.run
    async def run(self, needed: int) -> list[str]:
        try:
            await workflow.wait_condition(
                lambda: len(self.approved_by) >= needed,
                timeout=60,
            )
        except TimeoutError:
            return []
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.approved_by


@workflow.defn
class Wide:
    """Waits for many things at once."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()

    async def packed(self, order: Order) -> str:
        async with self.lock:
            await workflow.sleep(0.2)
        return await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)

    @workflow.run
    async def run(self, order: Order) -> list[Any]:
        by_hand = asyncio.create_task(self.packed(order), name="packing")
        other = asyncio.create_task(self.packed(order))
        handle = workflow.start_activity(charge, order, start_to_close_timeout=SOON)
        got = await asyncio.gather(
            workflow.execute_activity(charge, order, start_to_close_timeout=SOON),
            workflow.sleep(0.1),
            self.packed(order),
        )
        async with asyncio.timeout(120):
            await by_hand
        await workflow.wait([other, handle])
        return [*got, await handle]


@workflow.defn
class Mail:
    @workflow.run
    async def run(self, address: str) -> str:
        if address == "nowhere":
            raise ApplicationError("no such address", type="BadAddress")
        return f"mail to {address}"


@workflow.defn
class Family:
    """A child, a signal to another workflow, a local activity, upserts."""

    @workflow.run
    async def run(self, order: Order, other: str) -> str:
        receipt = await workflow.execute_local_activity(charge, order, start_to_close_timeout=SOON)
        workflow.upsert_memo({"receipt": receipt})
        await workflow.sleep(0.01)
        sent = await workflow.execute_child_workflow(Mail.run, "ada", id=f"{workflow.info().workflow_id}-mail")
        if other:
            await workflow.get_external_workflow_handle(other).signal("approve", "family")
        await asyncio.gather(
            workflow.execute_local_activity(charge, order, start_to_close_timeout=SOON),
            workflow.execute_local_activity(reserve, order, start_to_close_timeout=SOON),
        )
        return sent


@workflow.defn
class Loop:
    """Continues as new."""

    @workflow.run
    async def run(self, left: int) -> str:
        await workflow.sleep(0.01)
        if left:
            workflow.continue_as_new(left - 1)
        return "done"


@workflow.defn
class Patched:
    @workflow.run
    async def run(self, order: Order) -> str:
        if workflow.patched("reserve-first"):
            await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn(name="Patched")
class Deprecated:
    @workflow.run
    async def run(self, order: Order) -> str:
        workflow.deprecate_patch("reserve-first")
        await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        return await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn(name="Patched")
class Unpatched:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn(versioning_behavior=VersioningBehavior.PINNED)
class Pinned:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn
class Fails:
    """Fails: the run, or a workflow task."""

    @workflow.run
    async def run(self, order: Order, way: str) -> None:
        if way == "activity":
            await workflow.execute_activity(broken, order, start_to_close_timeout=SOON, retry_policy=ONCE)
        if way == "run":
            await workflow.sleep(0.01)
            raise ApplicationError("out of stock", type="OutOfStock")
        if way == "task":
            await workflow.sleep(0.01)
            raise RuntimeError("a bug")
        if way == "wait":
            await workflow.sleep(3600)


@workflow.defn
class Stay:
    """Goes on until it is stopped, and cleans up."""

    @workflow.run
    async def run(self, order: Order) -> str:
        try:
            await workflow.execute_activity(
                hang, order, start_to_close_timeout=timedelta(seconds=60), heartbeat_timeout=timedelta(seconds=1)
            )
        finally:
            await asyncio.shield(workflow.execute_activity(charge, order, start_to_close_timeout=SOON))
        return "never"
