"""Exercise 4.1: failures before, during and after each step, in the undoing, of worker and server; read the ledger."""

import asyncio
import contextlib
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from course_lib.errors import CourseError
from course_lib.grading import attempts
from course_lib.grading.chapters.ch04.books import SENT, UNDOING, Books, asked_for, books, in_words, too_early
from course_lib.grading.evidence import short_text
from course_lib.grading.exercises import Exercise
from course_lib.grading.timers import started

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
_SOLD_OUT = ("sold-out", "undoing", "refund-down")
_ENGRAVED = ("engraved", "stubborn")
_SKUS = {**dict.fromkeys(_SOLD_OUT, "samovar"), **dict.fromkeys(_ENGRAVED, "engraved teapot")}
_FORWARD = (
    "run each step with the policy that FLOW gives it: `THRICE`, or `ALWAYS`: `notify` is retried until it works."
)
_FIRST = ("calm", *_ENGRAVED, *_REFUSED, *_SILENT)
_KILLED = ("killed", "undoing", "mail-refused", "mailer-down", "refund-down")
_AT_THE_KILL = {
    "refund-down": "the gateway is down for three refunds",
    "undoing": "the worker is killed while it is being undone",
    "killed": "the worker is killed while it is being sent",
    "returning": "the server is killed while it is being undone",
    "paying": "the server is killed while it pays",
    "mail-refused": "the mail is refused, and so is the apology",
}


def _break(faults: "Faults", order: dict[str, str]) -> None:
    faults.decline(order_id=order["declined"])
    for name, service, operation in (
        ("pay", "payments", "charge"),
        ("reserve", "warehouse", "reserve_stock"),
        ("ship", "warehouse", "ship"),
    ):
        # Longer than three attempts, and not for ever: an undoing that does the step again comes to an end.
        faults.next_calls(service, ["outage"] * 5, operation=operation, order_id=order[f"{name}-down"])
        faults.accept_then_time_out(service, 9, seconds=0.1, operation=operation, order_id=order[f"{name}-lost"])
    faults.next_calls("mailer", ["outage"] * 3, order_id=order["mailer-down"])
    for name in _ENGRAVED:
        faults.next_calls("warehouse", ["outage"] * 5, operation="ship", order_id=order[name])
    faults.decline(operation="refund_order", order_id=order["stubborn"])
    faults.next_calls("payments", ["outage"] * 3, operation="refund_order", order_id=order["refund-down"])
    # Under way when the worker is killed: one order is being sent, one is being undone.
    faults.hold("warehouse", operation="ship", order_id=order["killed"])
    faults.hold("payments", operation="refund_order", order_id=order["undoing"])


async def check_saga(bench: "Bench", saga: "Code", undo_all: "Code") -> None:
    """Drive eleven orders through a failure each, all at once; if all is right so far, kill a worker and a server."""
    order = {name: bench.unique(name) for name in (*_FIRST, *_KILLED)}
    _break(bench.shop.faults, order)
    bench.shop.set_stock("samovar", 0)
    async with bench.worker(saga, undo_all) as worker:
        handles = await _start(bench, saga, order, _FIRST, "each but one with a failure of its own")
        calm = await bench.finish(handles["calm"])
        _calm(bench, calm, _books(bench, order, ["calm"])["calm"])
        await asyncio.gather(*(_not_for_ever(bench, handles[name], order[name]) for name in _ENGRAVED))
        runs = await _finish(bench, handles)
        seen = _books(bench, order, _FIRST)
        _undone(bench, runs, seen)
        _backwards(bench, runs["ship-down"], seen["ship-down"])
        _refused(bench, runs, seen["engraved"])
        _without_end(bench, runs["ship-down"])
        for key in (order["mail-refused"], f"sorry-{order['mail-refused']}"):  # used up, so both mails are refused
            await bench.shop.client().send_mail("grace@example.org", "Welcome", idempotency_key=key)
        handles = await _start(
            bench, saga, order, _KILLED, "with the mails of one refused, and the mailer or the gateway down for two"
        )
        late, ends = await asyncio.gather(
            _worker_dies(bench, worker, handles, order), _server_dies(bench, saga, undo_all)
        )
    seen = _books(bench, order, _KILLED)
    _half_way(bench, {**ends, **{name: (seen[name], late[name]) for name in _KILLED}})
    _forward(bench, late["mailer-down"], seen["mailer-down"])


