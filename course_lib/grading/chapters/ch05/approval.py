"""Exercise 5.1: five orders, decided in every order of events; the payments table tells who was charged."""

from typing import TYPE_CHECKING, Any

from course_lib.grading.model import Exercise
from course_lib.grading.talking import ask, signal

if TYPE_CHECKING:
    import pandas as pd
    from temporalio.client import WorkflowHandle

    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench
    from course_lib.grading.evidence import Run

_YES, _NO = {"by": "ada", "approved": True}, {"by": "bob", "approved": False}
_LONG, _SHORT = 60.0, 1.2  # seconds; a timer below one second takes one second anyway
_LOOK = (
    "look at `decision.approved`: `decision is not None` only says that somebody has answered, and a no is an answer."
)
_KEEP = 'let only the first decision set the outcome: `if self.outcome == "waiting":` in the signal.'
_ASKED = "mark `status` with `@workflow.query`, and give it no parameter but `self`: it has to answer whoever asks."

_AFTER = "end the deadline with the decision: a charge that takes long is no silence, so charge after the wait."
_POLLS = (
    "wait with one `wait_condition` and its timeout. A loop that sleeps and looks again writes a timer and a workflow "
    "task each time, and a query between two of them may not replay."
)


async def check_approval(bench: "Bench", approval: "Code") -> None:
    """Decide before a worker is there, during the run and after the deadline; ask in between, and kill the worker."""
    no = await _start(bench, approval, _LONG, _NO)
    no_yes = await _start(bench, approval, _LONG, _NO, _YES)
    # Its card takes longer than its deadline: that is over with the decision.
    yes_no = await _start(bench, approval, _SHORT, _YES, _NO)
    silent = await _start(bench, approval, _SHORT)
    asked = await _start(bench, approval, _LONG)
    # The late decision comes while the mail that follows the deadline is on its way.
    bench.shop.faults.latency("mailer", seconds=1.5, order_id=silent.id)
    bench.shop.faults.latency("payments", seconds=2 * _SHORT, order_id=yes_no.id)
    async with bench.worker(approval) as worker:
        await _decided(bench, no, "rejected", "a rejected order is rejected, and never charged", _LOOK)
        await _decided(bench, no_yes, "rejected", "a yes that follows a no changes nothing", _KEEP)
        await _late(bench, silent)
        await _decided(
            bench, yes_no, "approved", "an approved order is charged, once; a later no changes nothing", _KEEP
        )
        before = [(await ask(bench, asked, "status")).text for _ in range(3)]
        worker.kill()
        await worker.start()
        bench.did("three queries, kill -9, another query")
        before.append((await ask(bench, asked, "status")).text)
        bench.expect(
            set(before) == {"'waiting'"},
            "`status` says “waiting”, as often as it is asked, and after a replay",
            expected="'waiting', four times",
            seen=", ".join(before),
            next_step=_ASKED
            if not all(text.startswith("'") for text in before)
            else "wait as long as the order says, `timeout=order.deadline_seconds`: this one had a minute."
            if "'expired'" in before
            else 'return the state as it is, `"waiting"` until the outcome is clear, and change nothing: what a '
            "query changes is gone when another worker replays the history.",
        )
        await signal(asked, "decide", _YES)
        await _decided(bench, asked, "approved", "an order that was asked about can still be approved", _LOOK)


async def _start(
    bench: "Bench", approval: "Code", seconds: float, *decisions: dict[str, Any]
) -> "WorkflowHandle[Any, Any]":
    order = bench.unique("order")
    handle = await bench.start(approval, {"id": order, "amount_cents": 99_000, "deadline_seconds": seconds}, id=order)
    for decision in decisions:
        await signal(handle, "decide", decision)
    words = " then ".join("yes" if decision["approved"] else "no" for decision in decisions)
    bench.ran[-1] = f"an order that gets {words or 'no decision yet'} (deadline {seconds:g} s)"
    return handle


async def _decided(bench: "Bench", handle: "WorkflowHandle[Any, Any]", outcome: str, label: str, step: str) -> None:
    run = await bench.finish(handle)
    _require_end(bench, run)
    charges = bench.shop.table("payments", order_id=handle.id)
    charged = int(outcome == "approved")
    status = await ask(bench, handle, "status")
    right = len(charges) == charged and run.result == outcome
    if not status.ok:
        step = _POLLS if run.ids("TimerFired") else _ASKED
    elif run.result == "expired":
        step = _AFTER
    elif right and status.value != outcome:
        step = "let `status` return the outcome once there is one: it can be asked after the end, too."
    elif not right and len(charges) == charged:
        step = f'return the outcome as the task spells it: here `"{outcome}"`.' if step is _LOOK else step
    elif len(charges) < charged:
        step = 'run `charge_card` when, and only when, the outcome is `"approved"`.' if step is _LOOK else step
    bench.expect(
        right and status.value == outcome,
        label,
        expected=f"result and status {outcome!r}, {charged} row(s) in `payments`",
        seen=f"result {run.result!r}, status {status.text}, {len(charges)} row(s)",
        events=run.ids("WorkflowExecutionSignaled") + run.ids("ActivityTaskScheduled", "charge_card"),
        next_step=step,
    )
    _mailed(bench, handle.id, run)


