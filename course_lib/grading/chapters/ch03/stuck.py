"""Exercise 3.4: a run that got stuck on broken code has to be finished by the learner's, with nothing done twice."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch03 import recorded
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle

    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench
    from course_lib.grading.evidence import Run

_BROKEN = Path(__file__).with_name("graded_broken.py")
_OPTIONS: dict[str, Any] = {"task_timeout": timedelta(seconds=2)}
_SHIPPING, _FREE_FROM = 490, 5000
_LONGEST = 8.0


async def check_stuck(bench: "Bench", checkout: "Code") -> None:
    """Let an order get stuck on the broken code; put the learner's worker in its place, with two orders of its own."""
    order = bench.unique("order")
    # The old code's worker first, alone on the queue: without a cache no task waits for it when it is gone.
    async with bench.worker(extra=(_BROKEN,), max_cached_workflows=0):
        handle = await bench.start("Checkout", {"id": order, "amount_cents": 4200}, **_OPTIONS)
        bench.did("the broken code, until its workflow task failed")
        await bench.wait_for(lambda: _failed(bench, handle), "the order is stuck")
    dear, empty = bench.unique("order"), bench.unique("order")
    async with bench.worker(checkout):
        bench.did("a worker with your code")
        handles = [
            await bench.start("Checkout", {"id": name, "amount_cents": amount}, **_OPTIONS)
            for name, amount in ((dear, 6000), (empty, 0))
        ]
        fresh, refused = await asyncio.gather(*(bench.finish(one) for one in handles))
        await _ended(handle, _LONGEST if fresh.completed else 3.0)
        run = await bench.finish(handle)
        refusal = await recorded.end_types(handles[1])
    _finished(bench, run, fresh, order)
    _paid(bench, run, order, 4200 + _SHIPPING, "the order that was stuck is charged once, with shipping")
    _paid(bench, fresh, dear, 6000, f"from {_FREE_FROM} on, shipping is free")
    bench.expect(
        "EmptyOrder" in refusal and len(bench.shop.table("payments", order_id=empty)) == 0,
        "an order of nothing still fails",
        expected="WorkflowExecutionFailed with a failure of type EmptyOrder",
        seen=" ← ".join(refusal) or refused.reason or f"completed with {refused.result!r}",
        events=refused.last_event,
        next_step="leave the `ApplicationError` for an empty order as it was: that one is the business saying no.",
    )


async def _failed(bench: "Bench", handle: "WorkflowHandle[Any, Any]") -> bool:
    return bool(bench.ids(await bench.events(handle), "WorkflowTaskFailed"))


async def _ended(handle: "WorkflowHandle[Any, Any]", seconds: float) -> None:
    """Wait for the end of a run whose history holds a failed workflow task already."""
    over = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < over:
        if (await handle.describe()).close_time is not None:
            return
        await asyncio.sleep(0.15)


def _finished(bench: "Bench", run: "Run", fresh: "Run", order: str) -> None:
    requests = bench.shop.table("requests", order_id=order)
    reservations = int((requests["operation"] == "reserve_stock").sum())
    bench.require(
        run.completed,
        "the same run completes",
        expected="WorkflowTaskFailed by the old code, WorkflowExecutionCompleted by yours",
        seen=_why_not(run, fresh),
        events=run.ids("WorkflowTaskFailed") + run.last_event,
        next_step=_step(run, fresh),
    )
    bench.expect(
        reservations == 1,
        "what the old code did is not done again",
        expected="one request to reserve",
        seen=f"{reservations} requests to reserve",
        events=run.ids("ActivityTaskScheduled", "reserve"),
        next_step="leave the call of `reserve` where it was: its result is in the history.",
    )


def _why_not(run: "Run", fresh: "Run") -> str:
    if not fresh.completed and run.ids("WorkflowExecutionFailed") == ():
        return f"still stuck; a new order of 6000: {fresh.reason}"
    return run.reason or "it does not go on"


def _step(run: "Run", fresh: "Run") -> str:
    if run.ids("WorkflowExecutionFailed"):
        return (
            "let the order through instead of failing it: its stock is reserved, and the bug is yours, not the "
            "customer's. Mend the line."
        )
    if fresh.completed:
        return (
            "keep to the order of steps that the history has recorded (reserve, then charge) and edit only the line "
            "with the bug: a new order works, this one does not fit your code any more."
        )
    return "mend the line that is named; `Order` in the module stock has the right attribute."


def _paid(bench: "Bench", run: "Run", order: str, amount: int, label: str) -> None:
    payments = bench.shop.table("payments", order_id=order)
    amounts = [int(value) for value in payments["amount_cents"]]
    asked = bench.shop.table("requests", order_id=order)
    tries = int((asked["operation"] == "charge").sum())
    if len(amounts) > 1 or tries > 1:
        step = "charge once: one call of `bill`, with the whole amount."
    elif not amounts:
        step = "let the order be charged: a caught exception makes an order that looks completed and is not paid."
    else:
        step = "compare `amount_cents` with 5000: a default in place of the attribute guesses the price."
    bench.expect(
        run.completed and amounts == [amount] and tries == 1,
        label,
        expected=f"one charge of {amount}",
        seen=f"{tries} request{'s' if tries != 1 else ''} to charge; charges: {amounts}"
        if run.completed
        else run.reason,
        events=run.ids("ActivityTaskScheduled", "bill") or run.last_event,
        next_step=step if run.completed else "mend the line that is named.",
    )


EXERCISE = Exercise(
    id="3.4",
    title="Mend it live",
    minutes=12,
    difficulty=2,
    answers=("Checkout",),
    hints=(
        "The diagnosis says which attribute an `Order` does not have. Which one does it have?",
        "Only the line with `total_cents` is wrong. Everything above it has been carried out by the stuck run, so it "
        "must stay as it is: same steps, same order.",
        "```python\norder.amount_cents += 0 if order.amount_cents >= 5000 else 490\n```",
    ),
    why=(
        "One name is corrected and nothing else: the new worker replays the history with your code, which asks for "
        "the reservation as the old code did, gets its recorded result, and goes on into the line that used to fail. "
        "Catching the error would have ended the order unpaid, failing the workflow would have thrown away a good "
        "order, and another order of steps would not have fitted the history. Chapter 06 is about such edits."
    ),
    check=check_stuck,
    early=False,
)
