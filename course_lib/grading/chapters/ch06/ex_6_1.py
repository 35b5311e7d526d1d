"""Exercise 6.1: orders of two ages, halfway through; the learner's Worker takes over; then a new order."""

import ast
import json
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from temporalio.client import WorkflowHistory

from course_lib import history
from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT
from course_lib.pitfalls.code import Module

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run
    from course_lib.replay import Replayed

_FIXTURES = Path(__file__).with_name("graded_orders.py")
_AGES = {"plain": "an order without the receipt's marker", "patched": "an order with the receipt's marker"}
_RECORDED: "dict[str, WorkflowHistory]" = {}
_FIRST = "receipt"
_NEW = ["reserve_stock", "charge_card", "send_receipt", "ship_parcel"]
_DAYS = 40 * 24 * 3600
_RETURN = "return what `ship_parcel` returns, the parcel's ID, as the code did before."
_GUARD = "put the new step, and nothing else, below `if workflow.patched(…):` with an id of its own"


async def check_patches(bench: "Bench", workflow: "Code") -> None:
    """Leave two orders halfway on old code, replay them with the learner's, finish them there, run a new one.

    What the old code has recorded is the same in every check: another one's two orders do for the replays, so that
    two of its own are needed only when those go on.
    """
    held = {} if _RECORDED else await _halfway(bench)
    bench.did("both up to ship_parcel on the old code, and its Worker was stopped")
    replayed = await bench.replay(workflow, *_RECORDED.values())
    asked = _Asked(workflow.source)
    for (age, recorded), told in zip(_RECORDED.items(), replayed, strict=True):
        _goes_on(bench, age, recorded, told, asked)
    if not all(told.agrees for told in replayed):
        return
    held = held or await _halfway(bench)
    bench.shop.faults.clear()
    async with bench.worker(workflow):
        _finish(bench, {age: await bench.finish(handle) for age, handle in held.items()})
        order = {"id": bench.unique("order"), "customer": "grace"}
        run = await bench.run(workflow, order, id=order["id"])
    _new_order(bench, run)
    again, other = await bench.replay(workflow, run, _of_another(run.history))
    if _goes_on(bench, "a new order", run.history, again, asked):
        _remembers(bench, run, other)


async def _halfway(bench: "Bench") -> "dict[str, Handle]":
    """Return an order of each age that waits for the warehouse; its old Worker is gone."""
    bench.shop.faults.outage("warehouse")
    held = {}
    async with bench.worker(extra=(_FIXTURES,)) as worker:
        for customer, age in _AGES.items():
            order = {"id": bench.unique("order"), "customer": customer}
            held[age] = await bench.start("OrderWorkflow", order, id=order["id"])
        for handle in held.values():
            await bench.wait_until(handle, lambda seen: "ship_parcel" in set(seen["name"]), "an old order is held")
        await worker.stop()  # killed, it would leave an attempt under way to its timeout, and its sticky queue
    _RECORDED.update({age: await history.fetch(handle) for age, handle in held.items()})
    return held


