"""Exercise 9.3: which children live on, when their parent is cancelled, terminated, or comes to its end."""

import asyncio
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
_STEPS = {
    "reminder": "the reminder is of no use without its parent: `ParentClosePolicy.TERMINATE`, the default.",
    "pick-up": "the driver must be called off: `ParentClosePolicy.REQUEST_CANCEL`, so that the helper can clean up.",
    "receipt": "the receipt must be sent whatever happens: `ParentClosePolicy.ABANDON`, and the parent must not await "
    "it, as a cancel goes on to what is awaited.",
}


async def check_returns(bench: "Bench", parent: "Code") -> None:
    """Close three parents, each in its own way, and look what becomes of their children."""
    async with bench.worker(parent):
        runs = {}
        for way in _WAYS:
            parcel = bench.unique("return")
            runs[way] = (parcel, await bench.start(parent, parcel, id=parcel, quiet=way != "cancelled"))
        bench.did("one parent is cancelled, one terminated, one told `arrived`, when their helpers have started")
        await asyncio.gather(*(_close(bench, way, handle) for way, (_, handle) in runs.items()))
        for way, (parcel, handle) in runs.items():
            await _look(bench, way, parcel, handle)


async def _close(bench: "Bench", way: str, handle: "Handle") -> None:
    """Close a parent when its three helpers have started."""
    events = await bench.wait_until(
        handle,
        lambda frame: (frame["type"] == _STARTED).sum() >= len(_WANTED),
        "the parent has started three helpers, and is open",
        next_step="start all three with `await workflow.start_child_workflow(…)`, which returns when the child has "
        "started, and then wait for `arrived`.",
    )
    bench.require(
        (events["type"] == "WorkflowExecutionCompleted").sum() == 0,
        "the parent has started three helpers, and is open",
        expected="it waits for `arrived`",
        seen="it completed without",
        next_step="wait with `workflow.wait_condition(lambda: self.here)`.",
    )
    if way == "cancelled":
        await handle.cancel()
    elif way == "terminated":
        await handle.terminate("the return is void")
    else:
        await handle.signal("arrived")


async def _look(bench: "Bench", way: str, parcel: str, handle: "Handle") -> None:
    """Wait until all is closed, and say what each helper came to."""
    helpers = {what: bench.client.get_workflow_handle(f"{what}-{parcel}") for what in _WANTED}
    closed = await bench.until(partial(_closed, [handle, *helpers.values()]))
    now = {what: await _status(helper) for what, helper in helpers.items()}
    events = await bench.events(handle)
    if way == "told":
        waited = (events["type"] == "ChildWorkflowExecutionCompleted").any()
        run = await bench.finish(handle, alone=True)
        bench.expect(
            closed and run.completed and run.result == "arrived" and not waited,
            "the parent waits for `arrived`, not for its children",
            expected='it completes with "arrived" before its children do',
            seen="it waited for a child" if waited else run.reason or f"it completed with {run.result!r}",
            events=run.last_event,
            next_step="after the three starts, wait with `workflow.wait_condition(lambda: self.here)`, and await no "
            "child.",
        )
    for what, wanted in _WANTED.items():
        bench.expect(
            now[what] == wanted,
            f"{_WAYS[way]}, the {what} is {wanted.lower().replace('canceled', 'cancelled')}",
            expected=wanted,
            seen=now[what],
            events=tuple(events.loc[events["type"] == _STARTED, "event_id"]),
            next_step=_STEPS[what],
        )


async def _closed(handles: "list[Handle]") -> bool:
    return all([await _status(handle) not in ("RUNNING",) for handle in handles])


async def _status(handle: "Handle") -> str:
    try:
        status = (await handle.describe()).status
    except RPCError:
        return "never started"
    return (status or WorkflowExecutionStatus.RUNNING).name


EXERCISE = Exercise(answers=("ReturnParcel",), check=check_returns)
