"""Exercise 5.1: six orders, decided in every order of events; the payments table tells who was charged."""

import asyncio
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch05 import deadlines
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import ask, require_handler, signal
from course_lib.grading.timers import lengths, running

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run

# None of them is in the chapter's list of reviewers.
_YES, _NO, _SO_YES = [{"by": by, "approved": yes} for by, yes in (("kim", True), ("noor", False), ("noor", True))]
_HOUR = 3600.0
# Seconds: no card is faster. A timer that short takes a second all the same.
_SHORT, _SECOND = 0.01, 1.0
# Less than a minute: some give every order that.
_SECONDS = 40.0
_LOOK = (
    "look at `decision.approved`: `decision is not None` only says that somebody has answered, and a no is an answer."
)
_EXCEPT = 'set the outcome to `"expired"` in the `except` block only: `wait_condition` returns nothing, it raises.'
_CHARGE = 'run `charge_card` when, and only when, the outcome is `"approved"`.'
_CATCH = (
    "catch the `TimeoutError` of `wait_condition` and go on: it is Python's own, so import no other one of that name."
)
_KEEP = 'let only the first decision set the outcome: `if self.outcome == "waiting":` in the signal.'
_ASKED = "mark `status` with `@workflow.query`, and give it no parameter but `self`: it has to answer whoever asks."

_AFTER = "end the deadline with the decision: a charge that takes long is no silence, so charge after the wait."
_CLOCK = "let `decide` take what comes before the *timer* has fired, and ask no clock: a worker may have been away."
_APPROVED = "an approved order is charged, once; a later no changes nothing"
_ASKED_ABOUT = "an order that was asked about can still be approved"
_OUTLASTS = "an approved order is charged, even when the charge outlasts its deadline"
_TOO_LATE = "a deadline that has passed expires the order, and a late yes changes nothing"
_OUTCOMES = ("approved", "rejected", "expired")
_WAITS = "without a decision the order waits for its deadline"
_SILENCE = "the deadline fires: without a decision the order does not wait for ever"
_GO_ON = "and go on when it raises `TimeoutError`: the deadline fires, and nobody has decided."


async def check_approval(bench: "Bench", approval: "Code") -> None:
    """Decide before a worker is there, during the run and after the deadline; ask in between, and kill the worker."""
    # What comes before a worker is there comes with its first workflow task, in the order of the events.
    no = await _start(bench, approval, 5 * _HOUR, _NO)
    no_yes = await _start(bench, approval, 6 * _HOUR, _NO, _SO_YES)
    yes_no = await _start(bench, approval, 7 * _HOUR, _YES, _NO)
    asked = await _start(bench, approval, 8 * _HOUR)
    async with bench.worker(approval) as worker:
        await _waits(bench, asked, 8 * _HOUR)
        await require_handler(bench, asked, "signal", "decide")
        await require_handler(bench, asked, "query", "status")
        before = [(await ask(bench, asked, "status")).text for _ in range(3)]
        await _decided(bench, no, 5 * _HOUR, "rejected", "a rejected order is rejected, and never charged", _LOOK)
        await _decided(bench, no_yes, 6 * _HOUR, "rejected", "a yes that follows a no changes nothing", _KEEP)
        await _decided(bench, yes_no, 7 * _HOUR, "approved", _APPROVED, _KEEP)
        if not all(text == "'waiting'" for text in before):
            _waiting(bench, before)
        if not all(part.ok for part in bench.parts):
            return  # a worker's death takes its time, so it is for answers without a known mistake
        worker.kill()
        bench.shop.faults.hold("payments")
        # No worker is there before its deadline has passed: who asks the clock, and not the timer, comes too late.
        slow = await _start(bench, approval, _SHORT, _YES, at_once=True)
        await worker.start()
        bench.did("three queries, kill -9, another query")
        silent = await _start(bench, approval, _SECONDS)
        again, expired, (charging, meanwhile) = await asyncio.gather(
            ask(bench, asked, "status"), _expire(bench, silent, _SECONDS), _outlast(bench, slow)
        )
        limits = list(running(charging).values())
        bench.require(
            not limits,
            _OUTLASTS,
            expected="no timer while the card is being charged",
            seen=deadlines.in_words(limits),
            events=bench.ids(charging, "TimerStarted"),
            next_step=_AFTER,
        )
        before.append(again.text)
        _waiting(bench, before)
        bench.require(
            meanwhile in ("'approved'", ""),
            "`status` says “approved” while the card is still being charged",
            expected="'approved'",
            seen=meanwhile,
            next_step=_CLOCK
            if meanwhile == "'expired'"
            else "let `status` answer with the outcome from the decision on: the charge and the mail come after.",
        )
        await _late(bench, silent, expired)
        await _decided(bench, slow, _SHORT, "approved", _OUTLASTS, _KEEP)
        await signal(asked, "decide", _YES)
        await _decided(bench, asked, 8 * _HOUR, "approved", _ASKED_ABOUT, _LOOK)


