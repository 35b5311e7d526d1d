"""Workflows for the tests of the Lab; a module of its own, because the sandbox imports it afresh."""

import time
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

SOON = timedelta(seconds=5)


@activity.defn
async def charge(order: str) -> str:
    return f"charge of {order}"


@activity.defn
async def declined(order: str) -> str:
    raise ValueError(f"the card of {order} is declined")


@activity.defn
def compute(seconds: float) -> int:
    """Compute for so many seconds of its thread's CPU time: it takes longer on a machine that others use, too."""
    end, rounds = time.thread_time() + seconds, 0
    while time.thread_time() < end:
        rounds += 1
    return rounds


@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)


@workflow.defn
class Declined:
    @workflow.run
    async def run(self, order: str) -> str:
        policy = RetryPolicy(maximum_attempts=1)
        return await workflow.execute_activity(declined, order, start_to_close_timeout=SOON, retry_policy=policy)


@workflow.defn
class Retried:
    """Tries again and again, soon and without an end."""

    @workflow.run
    async def run(self, order: str) -> str:
        policy = RetryPolicy(initial_interval=timedelta(seconds=0.05), backoff_coefficient=1)
        return await workflow.execute_activity(declined, order, start_to_close_timeout=SOON, retry_policy=policy)


@workflow.defn
class Broken:
    """Its workflow task fails each time."""

    @workflow.run
    async def run(self) -> None:
        raise RuntimeError("not today")


@workflow.defn
class Steps:
    """Step after step, each after a timer."""

    @workflow.run
    async def run(self, steps: int, pause: float) -> int:
        for _ in range(steps):
            await workflow.sleep(pause)
        return steps


@workflow.defn
class Parent:
    """Its own history is still while its child goes on."""

    @workflow.run
    async def run(self, steps: int, pause: float) -> int:
        return await workflow.execute_child_workflow(Steps.run, args=[steps, pause])


@workflow.defn
class Computes:
    @workflow.run
    async def run(self, seconds: float) -> int:
        limit = timedelta(minutes=5)
        return await workflow.execute_activity(compute, seconds, start_to_close_timeout=limit)


@workflow.defn
class Waits:
    """Waits for a signal, or for longer than anybody would."""

    def __init__(self) -> None:
        self.approved = False

    @workflow.run
    async def run(self) -> bool:
        await workflow.wait_condition(lambda: self.approved, timeout=timedelta(hours=1))
        return self.approved

    @workflow.signal
    def approve(self) -> None:
        self.approved = True

    @workflow.update
    def note(self, number: int) -> int:
        return number


HOUR = timedelta(hours=1)
reminded: list[str] = []
"""The runs that `remind` has been asked for."""


@activity.defn
async def remind(downtime: int) -> None:
    """Remind somebody, and fail so many times before."""
    if activity.info().attempt <= downtime:
        raise RuntimeError("the mailer is down")
    reminded.append(activity.info().workflow_id)


@workflow.defn
class Remind:
    """Waits a day, with a reminder after an hour."""

    @workflow.run
    async def run(self, downtime: int) -> str:
        start = workflow.now()
        await workflow.sleep(HOUR, summary="reminder")
        patient = RetryPolicy(initial_interval=HOUR, backoff_coefficient=1)
        await workflow.execute_activity(remind, downtime, start_to_close_timeout=SOON, retry_policy=patient)
        await workflow.sleep(start + 24 * HOUR - workflow.now(), summary="deadline")
        return "24 hours are over"