class _Asked:
    """What the learner's code asks Temporal about patches, by its syntax tree.

    Args:
        source: The module.
    """

    def __init__(self, source: str) -> None:
        self.earlier = "reserve_stock" not in source
        module = Module(source)
        code = module.workflow_code
        calls = list(module.calls(code))
        named = _texts(module.tree)
        self.patched = [_id(call, named) for call, name in calls if name == "temporalio.workflow.patched"]
        self.deprecated = [_id(call, named) for call, name in calls if name == "temporalio.workflow.deprecate_patch"]
        # A call of which nobody takes the answer is a statement of its own.
        bare = {id(node.value) for node in code if isinstance(node, ast.Expr)}
        self.ignored = any(id(call) in bare for call, name in calls if name == "temporalio.workflow.patched")
        self.replaying = any(isinstance(node, ast.Attribute) and node.attr == "is_replaying" for node in code)
        self.turned = any(isinstance(node, ast.Not) for node in code)

    def next_step(self, told: "Replayed") -> str:
        """Return what to do about a replay that parted."""
        parted = told.divergence
        if self.earlier:
            return (
                "define `OrderWorkflow` in the exercise's cell, and run it: this is the class of an earlier cell, and "
                "the check gets what has that name."
            )
        if self.replaying:
            return "leave out `is_replaying`: after a restart it says yes for new orders, too. Ask only `patched`."
        if "sandbox cannot import" in told.error:
            return (
                "take out what the sandbox names: no clock tells an order under way from a new one, only "
                "`workflow.patched(…)` does."
            )
        if told.error or parted is None:
            return (
                "keep the workflow's name: an order under way is of type OrderWorkflow, and no other class can go on."
            )
        if parted.issued.startswith("a failed workflow task"):
            return f"{parted.what} Correct that line, run the cell again, then check again."
        # Where the history has the receipt's marker, an order without it went on: the answer hangs on the marker.
        at_marker = f"took the patch `{_FIRST}`" in parted.expected
        if set(self.patched) == {_FIRST} and (at_marker or len(self.patched) > 1):
            return (
                f"give this change an id of its own: an order with the marker {_FIRST!r} answers yes for that id, "
                "wherever it is asked, and so takes the new way of both changes."
            )
        if self.deprecated:
            return (
                "it is too early for `deprecate_patch`: it drops the old way, and there are open orders that need it. "
                "Keep `if workflow.patched(…):` until they are done."
            )
        if _FIRST not in self.patched:
            return f"leave `if workflow.patched({_FIRST!r}):` as it was: the second change does not end the first."
        if self.turned:
            return "swap them: `patched` says yes to new orders; the *new* way stands below `if workflow.patched(…):`."
        if self.ignored:
            return f"use the answer: `workflow.patched(…)` on a line of its own changes nothing; {_GUARD}."
        if at_marker:
            return (
                f"ask `workflow.patched({_FIRST!r})` where it was asked before, after the charge: its marker has a "
                "place in the history, and old orders were asked there."
            )
        if len(self.patched) < 2:
            return (
                f"{_GUARD}. Only Temporal can tell an order that has passed this place from one that has not: a "
                "constant, or a field of the order, is the same for both."
            )
        return f"{parted.what} What was there before the change stays outside: {_GUARD}."


def _texts(tree: ast.Module) -> dict[str, ast.expr | None]:
    """Return what names are set to, such as a constant with a patch's id."""
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)]
    pairs = [(node.targets[0] if isinstance(node, ast.Assign) else node.target, node.value) for node in given]
    return {target.id: value for target, value in pairs if isinstance(target, ast.Name)}


def _id(call: ast.Call, named: dict[str, ast.expr | None]) -> str:
    first = call.args[0] if call.args else next((word.value for word in call.keywords if word.arg == "id"), None)
    if isinstance(first, ast.Name):
        first = named.get(first.id)
    return str(first.value) if isinstance(first, ast.Constant) else "?"


def _goes_on(bench: "Bench", age: str, recorded: "WorkflowHistory", told: "Replayed", asked: _Asked) -> bool:
    parted = told.divergence
    seen = "its history replays"
    if not told.agrees:
        seen = told.error or (f"{parted.issued}, where the history has: {parted.expected}" if parted else "")
    return bench.expect(
        told.agrees,
        f"{age} can go on with this code",
        expected=f"the same commands as in its {len(recorded.events)} events",
        seen=seen,
        events=(parted.event_id,) if parted else (),
        next_step=asked.next_step(told),
    )