async def _not_for_ever(bench: "Bench", handle: "Handle", order_id: str) -> None:
    """Wait for the end of an order whose compensation is refused, and end one that asks for it again and again."""

    def often() -> bool:
        return len(bench.shop.table("requests", operation="release_order", order_id=order_id)) > 3

    if await bench.until(often, handle):
        with contextlib.suppress(RPCError):  # it has ended meanwhile
            await handle.terminate("`release` was refused, and was asked for again and again")


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


async def _server_dies(bench: "Bench", saga: "Code", undo_all: "Code") -> "dict[str, tuple[Books, Run]]":
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
            return {}
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
    return {"paying": (found[paying], runs[0]), "returning": (found[undoing], runs[1])}


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
    plans = {step: attempts.scheduled(run.history.events, step) for step in ("pay", "reserve", "ship", "notify")}
    limits = {step: ", ".join(plan.limits) or "no limit" for step, plan in plans.items()}
    wanted = {**dict.fromkeys(plans, "at most 3 attempts"), "notify": "no limit"}
    bench.require(
        limits == wanted,
        "each step is retried as FLOW says",
        expected="; ".join(f"{step}: {limit}" for step, limit in wanted.items()),
        seen="; ".join(f"{step}: {limit}" for step, limit in limits.items()),
        events=[plan.event for plan in plans.values() if plan.event],
        next_step=_FORWARD,
    )


