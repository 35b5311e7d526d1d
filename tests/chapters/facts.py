"""Workflows and an activity that show what chapters say of Temporal."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, exceptions, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory

SHORT, LONG = timedelta(seconds=1), timedelta(minutes=5)
with open(__file__, encoding="utf-8") as this_file:  # in the sandbox, too: it stops this only in a run
    FIRST_LINE = this_file.readline()
timed_out: dict[str, bool] = {}
"""For each run of `hang` that was cancelled, by what it was asked with, whether it heard of a timeout."""


@activity.defn
async def hang(which: str) -> None:
    """Hang in a call that never returns."""
    activity.heartbeat()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        details = activity.cancellation_details()
        timed_out[which] = details is not None and details.timed_out
        raise


@workflow.defn
class TimesOut:
    """Lets an activity time out."""

    @workflow.run
    async def run(self, which: str) -> str:
        """Return the timeout in words."""
        silence = SHORT if which == "heartbeat" else None
        limit = SHORT if which == "start_to_close" else LONG
        once = RetryPolicy(maximum_attempts=1)
        try:
            await workflow.execute_activity(
                hang, which, start_to_close_timeout=limit, heartbeat_timeout=silence, retry_policy=once
            )
        except ActivityError as error:
            return str(error.cause)
        return ""


@workflow.defn
class Raises:
    """Raises a `TimeoutError`."""

    @workflow.run
    async def run(self) -> None:
        """Raise it."""
        raise TimeoutError("nobody answered")


@workflow.defn(failure_exception_types=[KeyError])
class RaisesWhatItLists:
    """Raises an exception that its own `failure_exception_types` lists."""

    @workflow.run
    async def run(self) -> None:
        """Raise it."""
        raise KeyError("total")


@activity.defn
async def answer(how: str) -> str:
    """Do what the argument names: fail with a type, fail benignly, be silent, or return it."""
    if how == "silence":
        await asyncio.Event().wait()
    if how == "benign":
        raise ApplicationError("not yet", category=ApplicationErrorCategory.BENIGN)
    if how == "CardDeclined":
        raise ApplicationError("no", type=how)
    return how


@workflow.defn
class Branches:
    """Calls an activity once and looks at the cause of its failure."""

    @workflow.run
    async def run(self, how: str) -> str:
        """Return the branch that was taken."""
        once, limit = RetryPolicy(maximum_attempts=1), SHORT if how == "silence" else LONG
        try:
            await workflow.execute_activity(answer, how, start_to_close_timeout=limit, retry_policy=once)
        except ActivityError as error:
            if isinstance(error.cause, TimeoutError):
                return "Python's own"
            if isinstance(error.cause, exceptions.TimeoutError) and error.cause.type is not None:
                return error.cause.type.name
            if isinstance(error.cause, ApplicationError):
                return str(error.cause.type)
        return "done"


@workflow.defn
class UndoesIfTold:
    """Waits, and compensates when it hears that it is over."""

    @workflow.run
    async def run(self) -> None:
        """Wait for ever."""
        try:
            await workflow.wait_condition(lambda: False)
        except asyncio.CancelledError:
            await workflow.execute_activity(answer, "undone", start_to_close_timeout=LONG)
            raise


@workflow.defn
class FailsTwice:
    """Runs an activity and fails, twice."""

    @workflow.run
    async def run(self) -> int:
        """Return which run of its chain worked."""
        await workflow.execute_activity(answer, "done", start_to_close_timeout=LONG)
        if workflow.info().attempt < 3:
            raise ApplicationError("not yet")
        return workflow.info().attempt


@workflow.defn
class CallsLocally:
    """Runs a local activity."""

    @workflow.run
    async def run(self) -> str:
        """Return its result."""
        return await workflow.execute_local_activity(answer, "done", start_to_close_timeout=LONG)


@workflow.defn
class Counter:
    """Takes messages until it is closed."""

    def __init__(self) -> None:
        self.count, self.open, self.closed = 0, False, False

    @workflow.update
    async def add(self, number: int) -> int:
        """Add a number as soon as the door is open."""
        await workflow.wait_condition(lambda: self.open)
        self.count += number
        return self.count

    @workflow.signal
    def unlock(self) -> None:
        """Let the updates through."""
        self.open = True

    @workflow.signal(unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    async def linger(self) -> None:
        """Never end, which is fine."""
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    async def dawdle(self) -> None:
        """Never end, which is not."""
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def close(self) -> None:
        """End the run."""
        self.closed = True

    @workflow.run
    async def run(self) -> int:
        """Return the sum."""
        await workflow.wait_condition(lambda: self.closed)
        return self.count


@workflow.defn
class Tells:
    """Signals another workflow."""

    @workflow.run
    async def run(self, other: str) -> None:
        """Close it."""
        await workflow.get_external_workflow_handle(other).signal(Counter.close)


@dataclass
class OldOrder:
    """An order as it was recorded."""

    id: str


@dataclass
class NewOrder:
    """The same with a field that has no default."""

    id: str
    customer: str


@workflow.defn(name="Ship")
class ShipOld:
    """Waits with an order."""

    def __init__(self) -> None:
        self.go = False

    @workflow.signal
    def ship(self) -> None:
        """Let it go."""
        self.go = True

    @workflow.run
    async def run(self, order: OldOrder) -> str:
        """Return the order's id."""
        await workflow.wait_condition(lambda: self.go)
        return order.id


