"""More workflows to replay: rarer commands and kinds of handlers."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ApplicationError

from tests.replay.flows import SOON, Approve, Mail, Order, charge, hang, reserve


@activity.defn
async def slow(order: Order, seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "slow"


@activity.defn
async def flaky(order: Order) -> str:
    if activity.info().attempt < 2:
        raise ApplicationError("not yet", type="NotYet")
    return "flaky"


@workflow.defn
class LongLocal:
    """A local activity so long that the Worker asks for more workflow tasks meanwhile."""

    @workflow.run
    async def run(self, order: Order, seconds: float) -> str:
        got = await workflow.execute_local_activity(
            slow, args=[order, seconds], start_to_close_timeout=timedelta(minutes=1)
        )
        return got + await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn
class RetriedLocal:
    """A local activity whose next attempt waits in a timer of the server's."""

    @workflow.run
    async def run(self, order: Order) -> str:
        return await workflow.execute_local_activity(
            flaky,
            order,
            start_to_close_timeout=SOON,
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=300)),
            local_retry_threshold=timedelta(milliseconds=50),
        )


@workflow.defn
class Parent:
    """Signals its child and a stranger, cancels both."""

    @workflow.run
    async def run(self, order: Order) -> str:
        child = await workflow.start_child_workflow(Approve.run, 5, id=f"{workflow.info().workflow_id}-child")
        await child.signal(Approve.approve, "parent")
        stranger = workflow.get_external_workflow_handle("no-such-workflow-at-all")
        try:
            await stranger.signal(Approve.approve, "nobody")
        except ApplicationError as error:
            workflow.upsert_memo({"error": str(error)[:20]})
        with contextlib.suppress(ApplicationError):
            await stranger.cancel()
        child.cancel()
        try:
            await child
        except Exception as error:
            return type(error).__name__
        return "alive"


@workflow.defn
class Dropped:
    """Asks for things and takes them back at once; some later."""

    @workflow.run
    async def run(self, order: Order) -> str:
        timer = asyncio.create_task(workflow.sleep(60))
        await asyncio.sleep(0)
        timer.cancel()
        handle = workflow.start_activity(charge, order, start_to_close_timeout=SOON)
        await asyncio.sleep(0)
        handle.cancel()
        gone = workflow.start_activity(
            hang,
            order,
            start_to_close_timeout=SOON,
            heartbeat_timeout=timedelta(seconds=2),
            cancellation_type=workflow.ActivityCancellationType.ABANDON,
        )
        later = asyncio.create_task(workflow.sleep(60))
        await workflow.execute_activity(reserve, order, start_to_close_timeout=SOON)
        later.cancel()
        gone.cancel()
        await workflow.sleep(0.01)
        async with asyncio.TaskGroup() as group:
            group.create_task(workflow.execute_activity(charge, order, start_to_close_timeout=SOON))
            group.create_task(workflow.execute_child_workflow(Mail.run, "ada"), name="mail")
        return "done"


@workflow.defn
class Talk:
    """Handlers of every kind: dynamic ones, and such as are set while the workflow runs."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.closed = False
        self.other: list[str] = []

    @workflow.update
    async def order(self, what: str) -> int:
        await workflow.execute_activity(charge, Order(what, 1), start_to_close_timeout=SOON)
        if what == "poison":
            raise ApplicationError("not on the menu")
        self.orders.append(what)
        return len(self.orders)

    @workflow.signal
    def close(self) -> None:
        self.closed = True

    @workflow.signal(dynamic=True)
    def anything(self, name: str, args: Sequence[RawValue]) -> None:
        self.other.append(name)

    @workflow.run
    async def run(self) -> list[str]:
        workflow.set_query_handler("count_orders", lambda: len(self.orders))
        await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
        return self.orders


@workflow.defn
class Quiet:
    """Waits without asking the server for anything."""

    def __init__(self) -> None:
        self.closed = False

    @workflow.signal
    def close(self) -> None:
        self.closed = True

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: self.closed)
        return "closed"
