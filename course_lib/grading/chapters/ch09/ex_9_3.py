"""Exercise 9.3: which children live on, when their parent is cancelled, terminated, or comes to its end."""

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code
    from course_lib.grading.evidence import Handle

_WANTED = {"reminder": "TERMINATED", "pick-up": "CANCELED", "receipt": "COMPLETED"}
_STARTED = "ChildWorkflowExecutionStarted"
_WAYS = {"cancelled": "when the parent is cancelled", "terminated": "when the parent is terminated",
         "told": "when the parent is told that the parcel has arrived"}  # fmt: skip
_OVER = ("WorkflowExecutionCompleted", "WorkflowExecutionFailed", "WorkflowExecutionTerminated")
_AWAITED = (
    "await no child after its start: a cancel goes on to whatever the parent awaits at that moment, and its policy is "
    "not asked."
)
_STEPS = {
    "reminder": "the reminder is of no use without its parent: `ParentClosePolicy.TERMINATE`, the default.",
    "pick-up": "the driver must be called off: `ParentClosePolicy.REQUEST_CANCEL`, so that the helper can clean up.",
    "receipt": "the receipt must be sent whatever happens: `ParentClosePolicy.ABANDON`, and the parent must not await "
    "it, as a cancel goes on to what is awaited.",
}


@dataclass(frozen=True)
class _Ends:
    """What the helpers of one parent came to, and whether the parent itself asked one to cancel."""

    found: dict[str, str]
    asked: bool


async def check_returns(bench: "Bench", parent: "Code") -> None:
    """Close three parents, each in its own way, and look what becomes of their children."""
    async with bench.worker(parent):
        runs = {}
        for way in _WAYS:
            parcel = bench.unique("return")
            runs[way] = (parcel, await bench.start(parent, parcel, id=parcel, quiet=way != "cancelled"))
        bench.did("one parent is cancelled, one terminated, one told `arrived`, when their helpers have started")
        for parcel, handle in runs.values():
            await _begun(bench, parcel, handle)
        (_, cancelled), (_, terminated), (_, told) = runs.values()
        await cancelled.cancel()
        await terminated.terminate("the return is void")
        await told.signal("arrived")
        ends = {way: await _ends(bench, way, parcel, handle) for way, (parcel, handle) in runs.items()}
    _helpers(bench, ends)


async def _begun(bench: "Bench", parcel: str, handle: "Handle") -> None:
    """Wait until a parent's three helpers have started; end the check when they will not."""
    await bench.until(partial(_has_started, bench, handle), handle)
    events = await bench.rest(handle)
    started = tuple(events.loc[events["type"] == _STARTED, "event_id"])
    over = str(events["type"].iloc[-1])
    if len(started) == len(_WANTED) and not over.startswith(_OVER):
        ids = {what: await _status(bench.client.get_workflow_handle(f"{what}-{parcel}")) for what in _WANTED}
        if set(ids.values()) == {"RUNNING"}:
            return
        bench.require(
            False,
            "each helper has the ID of its task",
            expected=", ".join(f"{what}-{parcel}" for what in _WANTED),
            seen=", ".join(f"no {what}-{parcel}" for what, status in ids.items() if status != "RUNNING"),
            events=started,
            next_step='start each with `id=f"{what}-{id}"`.',
        )
    bench.require(
        False,
        "the parent has started three helpers, and is open",
        expected="three helpers, and it waits for `arrived`",
        seen=f"{len(started)} helpers; {over}" if over.startswith(_OVER) else f"{len(started)} helpers",
        events=started or tuple(events["event_id"].tail(1)),
        next_step="start all three with `await workflow.start_child_workflow(…)`, which returns when the child has "
        "started; then wait with `workflow.wait_condition(lambda: self.here)`.",
    )


async def _has_started(bench: "Bench", handle: "Handle") -> bool:
    return int(((await bench.events(handle))["type"] == _STARTED).sum()) >= len(_WANTED)


async def _ends(bench: "Bench", way: str, parcel: str, handle: "Handle") -> _Ends:
    """Let a parent close, make the receipt due, and return what each helper came to."""
    closed = await bench.until(partial(_closed, handle), handle)
    events = await bench.events(handle)
    if way == "told":
        bench.expect(
            closed and events["type"].iloc[-1] == "WorkflowExecutionCompleted",
            "the parent waits for `arrived`, not for its children",
            expected="it completes when it is told `arrived`",
            seen=str(events["type"].iloc[-1]) if closed else "it goes on waiting, for a child that is not due",
            events=tuple(events["event_id"].tail(1)),
            next_step="after the three starts, wait with `workflow.wait_condition(lambda: self.here)`, and await no "
            "child.",
        )
    if not closed:
        return _Ends({}, asked=False)
    found = {}
    for what in _WANTED:
        helper = bench.client.get_workflow_handle(f"{what}-{parcel}")
        if what == "receipt":
            with contextlib.suppress(RPCError):  # it has ended
                await helper.signal("due")
        await bench.until(partial(_closed, helper), helper)
        found[what] = await _status(helper)
    return _Ends(found, bool((events["type"] == "RequestCancelExternalWorkflowExecutionInitiated").any()))


def _helpers(bench: "Bench", ends: dict[str, _Ends]) -> None:
    """Say of each helper what it came to, in each of the ways."""
    for what, wanted in _WANTED.items():
        other = {way: one.found[what] for way, one in ends.items() if one.found.get(what, wanted) != wanted}
        awaited = any(ends[way].asked and now == "CANCELED" for way, now in other.items())
        bench.expect(
            not other,
            f"the {what} is {wanted.lower().replace('canceled', 'cancelled')} when its parent closes, in whatever way",
            expected=wanted,
            seen=", ".join(f"{now} {_WAYS[way]}" for way, now in other.items()) or wanted,
            next_step=_AWAITED if awaited else _STEPS[what],
        )


async def _closed(handle: "Handle") -> bool:
    return await _status(handle) != "RUNNING"


async def _status(handle: "Handle") -> str:
    try:
        status = (await handle.describe()).status
    except RPCError:
        return "never started"
    return (status or WorkflowExecutionStatus.RUNNING).name


EXERCISE = Exercise(answers=("ReturnParcel",), check=check_returns)