def _waiting(bench: "Bench", answers: list[str]) -> None:
    bench.require(
        set(answers) == {"'waiting'"},
        "`status` says “waiting”, as often as it is asked, and after a replay",
        expected="'waiting', each time",
        seen=", ".join(answers),
        next_step='return the state as it is, `"waiting"` until the outcome is clear, and change nothing: what a '
        "query changes is gone when another worker replays the history."
        if all(text[0] in "'N" for text in answers)
        else _ASKED,
    )


async def _start(
    bench: "Bench", approval: "Code", seconds: float, *decisions: dict[str, Any], at_once: bool = False
) -> "Handle":
    """Start an order and decide; ``at_once``: with one call, so that the decision comes before the deadline begins."""
    order = bench.unique("order")
    given = {"id": order, "amount_cents": 99_000, "deadline_seconds": seconds}
    first: dict[str, Any] = {"start_signal": "decide", "start_signal_args": list(decisions)} if at_once else {}
    handle = await bench.start(approval, given, id=order, quiet=True, **first)
    for decision in () if at_once else decisions:
        await signal(handle, "decide", decision)
    words = " then ".join("yes" if decision["approved"] else "no" for decision in decisions)
    bench.did(f"an order that gets {words or 'no decision yet'} (deadline {seconds:g} s)")
    return handle


async def _waits(bench: "Bench", handle: "Handle", deadline: float) -> None:
    """Look at an order as soon as it rests: its deadline, or a mistake for which the rest need not be run."""
    events = await bench.rest(handle)
    if "WorkflowTaskCompleted" not in set(events["type"]):
        _require_end(bench, await bench.finish(handle), _WAITS, _LOOK)
    timers = lengths(events)
    # Whoever counts from the start has a little less: a busy machine takes its time.
    less = deadline == _SECONDS and 0 < max(timers, default=0) <= deadline
    bench.require(
        less or any(deadlines.whole(timer, deadline) for timer in timers),
        _WAITS,
        expected=f"a timer of {deadline:g} s",
        seen=deadlines.in_words(timers),
        events=bench.ids(events, "TimerStarted"),
        next_step="wait as long as the order says, with one `wait_condition` and `timeout=order.deadline_seconds`. A "
        "loop that sleeps and looks again writes a timer and a workflow task each time."
        if timers and max(timers) < 1000 * deadline
        else "write `timedelta(seconds=order.deadline_seconds)`: the first argument of `timedelta` is days."
        if timers
        else f"give `wait_condition` the order's deadline, `timeout=order.deadline_seconds`, {_GO_ON}",
    )


async def _outlast(bench: "Bench", handle: "Handle") -> "tuple[pd.DataFrame, str]":
    """Let the card take longer than the deadline and what comes of it; say no meanwhile; return history and status."""

    events = await bench.events(handle)

    async def over() -> bool:
        nonlocal events
        events = await bench.events(handle)
        types, left = list(events["type"]), running(events)
        if types[-1] in deadlines.ENDS:
            return True
        return (
            "ActivityTaskScheduled" in types
            and all(length > _SECOND for length in left.values())
            and "WorkflowTaskCompleted" in types[types.index("TimerFired") if "TimerFired" in types else 0 :]
        )

    status = (await ask(bench, handle, "status")).text if await bench.until(over, handle) else ""
    await signal(handle, "decide", _NO)
    bench.shop.faults.release("payments")
    return events, status