@workflow.defn(name="Ship")
class ShipNew(ShipOld):
    """The same workflow with the new order."""

    @workflow.run
    async def run(self, order: NewOrder) -> str:  # type: ignore[override]
        """Return the order's id."""
        await workflow.wait_condition(lambda: self.go)
        return order.id


@workflow.defn(name="Ship")
class ShipBad(ShipOld):
    """The same workflow with a bug that fails its tasks, once it goes on."""

    @workflow.run
    async def run(self, order: OldOrder) -> str:
        """Raise."""
        await workflow.wait_condition(lambda: self.go)
        raise KeyError(order.id)


@workflow.defn
class ReadAtImport:
    """Knows what its module read from a file."""

    @workflow.run
    async def run(self) -> str:
        """Return it."""
        return FIRST_LINE


@activity.defn
async def large(kilobytes: int) -> str:
    """Return much."""
    return "x" * kilobytes * 1000


@workflow.defn
class Grows:
    """Lets its history grow: by bytes for ever, or by events until the server suggests another run."""

    @workflow.run
    async def run(self, kilobytes: int) -> int:
        """Return how many events the history had when the server first suggested a new run."""
        while True:
            if kilobytes:
                await workflow.execute_activity(large, kilobytes, start_to_close_timeout=LONG)
                continue
            for number in range(500):
                workflow.upsert_memo({"number": number})
            await workflow.sleep(0.01)
            if workflow.info().is_continue_as_new_suggested():
                return workflow.info().get_current_history_length()


@workflow.defn
class Switches:
    """Continues as new once, from its run method or from a handler while an activity is under way."""

    @workflow.run
    async def run(self, then: str) -> str:
        """Return what it was handed."""
        if then == "in the handler":
            await workflow.execute_activity(hang, "page", start_to_close_timeout=LONG)
        if then == "once":
            workflow.continue_as_new("handed on")
        return then

    @workflow.signal
    def switch(self) -> None:
        """Continue as new at once."""
        workflow.continue_as_new("from the handler")


@workflow.defn
class OneChild:
    """Starts one child, and says why it could not."""

    @workflow.run
    async def run(self, child: str) -> str:
        """Return the error's type."""
        try:
            await workflow.start_child_workflow(
                Switches.run, "in the handler", id=child, parent_close_policy=workflow.ParentClosePolicy.ABANDON
            )
        except exceptions.WorkflowAlreadyStartedError as error:
            return type(error).__name__
        return "started"
