"""Exercise 4.1: failures before, during and after each step, in the undoing, of worker and server; read the ledger."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from temporalio.exceptions import ApplicationError

from course_lib.errors import CourseError
from course_lib.grading import attempts
from course_lib.grading.chapters.ch04.books import SORRY, UNDOING, Books, asked_for, books, in_words
from course_lib.grading.evidence import cause_of, short_text
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle, Run
    from course_lib.shop import Faults
    from course_lib.workers import WorkerProcess

_REFUSED = {
    "declined": "the card is declined",
    "sold-out": "the article is sold out",
    "pay-down": "the gateway is down when the order pays",
    "reserve-down": "the warehouse is down when it reserves",
    "ship-down": "the warehouse is down when it ships",
}
_SILENT = {
    "pay-lost": "the card is charged, and no answer ever comes",
    "reserve-lost": "an article is reserved, and no answer ever comes",
    "ship-lost": "the parcel leaves, and no answer ever comes",
}
_WORDS = {**_REFUSED, **_SILENT}
_UNDOES = {"charge": "refund_order", "reserve_stock": "release_order", "ship": "recall_parcel"}
_SOLD_OUT = ("sold-out", "undoing", "refund-down")
_SKUS = {**dict.fromkeys(_SOLD_OUT, "samovar"), "engraved": "engraved teapot"}
_FORWARD = "run each step with the policy that FLOW gives it: `notify` is retried until it works."
_FIRST = ("calm", "engraved", *_REFUSED, *_SILENT)
_KILLED = ("killed", "undoing", "mailer-down", "refund-down")


def _break(faults: "Faults", order: dict[str, str]) -> None:
    faults.decline(order_id=order["declined"])
    for name, service, operation in (
        ("pay", "payments", "charge"),
        ("reserve", "warehouse", "reserve_stock"),
        ("ship", "warehouse", "ship"),
    ):
        faults.outage(service, operation=operation, order_id=order[f"{name}-down"])
        faults.accept_then_time_out(service, 9, seconds=0.1, operation=operation, order_id=order[f"{name}-lost"])
    faults.next_calls("mailer", ["outage"] * 3, order_id=order["mailer-down"])
    faults.outage("warehouse", operation="ship", order_id=order["engraved"])
    faults.next_calls("payments", ["outage"] * 3, operation="refund_order", order_id=order["refund-down"])
    # Under way when the worker is killed: one order is being sent, one is being undone.
    faults.hold("warehouse", operation="ship", order_id=order["killed"])
    faults.hold("payments", operation="refund_order", order_id=order["undoing"])


async def check_saga(bench: "Bench", saga: "Code", undo_all: "Code") -> None:
    """Drive ten orders through a failure each, all at once; if all is right so far, kill a worker and a server."""
    order = {name: bench.unique(name) for name in (*_FIRST, *_KILLED)}
    _break(bench.shop.faults, order)
    bench.shop.set_stock("samovar", 0)
    async with bench.worker(saga, undo_all) as worker:
        handles = await _start(bench, saga, order, _FIRST, "each but one with a failure of its own")
        runs = await _finish(bench, handles)
        seen = _books(bench, order, _FIRST)
        _calm(bench, runs["calm"], seen["calm"])
        _undone(bench, runs, seen)
        _begun(bench, runs, seen)
        _backwards(bench, runs["ship-down"], seen["ship-down"])
        _refused(bench, runs["engraved"], seen["engraved"])
        _without_end(bench, runs)
        if not all(part.ok for part in bench.parts):  # it would only fail once more, and seconds later
            return
        handles = await _start(bench, saga, order, _KILLED, "with the mailer or the gateway down for two of them")
        late, _ = await asyncio.gather(_worker_dies(bench, worker, handles, order), _server_dies(bench, saga, undo_all))
    seen = _books(bench, order, _KILLED)
    _killed(bench, late, seen)
    _until_it_works(bench, late["refund-down"], seen["refund-down"])
    _forward(bench, late["mailer-down"], seen["mailer-down"])


async def _worker_dies(
    bench: "Bench",
    worker: "WorkerProcess",
    handles: "dict[str, Handle]",
    order: dict[str, str],
) -> "dict[str, Run]":
    """Kill the worker while an order is being sent and another is being undone, and start it again."""
    await bench.until(
        lambda: "ship" in bench.shop.waiting(order["killed"]) and "refund_order" in asked_for(bench, order["undoing"]),
        handles["killed"],
        handles["undoing"],
    )
    worker.kill()
    bench.did("kill -9 of the worker while one order is being sent and one is being undone")
    bench.shop.faults.release("warehouse", operation="ship", order_id=order["killed"])
    bench.shop.faults.release("payments", operation="refund_order", order_id=order["undoing"])
    await worker.start()
    return await _finish(bench, handles)


async def _server_dies(bench: "Bench", saga: "Code", undo_all: "Code") -> None:
    """Kill a server while one order pays and another is being undone, and start it again with its data."""
    paying, undoing = bench.unique("paying"), bench.unique("undoing")
    faults = bench.shop.faults
    faults.hold("payments", operation="charge", order_id=paying)
    faults.outage("payments", operation="refund_order", order_id=undoing)
    async with contextlib.AsyncExitStack() as stack:
        try:
            there, server = await stack.enter_async_context(bench.crash_server())
        except CourseError as error:  # one who works with a server far away need not have one to kill
            bench.did(f"no server was killed: {error.what}")
            return
        await stack.enter_async_context(there.worker(saga, undo_all))
        handles = [
            await there.start(saga, {"id": paying, "sku": "teapot"}, id=paying),
            await there.start(saga, {"id": undoing, "sku": "samovar"}, id=undoing),
        ]
        await there.until(
            lambda: "charge" in bench.shop.waiting(paying) and "refund_order" in asked_for(bench, undoing), *handles
        )
        await server.kill()
        bench.did("kill -9 of a server while one order pays and one is being undone")
        await server.start()
        faults.release("payments", operation="charge", order_id=paying)
        faults.off("outage", "payments", operation="refund_order", order_id=undoing)
        runs = await asyncio.gather(*(there.finish(handle) for handle in handles))
    found = books(bench.shop.tables(), (paying, undoing))
    # The answer of the payment may have got lost with the server: then the order may as well have been undone.
    ended = found[paying].whole or found[paying].undone
    good = ended and found[undoing].undone
    bad = 1 if ended else 0
    bench.expect(
        good,
        "a killed server leaves no order half-way",
        expected="the order that paid is whole or undone, the one that was being undone is undone",
        seen=in_words(found[(paying, undoing)[bad]], runs[bad]),
        events=runs[bad].last_event,
        next_step="give a compensation no end: a limit to its attempts or its time runs on while the server is down.",
    )


async def _start(
    bench: "Bench", saga: "Code", order: dict[str, str], names: Sequence[str], how: str
) -> "dict[str, Handle]":
    handles = {
        name: await bench.start(saga, {"id": order[name], "sku": _SKUS.get(name, "teapot")}, id=order[name], quiet=True)
        for name in names
    }
    bench.did(f"{saga.name} for {len(names)} orders at once, {how}")
    return handles


def _books(bench: "Bench", order: dict[str, str], names: Sequence[str]) -> dict[str, Books]:
    found = books(bench.shop.tables(), [order[name] for name in names])
    return {name: found[order[name]] for name in names}


async def _finish(bench: "Bench", handles: "dict[str, Handle]") -> "dict[str, Run]":
    runs = await asyncio.gather(*(bench.finish(handle) for handle in handles.values()))
    return dict(zip(handles, runs, strict=True))


def _calm(bench: "Bench", run: "Run", seen: Books) -> None:
    step = "correct the line that is named, run both cells again, then check again."
    if seen.undid:
        step = "undo in `except` only: what stands in `finally`, or after the loop, also runs when nothing failed."
    elif run.completed:
        step = "run every step of FLOW, in its order, once."
    bench.require(
        run.completed and seen.whole and not seen.undid,
        "an order that meets no failure is whole, and nothing of it is undone",
        expected="completed; ledger 4200, 1 reserved, 1 parcel out, one mail",
        seen=f"{seen}; asked for: {', '.join(seen.undid)}" if seen.undid else in_words(seen, run),
        events=run.last_event,
        next_step=step,
    )


def _undone(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    bad = next((name for name in _REFUSED if not seen[name].undone), None)
    bench.expect(
        bad is None,
        "an order is undone when a step is refused or cannot be done",
        expected="ledger 0, nothing reserved, no parcel out, in five orders",
        seen=_bad(runs, seen, bad, _REFUSED),
        events=runs[bad].last_event if bad else (),
        next_step=_step_undone(runs, seen, bad),
    )
    lost = next((name for name in _SILENT if not seen[name].undone), None)
    bench.expect(
        lost is None,
        "a step that was done without an answer is undone, too",
        expected="ledger 0, nothing reserved, no parcel out, in three orders",
        seen=_bad(runs, seen, lost, _SILENT),
        events=runs[lost].ids("ActivityTaskFailed") if lost else (),
        next_step="note the compensation *before* the step: when the step fails, nobody knows whether it was done, and "
        "a compensation that finds nothing does no harm.",
    )
    kept = [name for name in _WORDS if runs[name].completed]
    bench.expect(
        not kept,
        "an order that was undone fails",
        expected="WorkflowExecutionFailed",
        seen=f"completed: {', '.join(kept)}" if kept else "all failed",
        events=runs[kept[0]].last_event if kept else (),
        next_step="`raise` again after the undoing: whoever started the order takes a completed workflow for a sale.",
    )


def _step_undone(runs: "dict[str, Run]", seen: dict[str, Books], bad: str | None) -> str:
    if bad is None:
        return ""
    if "task fails" in runs[bad].reason or "still running" in runs[bad].reason:
        return "correct what is named: the workflow must fail with an `ApplicationError` or the error that it caught."
    if seen[bad].left():
        if not seen[bad].undid:
            return (
                "catch what a failed activity raises in a workflow, `ActivityError`, and await the compensations "
                "there: none was asked for."
            )
        return "undo every step that was begun, not only the last one."
    return "stop at the step that failed: a customer who gets her money back must not read that a parcel is on its way."


def _bad(runs: "dict[str, Run]", seen: dict[str, Books], name: str | None, words: dict[str, str]) -> str:
    if name is None:
        return "all of them undone"
    run = runs[name]
    still = f"; {run.reason}" if not run.completed and not run.ids("WorkflowExecutionFailed") else ""
    return f"{words[name]}: {seen[name]}{still}"


def _begun(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    too_much = {
        name: [undo for step, undo in _UNDOES.items() if undo in seen[name].asked and step not in seen[name].asked]
        + [f"a mail, “{SORRY}…”"] * (SORRY in seen[name].mails)  # none of them came as far as `notify`
        for name in _WORDS
    }
    bad = next((name for name, undone in too_much.items() if undone), None)
    bench.expect(
        bad is None,
        "what was never begun is not undone",
        expected="compensations of the steps that were begun, and no other",
        seen=f"{_WORDS[bad]}: {', '.join(too_much[bad])}" if bad else "no other",
        events=runs[bad].last_event if bad else (),
        next_step="undo what is in the list, and put a step's compensation there when the step begins: a customer "
        "whose card was declined should not read that you are sorry.",
    )


def _backwards(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.undid == [operation for operation in UNDOING if operation in seen.undid],
        "the last step is undone first",
        expected=" → ".join(UNDOING),
        seen=" → ".join(seen.undid),
        events=run.ids("ActivityTaskScheduled")[-3:],
        next_step="go through the list with `reversed(undo)`, one compensation after the other: an article is free "
        "only when its parcel is back.",
    )


def _refused(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.ledger == 0 and "refund_order" in seen.asked,
        "a refused compensation does not stop the others",
        expected="`release` is refused, and the money is back all the same",
        seen=str(seen),
        events=run.last_event,
        next_step="catch the `ActivityError` of each compensation inside the loop, remember its name, and go on.",
    )
    outer = None if run.error is None else getattr(run.error, "cause", run.error)
    said, inner = str(outer or ""), "" if run.error is None else str(cause_of(run.error))
    ended = bool(run.ids("WorkflowExecutionFailed"))
    seen_now = run.reason or "the workflow completed"
    if isinstance(outer, ApplicationError) and ended:
        step = (
            f"name the compensation in the message: “{short_text(outer.message)}” does not say which one it was. "
            "`compensation.__name__` does."
        )
        seen_now = f"the workflow failed: {short_text(said)}"
    elif ended or run.completed:
        step = (
            "raise an `ApplicationError` with the names of the compensations that failed, after the loop: somebody has "
            "to take that teapot back by hand."
        )
    else:
        step = "raise an `ApplicationError`: any other exception fails the workflow's task only, and the run is stuck."
    bench.expect(
        ended and ("release" in said or "release" in inner),
        "what could not be undone is said",
        expected='WorkflowExecutionFailed with a message that names `release`, for example "not undone: release"',
        seen=seen_now,
        events=run.last_event,
        next_step=step,
    )


def _without_end(bench: "Bench", runs: "dict[str, Run]") -> None:
    for name, activity, label, step in (
        (
            "ship-down",
            "refund",
            "a compensation has no last attempt and no last moment",
            "give a compensation no end: a limit to its attempts or to its time runs on while the gateway is down, or "
            "the server. Run compensations with `ALWAYS`.",
        ),
        (
            "calm",
            "notify",
            "the step after the pivot has no last attempt either",
            _FORWARD,
        ),
    ):
        plan = attempts.scheduled(runs[name].history.events, activity)
        bench.expect(
            not plan.limits,
            label,
            expected=f"`{activity}` is retried for as long as it takes",
            seen=", ".join(plan.limits) or "no limit",
            events=(plan.event,) if plan.event else (),
            next_step=step,
        )


def _killed(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    def well(name: str) -> bool:
        ended = bool(runs[name].ids("WorkflowExecutionFailed"))
        return (seen[name].whole and runs[name].completed) or (seen[name].undone and ended)

    bad = next((name for name in ("killed", "undoing") if not well(name)), "")
    shown = bad or "killed"
    bench.expect(
        not bad,
        "a killed worker leaves no order half-way",
        expected="the order that was being sent is whole or undone, the one that was being undone is undone, and both "
        "have ended",
        seen=in_words(seen[shown], runs[shown]),
        events=runs[shown].last_event,
        next_step="keep the list of compensations in the workflow's `run`, and note them each time that it runs: a "
        "replay builds the list again, a file or a global dies with the process.",
    )


def _until_it_works(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.undone,
        "a compensation is retried until it works",
        expected="ledger 0, after an outage of three calls",
        seen=in_words(seen, run),
        events=run.last_event,
        next_step="let nothing end the undoing early: run each compensation with `ALWAYS`, and await it.",
    )


def _forward(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.whole,
        "after the pivot an order only goes forward",
        expected="whole, although the mailer was down for three calls",
        seen=in_words(seen, run),
        events=run.last_event,
        next_step=_FORWARD,
    )


EXERCISE = Exercise(answers=("OrderSaga", "undo_all"), check=check_saga)