async def _decided(bench: "Bench", handle: "Handle", deadline: float, outcome: str, label: str, step: str) -> None:
    run = await bench.finish(handle, alone=True)
    scheduled, done = (run.ids(f"ActivityTask{so}", "charge_card") for so in ("Scheduled", "Completed"))
    if ends := deadlines.limits(run.history.events, deadline):
        bench.require(
            False,
            _OUTLASTS,
            expected=deadlines.UNLIMITED,
            seen=", ".join(ends),
            events=scheduled,
            next_step="leave the time of the charge to `start_to_close_timeout=SOON` and its retries: the order's "
            "deadline ends with the decision, and no limit of another kind may give an approved order up.",
        )
    _require_end(bench, run, label, step)
    _mail_last(bench, run)
    charges = bench.shop.table("payments", order_id=handle.id)
    charged = int(outcome == "approved")
    status = await ask(bench, handle, "status")
    paid = len(charges) == charged and len(done) == len(scheduled)
    if not status.ok:
        step = _ASKED
    elif run.result == "expired":
        step = _AFTER if scheduled or run.ids("TimerFired") else _EXCEPT
    elif len(done) < len(scheduled):
        step = "`await` the charge in `run`, before you return: what is under way when the run ends is lost to it."
    elif run.result not in _OUTCOMES:
        step = f'return the outcome as the task spells it: here `"{outcome}"`.'
    elif run.result == outcome and not paid:
        step = _CHARGE
    elif run.result == outcome:
        step = "let `status` return the outcome once there is one: it can be asked after the end, too."
    bench.require(
        paid and run.result == status.value == outcome,
        label,
        expected=f"result and status {outcome!r}, {charged} row(s) in `payments`",
        seen=f"result {run.result!r}, status {status.text}, {len(charges)} row(s)",
        events=run.ids("WorkflowExecutionSignaled") + scheduled,
        next_step=step,
    )
    _mailed(bench, handle.id, run)


def _require_end(bench: "Bench", run: "Run", label: str, step: str) -> None:
    if run.completed:
        return
    failed = "WorkflowExecutionFailed" in set(run.events["type"])
    bench.require(
        False,
        label,
        expected="WorkflowExecutionCompleted as the last event",
        seen=run.reason,
        events=run.last_event,
        next_step=_CATCH
        if label == _TOO_LATE and failed
        else _AFTER
        if failed and run.ids("TimerFired")
        else "let a later decision pass without effect, and raise nothing: what a signal's handler raises "
        "fails the workflow, or its workflow task."
        if step is _KEEP and (failed or "`raise " in run.reason)
        else "return the outcome, do not raise it: a no is an answer and no failure."
        if failed
        else "correct the line that is named, then check again."
        if "again and again" in run.reason
        else "let the condition of `wait_condition` become true with the first decision, yes or no, whoever decides; "
        "and set its first state in `__init__` only: a decision may come before the first line of `run`.",
    )


def _mailed(bench: "Bench", order: str, run: "Run") -> None:
    mails = list(bench.shop.table("mails", order_id=order)["to"])
    ordered, sent = (run.ids(f"ActivityTask{so}", "mail") for so in ("Scheduled", "Completed"))
    # The shop's tables hide what was ordered twice: the idempotency keys see to that.
    charged = run.ids("ActivityTaskScheduled", "charge_card")
    if len(charged) > 1:
        bench.require(
            False,
            "the card is charged in one place",
            expected="one activity `charge_card`",
            seen=f"{len(charged)} of them",
            events=charged,
            next_step="run `charge_card` once: only its idempotency key kept the second from taking the money again.",
        )
    if mails != ["customer@shop.example"] or len(ordered) != 1 or (ordered and not sent):
        bench.require(
            False,
            "the customer hears of the outcome, once",
            expected="one mail to customer@shop.example, sent before the run ends",
            seen=f"mails to {', '.join(mails) or 'nobody'}; ordered {len(ordered)}, and ended {len(sent)} time(s)",
            events=ordered,
            next_step="`await` the mail: what is under way when the run ends is lost to it."
            if len(sent) < len(ordered)
            else 'run the activity `mail` with `"customer"` before you return, once, whatever the outcome is.',
        )