def _require_end(bench: "Bench", run: "Run", *, late: bool = False) -> None:
    if run.completed:
        return
    failed = "WorkflowExecutionFailed" in set(run.events["type"])
    bench.require(
        False,
        "an order whose deadline has passed ends" if late else "a decided order ends",
        expected="WorkflowExecutionCompleted as the last event",
        seen=run.reason,
        events=run.last_event,
        next_step="catch the `TimeoutError` of `wait_condition` and go on: it is Python's own, so import no other one "
        "of that name."
        if late and failed
        else _AFTER
        if failed and run.ids("TimerFired")
        else "return the outcome, do not raise it: a no is an answer and no failure."
        if failed
        else "let the condition of `wait_condition` become true with the first decision, yes or no, and set its "
        "first state in `__init__` only: a decision may come before the first line of `run`. If a line is named, "
        "correct that first.",
    )


def _mailed(bench: "Bench", order: str, run: "Run") -> None:
    mails = list(bench.shop.table("mails", order_id=order)["to"])
    ordered = run.ids("ActivityTaskScheduled", "mail")
    # The shop's tables hide what was ordered twice: the idempotency keys see to that.
    charged = run.ids("ActivityTaskScheduled", "charge_card")
    if len(charged) > 1:
        bench.expect(
            False,
            "the card is charged in one place",
            expected="one activity `charge_card`",
            seen=f"{len(charged)} of them",
            events=charged,
            next_step="run `charge_card` once: only its idempotency key kept the second from taking the money again.",
        )
    if mails == ["customer@shop.example"] and len(ordered) == 1:
        clear = max((0, *run.ids("TimerFired"), *run.ids("ActivityTaskCompleted", "charge_card")))
        if ordered[0] < clear:
            bench.expect(
                False,
                "the customer hears of the outcome when there is one",
                expected="the mail after the charge, or after the deadline",
                seen=f"the mail is event {ordered[0]}, and what it tells of is event {clear}",
                events=(*ordered, clear),
                next_step="run `mail` last, right before you return: until then the customer may hear what is not so.",
            )
        return
    bench.expect(
        False,
        "the customer hears of the outcome, once",
        expected="one mail to customer@shop.example",
        seen=f"mails to {mails}, ordered {len(ordered)} time(s)" if mails else "no mail",
        events=run.ids("ActivityTaskScheduled", "mail"),
        next_step='run the activity `mail` with `"customer"` before you return, once, whatever the outcome is.',
    )


def _is_over(events: "pd.DataFrame") -> bool:
    """Whether the deadline has fired and the run has gone on, or ended; a mail *before* it says nothing of that."""
    types = list(events["type"])
    after = types[types.index("TimerFired") :] if "TimerFired" in types else []
    return "ActivityTaskScheduled" in after or types[-1] in ("WorkflowExecutionCompleted", "WorkflowExecutionFailed")


async def _late(bench: "Bench", handle: "WorkflowHandle[Any, Any]") -> None:
    found = await bench.wait_until(
        handle,
        _is_over,
        "the deadline fires: without a decision the order does not wait for ever",
        next_step="give `wait_condition` the order's deadline, `timeout=order.deadline_seconds`, and go on when it "
        "raises `TimeoutError`.",
    )
    was_open = await signal(handle, "decide", _YES)
    meanwhile = await ask(bench, handle, "status")
    bench.did("a yes after the deadline" if was_open else "no decision until the deadline")
    run = await bench.finish(handle)
    _require_end(bench, run, late=True)
    status = await ask(bench, handle, "status")
    charges = bench.shop.table("payments", order_id=handle.id)
    charged_early = "charge_card" in set(found["name"])
    bench.expect(
        run.result == "expired" and {status.value, meanwhile.value} == {"expired"} and charges.empty,
        "a deadline that has passed expires the order, and a late yes changes nothing",
        expected="result and status 'expired', no charge",
        seen=f"result {run.result!r}, status {meanwhile.text} after the yes and {status.text} at the end, "
        f"{len(charges)} charge(s)",
        events=run.ids("TimerFired") + run.ids("WorkflowExecutionSignaled"),
        next_step='silence is no approval: charge only when the outcome is `"approved"`.'
        if charged_early
        else _ASKED
        if not status.ok
        else 'set the outcome to `"expired"` in the `except` block, at once: the signal then finds that the order is '
        "no longer waiting.",
    )
    _mailed(bench, handle.id, run)


EXERCISE = Exercise(
    id="5.1",
    title="Rejected is not approved",
    minutes=10,
    difficulty=2,
    answers=("Approval",),
    hints=(
        "An order is waiting, approved, rejected or expired, and once it is one of the last three it stays so. How "
        "many variables does that need, and who may set it?",
        "Keep one text, `self.outcome`, that begins as “waiting”. The signal sets it only while it is “waiting”. The "
        "run method waits until it is something else, with `timeout=order.deadline_seconds`; the `except TimeoutError` "
        "sets “expired”. The query returns it.",
        '```python\nif self.outcome == "waiting":\n    self.outcome = "approved" if decision.approved else '
        '"rejected"\n…\ntry:\n    await workflow.wait_condition(\n        lambda: self.outcome != "waiting", '
        'timeout=order.deadline_seconds\n    )\nexcept TimeoutError:\n    self.outcome = "expired"\n'
        'if self.outcome == "approved":\n    …\n```',
    ),
    why=(
        "One variable holds the state of the order, and it leaves “waiting” once: by the first decision or by the "
        "deadline, whichever the workflow sees first (in one workflow task, signals come before timers). So a second "
        "decision and a late one find the door closed. "
        "The charge depends on the word “approved”, never on “somebody answered”. The query returns the variable and "
        "touches nothing, so every worker gives the same answer."
    ),
    check=check_approval,
    early=False,
)
