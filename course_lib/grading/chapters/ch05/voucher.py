"""Exercise 5.3: payments that overlap, payments that fit, and some under way when the voucher is closed."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from course_lib.grading.model import Exercise
from course_lib.grading.talking import Reply, signal, update

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle

    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench

_WORTH = 10_000
_WORKER_COMES = timedelta(seconds=10)  # an update waits at the server for a worker, and for that long
_SOON = timedelta(seconds=6)  # with a worker, a payment takes as long as its charge
_RELEASE = "let every payment come to an end: `async with self.lock` releases the lock after a refusal, too."


async def check_voucher(bench: "Bench", voucher: "Code") -> None:
    """Pay twice at once what fits once; pay three times at once what fits; close during a payment."""
    race, fit = [await bench.start(voucher, _WORTH) for _ in range(2)]
    # Sent before a worker is there, the payments of a voucher come with one workflow task: no luck is involved.
    paying = [
        asyncio.create_task(_pay(bench, race, 6000, 6000)),
        asyncio.create_task(_pay(bench, fit, 2000, 3000, 4000)),
    ]
    await asyncio.sleep(0.3)
    async with bench.worker(voucher):
        (raced, booked), (fitted, booked_fit) = await asyncio.gather(*paying)
        await _race(bench, race, raced, booked)
        await _all_fit(bench, fit, fitted, booked_fit)
        await _closing(bench, voucher)


async def _pay(
    bench: "Bench", handle: "WorkflowHandle[Any, Any]", *amounts: int, limit: timedelta = _SOON
) -> tuple[list[Reply], int]:
    """Pay several orders at once; return the replies and what the shop booked."""
    # What was sent before a worker is there waits for it; later no payment takes longer than its charge.
    orders = [{"id": bench.unique("order"), "amount_cents": amount} for amount in amounts]
    bench.did(f"pay {' and '.join(str(amount) for amount in amounts)}{' at once' if len(amounts) > 1 else ''}")
    replies = await asyncio.gather(*(update(bench, handle, "pay", order) for order in orders))
    booked = bench.shop.table("payments")
    return replies, int(booked[booked["order_id"].isin([order["id"] for order in orders])]["amount_cents"].sum())


def _said(replies: list[Reply]) -> str:
    return "; ".join(f"{reply.state}: {reply.text}" for reply in replies)


async def _race(bench: "Bench", handle: "WorkflowHandle[Any, Any]", replies: list[Reply], booked: int) -> None:
    if any(reply.state == "silent" for reply in replies):
        run = await bench.finish(handle)
        bench.require(
            False,
            "every payment is answered",
            expected="a result, or an ApplicationError",
            seen=run.reason or _said(replies),
            events=run.last_event,
            next_step="look at the line that is named. If it refuses, refuse with `ApplicationError`: any other "
            "exception in a handler fails the workflow task, which is tried again, and the caller waits. If it is the "
            "lock, that is an `asyncio.Lock`, and `async with` takes it."
            if "again and again" in run.reason
            else _RELEASE,
        )
    accepted = bench.ids(await bench.events(handle), "WorkflowExecutionUpdateAccepted")
    bench.require(
        booked <= _WORTH,
        "two payments at once never take more than the voucher is worth",
        expected=f"at most {_WORTH} cents booked",
        seen=f"{booked} cents booked; {_said(replies)}",
        events=accepted,
        next_step="hold one lock of the workflow, `self.lock = asyncio.Lock()` made in `__init__`, around the look at "
        "`self.left`, the charge *and* the subtraction: at the `await` the other handler runs.",
    )
    more, booked_more = await _pay(bench, handle, 4000)
    bench.expect(
        sorted(reply.state for reply in replies) == ["answered", "refused"]
        and [reply.value for reply in replies if reply.ok] == [4000]
        and (more[0].value, booked_more) == (0, 4000),
        "what fits is paid, what does not is refused",
        expected="one of the two paid with 4000 left, the other refused; then 4000 more with 0 left",
        seen=f"{_said(replies)}; then {_said(more)}",
        events=accepted,
        next_step=_RELEASE
        if more[0].state == "silent" and any(reply.state == "refused" for reply in replies)
        else "raise `ApplicationError` for what does not fit: a number that is returned looks like a payment."
        if all(reply.ok for reply in replies)
        else "compare with what is left at that moment, subtract what was charged, and return what is left then.",
    )
    await signal(handle, "close")


async def _all_fit(bench: "Bench", handle: "WorkflowHandle[Any, Any]", replies: list[Reply], booked: int) -> None:
    bench.expect(
        all(reply.ok for reply in replies) and booked == 9000,
        "payments that fit are all paid, also at once",
        expected="three paid, 9000 cents",
        seen=f"{booked} cents booked; {_said(replies)}",
        events=bench.ids(await bench.events(handle), "WorkflowExecutionUpdateAccepted"),
        next_step="let a payment *wait* for the one before it instead of refusing it: that is what "
        "`async with self.lock` does.",
    )
    await signal(handle, "close")
    # Nothing is under way, so nothing is waited for: less than somebody would sleep who does not ask the SDK.
    run = await bench.finish(handle)
    bench.expect(
        run.result == 1000,
        "a closed voucher returns what is left",
        expected=1000,
        seen=run.result if run.completed else run.reason,
        events=run.last_event,
        next_step="after `close`, and when all handlers have finished, `return self.left`. Wait for them in `run`: a "
        "handler that waits for all handlers waits for itself.",
    )


async def _closing(bench: "Bench", voucher: "Code") -> None:
    # Long enough that `close` comes while the first card is being charged, also on a busy machine.
    bench.shop.faults.latency("payments", seconds=1.2)
    handle = await bench.start(voucher, _WORTH)
    # A payment that comes with the run's first task is there before `run` waits for anything: luck on a busy machine.
    await bench.wait_until(
        handle, lambda events: "WorkflowTaskCompleted" in set(events["type"]), "the voucher is open for payments"
    )
    # Two, so that one may still wait for its turn: it was taken before the voucher was closed.
    paying = asyncio.create_task(_pay(bench, handle, 6000, 3000))
    await bench.wait_until(
        handle,
        lambda events: (
            (events["type"] == "WorkflowExecutionUpdateAccepted").sum() == 2
            and "ActivityTaskScheduled" in set(events["type"])
        ),
        "both payments are taken, and one charges the card",
    )
    await signal(handle, "close")
    bench.did("close while they are under way")
    replies, booked = await paying
    run = await bench.finish(handle)
    bench.expect(
        run.completed and all(reply.ok for reply in replies) and booked == 9000 and run.result == 1000,
        "payments that are under way at `close` are finished first",
        expected="both payments answered, 9000 cents booked, then the result 1000",
        seen=f"{booked} cents booked; {_said(replies)}; result {run.result!r} {run.reason}",
        events=run.ids("WorkflowExecutionUpdateAccepted") + run.last_event,
        next_step="wait for `self.closed` *and* `workflow.all_handlers_finished()` before you return: with the run "
        "its handlers end, too, wherever they are. A payment that was taken before `close` is paid.",
    )
    # A lock wakes who waits. Who asks again and again needs timers, and a charge that takes hours fills the history.
    asked_again = run.ids("TimerFired")
    bench.expect(
        not asked_again,
        "a payment that waits for its turn writes no event meanwhile",
        expected="no timer that fires",
        seen=f"{len(asked_again)} timer(s) fired" if asked_again else "none",
        events=asked_again,
        next_step="do not ask again and again whether it is your turn: each time is a timer and a workflow task in the "
        "history. `async with self.lock`, or `wait_condition` without a timeout, wakes the handler when it is.",
    )


EXERCISE = Exercise(
    id="5.3",
    title="One voucher, two tabs",
    minutes=10,
    difficulty=3,
    answers=("Voucher",),
    hints=(
        "Both handlers compare 6,000 with `self.left`. What is in `self.left` when the second one does, and which line "
        "of the first one has not run yet?",
        "Make one `asyncio.Lock()` in `__init__`. `async with self.lock:` around everything in `pay`: look, charge, "
        "subtract. In `run`, wait for `self.closed` and for `workflow.all_handlers_finished()`.",
        "```python\nasync with self.lock:\n    if order.amount_cents > self.left:\n        raise ApplicationError(…)\n"
        "    await workflow.execute_activity(…)\n    self.left -= order.amount_cents\n    return self.left\n…\n"
        "await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())\n```",
    ),
    why=(
        "Between the look at `self.left` and the subtraction lies an `await`, and there the other handler runs. The "
        "lock makes look, charge and subtraction one piece; the second payment waits and then sees what is really "
        "left. It is the workflow's lock, made once, so that all handlers share it. (Subtract first, and give back "
        "when the charge fails: that is right, too.) The last wait keeps the run alive until every caller has an "
        "answer."
    ),
    check=check_voucher,
    early=False,
)