def _finish(bench: "Bench", runs: "dict[str, Run]") -> None:
    for age, run in runs.items():
        began, did = _steps(history.events_frame(_RECORDED[age])), _steps(run.events)
        parcels = _parcels(bench, run)
        if did != began or [run.result] != parcels:
            break
    step = (
        "put the new step before the charge, where new orders need it. At a line that an order under way has not "
        "reached yet, `patched` says yes to it, too."
    )
    if did == began:
        step = _RETURN if run.completed else CORRECT
    bench.require(
        did == began and [run.result] == parcels,
        "orders under way finish the way they began",
        expected=f"{', '.join(began)}; completed with {', '.join(parcels)}",
        seen=f"{age}: {', '.join(did)}; {run.reason or f'completed with {run.result}'}",
        events=run.last_event,
        next_step=step,
    )


def _new_order(bench: "Bench", run: "Run") -> None:
    bench.require_completed(run, label="a new order completes")
    names, parcels = _steps(run.events), _parcels(bench, run)
    asked, done = (partial(run.ids, kind) for kind in ("ActivityTaskScheduled", "ActivityTaskCompleted"))
    early = [(one, after) for one, after in pairwise(_NEW) if names == _NEW and asked(after) < done(one)]
    seen = f"{', '.join(names)}; completed with {run.result}"
    if early:
        one, after = early[0]
        seen = f"{after} was asked for before {one} was done"
        step = f"wait for {one}, then ask for {after}: one `await` after the other."
    elif names == _NEW:
        step = _RETURN
    elif attempts.local(run.history.events):
        step = attempts.LOCAL
    elif names[:1] == ["charge_card"] and "reserve_stock" not in names:
        step = "let new orders in: `patched` says yes to them. A constant that is false says no to everybody."
    elif "charge_card" not in names:
        step = "leave the charge outside the `if`, without `else`: every order is charged, whatever its age."
    else:
        step = "keep every step and its place: reserve, charge, receipt, ship."
    bench.require(
        names == _NEW and not early and [run.result] == parcels,
        "a new order takes the new way",
        expected=f"{', '.join(_NEW)}; completed with {', '.join(parcels)}",
        seen=seen,
        events=asked(early[0][1] if early else None),
        next_step=step,
    )


def _remembers(bench: "Bench", run: "Run", other: "Replayed") -> None:
    markers = list(run.events.loc[run.events["type"] == "MarkerRecorded", "name"])
    own = [marker for marker in markers if run.handle.id in marker] or not other.agrees
    if own:
        step = "let the id name the change, not the order: all orders have one, so that one query finds those without."
    elif _FIRST not in markers:
        step = (
            f"ask `workflow.patched({_FIRST!r})` for new orders too: without its marker, the query on "
            "`TemporalChangeVersion` takes this order for one from before the receipt."
        )
    else:
        step = f"{_GUARD}: it is the marker that tells the ages apart."
    bench.expect(
        _FIRST in markers and len(markers) > 1 and not own,
        "its history remembers both changes",
        expected=f"two markers: {_FIRST!r} and one for the new step, the same for every order",
        seen=f"markers: {', '.join(map(repr, markers)) or 'none'}"
        + ("; another customer's order, on another day, has others" if own else ""),
        events=run.ids("MarkerRecorded"),
        next_step=step,
    )


def _of_another(recorded: WorkflowHistory) -> WorkflowHistory:
    """Return a history as another customer's order would have left it, in another run, on another day.

    It keeps the order's ID: an activity may be named after that, and a replay compares the names.
    """
    moved = WorkflowHistory.from_json(recorded.workflow_id, recorded.to_json())
    for event in moved.events:
        event.event_time.seconds += _DAYS
    began = moved.events[0].workflow_execution_started_event_attributes
    began.original_execution_run_id = began.first_execution_run_id = str(uuid4())
    began.input.payloads[0].data = json.dumps({"id": recorded.workflow_id, "customer": "linus"}).encode()
    return moved


def _steps(events: "pd.DataFrame") -> list[str]:
    return list(events.loc[events["type"] == "ActivityTaskScheduled", "name"])


def _parcels(bench: "Bench", run: "Run") -> list[str]:
    return list(bench.shop.table("shipments", order_id=run.handle.id)["id"])


EXERCISE = Exercise(answers=("OrderWorkflow",), check=check_patches, early=False)