def _undone(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    for names, label, step in (
        (_REFUSED, "an order is undone when a step is refused or cannot be done", ""),
        (
            _SILENT,
            "a step that was done without an answer is undone, too",
            "note the compensation *before* the step: when the step fails, nobody knows whether it was done, and a "
            "compensation that finds nothing does no harm.",
        ),
    ):
        bad = next((name for name in names if seen[name].left()), None)
        bench.require(
            bad is None,
            label,
            expected=f"ledger 0, nothing reserved, no parcel out, in {len(names)} orders",
            seen=f"{names[bad]}: {in_words(seen[bad], runs[bad])}" if bad else "all of them undone",
            events=runs[bad].last_event if bad else (),
            next_step=_step_undone(runs, seen, bad) or step,
        )
    kept = next((name for name in _WORDS if not runs[name].ids("WorkflowExecutionFailed")), None)
    bench.require(
        kept is None,
        "an order that was undone fails",
        expected="WorkflowExecutionFailed",
        seen=f"{_WORDS[kept]}: {runs[kept].reason or 'completed'}" if kept else "all failed",
        events=runs[kept].last_event if kept else (),
        next_step="`raise` again after the undoing: whoever started the order takes a completed workflow for a sale."
        if kept and runs[kept].completed
        else "let the workflow fail with an `ApplicationError`, or with the error that it caught.",
    )
    mailed = next((name for name in _WORDS if seen[name].mails), None)
    bench.require(
        mailed is None,
        "nobody gets a mail about an order that was undone",
        expected="no mail, in eight orders",
        seen=f"{_WORDS[mailed]}: a mail, “{', '.join(seen[mailed].mails)}”" if mailed else "none",
        events=runs[mailed].last_event if mailed else (),
        next_step="leave `notify` last: a customer who gets her money back must not read that a parcel is on its way."
        if mailed and SENT in seen[mailed].mails
        else "undo what is in the list, and put a step's compensation there when the step begins: a customer whose "
        "card was declined should not read that you are sorry.",
    )


def _step_undone(runs: "dict[str, Run]", seen: dict[str, Books], bad: str | None) -> str:
    if bad in _SILENT:
        swapped = bad == "pay-lost" and seen[bad].undid
        return "put its own compensation beside each step, as in the table: `refund` beside `pay`." if swapped else ""
    if bad is None:
        return ""
    if "fails" in runs[bad].reason or "still running" in runs[bad].reason:
        return "correct what is named, run both cells again, then check again."
    if len(runs[bad].ids("ActivityTaskScheduled", "pay")) > 1:
        return "note the step's compensation, and not the step: here the undoing does the steps once more."
    if seen[bad].undid:
        return "undo every step that was begun, not only the last one, and go no further after a step that failed."
    return (
        "`await` each compensation in `except ActivityError`, which is what a failed activity raises in a workflow, "
        "before you `raise`: none was asked for."
    )


def _backwards(bench: "Bench", run: "Run", seen: Books) -> None:
    begun = [name for name in ("recall", "release", "refund") if run.ids("ActivityTaskScheduled", name)]
    first, then = next((pair for pair in pairwise(begun) if too_early(run, *pair)), ("", ""))
    bench.require(
        not then and seen.undid == [operation for operation in UNDOING if operation in seen.undid],
        "the last step is undone first, one at a time",
        expected=" → ".join(UNDOING),
        seen=" → ".join(seen.undid) + f"; `{then}` began before `{first}` had ended" * bool(then),
        events=run.ids("ActivityTaskScheduled")[-3:],
        next_step="leave FLOW in its order, append to the list, go through it with `reversed(undo)`, and `await` each "
        "compensation before the next begins: an article is free only when its parcel is back.",
    )


def _refused(bench: "Bench", runs: "dict[str, Run]", seen: Books) -> None:
    run = runs["engraved"]
    ended = bool(run.ids("WorkflowExecutionFailed"))
    bench.require(
        seen.ledger == 0 and "refund_order" in seen.asked,
        "a refused compensation does not stop the others",
        expected="`release` is refused, and the money is back all the same",
        seen=in_words(seen, run),
        events=run.last_event,
        next_step="catch the `ActivityError` of each compensation inside the loop, remember its name, and go on."
        if ended
        else "run each compensation with `ALWAYS`, and once: what was refused will be refused again.",
    )
    for name, refused in (("engraved", {"release"}), ("stubborn", {"release", "refund"})):
        run = runs[name]
        ended = bool(run.ids("WorkflowExecutionFailed"))
        outer: Any = getattr(run.error, "cause", run.error)
        named = isinstance(outer, ApplicationError)
        said = " ".join(map(str, (outer, *outer.details))) if named else ""
        right = ended and {word for word in ("recall", "release", "refund") if word in said} == refused
        if not right:
            break
    if ended and named:
        step = (
            "name each compensation that was refused, and no other, with `compensation.__name__`, in place of "
            f"“{short_text(said)}”."
        )
    elif ended or run.completed:
        step = (
            "raise an `ApplicationError` with the names of the compensations that failed, after the loop, and let it "
            "out of `run`: somebody has to take that teapot back by hand."
        )
    else:
        step = "raise an `ApplicationError`: any other exception fails the workflow's task only, and the run is stuck."
    bench.require(
        right,
        "what could not be undone is said",
        expected=f"WorkflowExecutionFailed with an ApplicationError that names {' and '.join(sorted(refused))}, for "
        f'example "not undone: {", ".join(sorted(refused))}"',
        seen=f"the workflow failed: {short_text(said)}" if named else run.reason or "the workflow completed",
        events=run.last_event,
        next_step=step,
    )


def _without_end(bench: "Bench", run: "Run") -> None:
    plan = attempts.scheduled(run.history.events, "refund")
    over = max(run.ids("ActivityTaskFailed", "ship") + run.ids("ActivityTaskTimedOut", "ship"), default=0)
    timers = [f"a timer of {seconds:g} s" for event, seconds in started(run.events).items() if event > over]
    bench.require(
        not plan.limits and not timers,
        "a compensation has no last attempt and no last moment",
        expected="`refund` is retried for as long as it takes",
        seen=", ".join(plan.limits + timers) or "no limit",
        events=(plan.event,) if plan.event else (),
        next_step="give a compensation no end: a limit to its attempts or to its time runs on while the gateway is "
        "down, or the server. Run compensations with `ALWAYS`.",
    )


def _half_way(bench: "Bench", ends: "dict[str, tuple[Books, Run]]") -> None:
    def well(seen: Books, run: "Run") -> bool:
        return (seen.whole and run.completed) or (seen.undone and bool(run.ids("WorkflowExecutionFailed")))

    bad = next((name for name in _AT_THE_KILL if name in ends and not well(*ends[name])), "")
    shown = bad or "killed"
    seen, run = ends[shown]
    bench.require(
        not bad,
        "neither an outage, a refused mail nor a killed worker or server leaves an order half-way",
        expected="whole and completed, or undone and failed",
        seen=f"{_AT_THE_KILL[shown]}: {in_words(seen, run)}",
        events=run.last_event,
        next_step="keep `notify` in the `try`, and go on after each compensation that is refused, whichever it is: an "
        "order whose mail is refused for good is undone, too."
        if bad == "mail-refused"
        else "let nothing end the undoing early, keep the list of compensations in the workflow's `run`, and note them "
        "each time that it runs: a replay builds the list again, a file or a global dies with the process.",
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
