"""Workflows that wait, go on as another run, fail, and have children."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

SOON = timedelta(seconds=10)


@activity.defn
async def flaky() -> int:
    attempt = activity.info().attempt
    if attempt < 3:
        raise ApplicationError("not yet", type="NotYet")
    return attempt


@workflow.defn
class Gate:
    """Waits for signals, or tries an activity three times."""

    def __init__(self) -> None:
        self.opened = 0

    @workflow.signal
    def open(self) -> None:
        self.opened += 1

    @workflow.query
    def is_open(self) -> bool:
        return self.opened > 0

    @workflow.query
    def broken(self) -> bool:
        raise ApplicationError("no answer <b>today</b>", type="NoAnswer")

    @workflow.run
    async def run(self, way: str | int = 1) -> int:
        if way == "flaky":
            policy = RetryPolicy(initial_interval=timedelta(seconds=1.5), backoff_coefficient=1.0)
            return await workflow.execute_activity(flaky, start_to_close_timeout=SOON, retry_policy=policy)
        await workflow.wait_condition(lambda: self.opened >= (way if isinstance(way, int) else 1))
        return 1


@workflow.defn
class Chain:
    """Continues as new so many times."""

    @workflow.run
    async def run(self, more: int) -> int:
        if more:
            workflow.continue_as_new(more - 1)
        return more


@workflow.defn
class Again:
    """Fails at its first attempt."""

    @workflow.run
    async def run(self) -> int:
        if workflow.info().attempt == 1:
            raise ApplicationError("the first attempt")
        return workflow.info().attempt


@workflow.defn
class Parent:
    """Has children."""

    @workflow.run
    async def run(self, children: int) -> None:
        for number in range(children):
            await workflow.execute_child_workflow(Chain.run, 0, id=f"{workflow.info().workflow_id}-{number}")


@workflow.defn(sandboxed=False)  # it must forget, between two tries, that it is the same code
class Failing:
    """Its workflow task fails until it is mended; with ``late`` only after a signal."""

    mended = False

    def __init__(self) -> None:
        self.opened = False

    @workflow.signal
    def open(self) -> None:
        self.opened = True

    @workflow.query
    def is_open(self) -> bool:
        return self.opened

    @workflow.run
    async def run(self, late: bool = False) -> None:
        if late:
            await workflow.wait_condition(lambda: self.opened)
        if not Failing.mended:
            Failing.mended = late
            raise RuntimeError("the task fails")


@workflow.defn
class Down:
    @workflow.run
    async def run(self, left: int) -> str:
        await workflow.sleep(0.01)
        if left:
            workflow.continue_as_new(left - 1)
        return "landed"