def _mail_last(bench: "Bench", run: "Run") -> None:
    mail = run.ids("ActivityTaskScheduled", "mail")
    charges, done = (run.ids(f"ActivityTask{so}", "charge_card") for so in ("Scheduled", "Completed"))
    clear = max((0, *run.ids("TimerFired"), *charges, *done))
    if mail and len(charges) < 2 and (mail[0] < clear or len(done) < len(charges)):
        bench.require(
            False,
            "the customer hears of the outcome when there is one",
            expected="the mail after the charge, or after the deadline",
            seen=f"the mail is event {mail[0]}, "
            + ("and the charge has not ended" if len(done) < len(charges) else f"what it tells of is event {clear}"),
            events=(*mail, clear),
            next_step=_AFTER
            if charges and run.ids("TimerFired")
            else "`await` the charge, and run `mail` last, right before you return: until then the customer may "
            "hear what is not so.",
        )


async def _expire(bench: "Bench", handle: "Handle", deadline: float) -> "pd.DataFrame":
    """Let the deadline pass, and keep the mail that follows it on its way; return the history."""
    await _waits(bench, handle, deadline)
    bench.shop.faults.hold("mailer", order_id=handle.id)
    await deadlines.passes(bench, handle, deadline)
    found = await bench.events(handle)

    async def over() -> bool:
        nonlocal found
        rests = await bench.rests(handle)  # asked first: what comes until then is in the history
        found = await bench.events(handle)
        return rests or _is_over(found)

    await bench.until(over, handle)
    return found


def _is_over(events: "pd.DataFrame") -> bool:
    """Whether the deadline has fired and the run has gone on, or ended; a mail *before* it says nothing of that."""
    types = list(events["type"])
    after = types[types.index("TimerFired") :] if "TimerFired" in types else []
    return "ActivityTaskScheduled" in after or types[-1] in deadlines.ENDS


async def _late(bench: "Bench", handle: "Handle", found: "pd.DataFrame") -> None:
    bench.require(
        _is_over(found),
        _SILENCE,
        expected="it fires, and the order goes on",
        seen="it fires, and the order waits again" if "TimerFired" in set(found["type"]) else "it does not fire",
        events=bench.ids(found, "TimerStarted") + bench.ids(found, "TimerFired"),
        next_step=f"wait once, with one `wait_condition`, {_GO_ON}",
    )
    was_open = await signal(handle, "decide", _YES)
    meanwhile = await ask(bench, handle, "status")
    bench.did("a yes after the deadline" if was_open else "no decision until the deadline")
    bench.shop.faults.release("mailer", order_id=handle.id)
    run = await bench.finish(handle, alone=True)
    _require_end(bench, run, _TOO_LATE, _KEEP)
    status = await ask(bench, handle, "status")
    charges = bench.shop.table("payments", order_id=handle.id)
    charged_early = "charge_card" in set(found["name"])
    bench.require(
        run.result == "expired" and {status.value, meanwhile.value} == {"expired"} and charges.empty,
        _TOO_LATE,
        expected="result and status 'expired', no charge",
        seen=f"result {run.result!r}, status {meanwhile.text} after the yes and {status.text} at the end, "
        f"{len(charges)} charge(s)",
        events=run.ids("TimerFired") + run.ids("WorkflowExecutionSignaled"),
        next_step='silence is no approval: charge only when the outcome is `"approved"`.'
        if charged_early
        else _ASKED
        if not status.ok
        else 'return the outcome as the task spells it: here `"expired"`.'
        if run.result not in _OUTCOMES
        else 'let `status` return the outcome, `"expired"`, too, from the deadline on: before the mail is sent.'
        if run.result == "expired" and "waiting" in (status.value, meanwhile.value)
        else 'set the outcome to `"expired"` in the `except` block, at once, and let the signal change nothing from '
        "then on: the order is no longer waiting.",
    )
    _mail_last(bench, run)
    _mailed(bench, handle.id, run)


EXERCISE = Exercise(answers=("Approval",), check=check_approval, early=False)
