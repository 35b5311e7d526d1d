"""Exercise 3.4: a run that got stuck on broken code has to be finished by the learner's, with nothing done twice."""

import asyncio
from typing import TYPE_CHECKING

from course_lib import history
from course_lib.grading import attempts
from course_lib.grading.chapters.ch03.stuck_order import stuck_order
from course_lib.grading.exercises import Exercise
from course_lib.waits.until import closed

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle, Run

_STUCK, _SHIPPING, _FREE_FROM = 2600, 490, 5000
_BELOW = f"below {_FREE_FROM}, one charge with shipping, even when its answer is lost"
_LABEL = "the same run completes"
_EXPECTED = "WorkflowTaskFailed by the old code, WorkflowExecutionCompleted by yours"


async def check_stuck(bench: "Bench", checkout: "Code") -> None:
    """Let an order get stuck on the broken code; then run it, and three new ones, on the learner's."""
    order, below, dear, empty = (bench.unique("order") for _ in range(4))
    handle = await stuck_order(bench, {"id": order, "amount_cents": _STUCK})
    bench.did("the broken code, until its workflow task failed")
    bench.shop.faults.next_calls("payments", ["timeout"], seconds=0.1, order_id=below)
    async with bench.worker(checkout):
        bench.did("a worker with your code")
        handles = [
            await bench.start("Checkout", {"id": name, "amount_cents": amount})
            for name, amount in ((below, _FREE_FROM - 1), (dear, _FREE_FROM), (empty, 0))
        ]
        near, fresh, refused = await asyncio.gather(*(bench.finish(one) for one in handles))
        refusal = await attempts.failed_with(handles[2])
        await _goes_on(bench, checkout, handle, fresh)
        run = await bench.finish(handle)
    _finished(bench, run, order)
    _paid(bench, run, order, _STUCK + _SHIPPING, "the order that was stuck is charged once, with shipping")
    _paid(bench, near, below, _FREE_FROM - 1 + _SHIPPING, _BELOW)
    _paid(bench, fresh, dear, _FREE_FROM, f"from {_FREE_FROM} on, shipping is free")
    reserved, steps = fresh.ids("ActivityTaskCompleted", "reserve"), fresh.ids("ActivityTaskScheduled")
    bench.expect(
        bool(reserved) and reserved[0] < steps[-1],
        "the card is charged when the stock is reserved",
        expected="`bill` after the end of `reserve`",
        seen="both at once" if reserved else "no reservation",
        events=steps,
        next_step="wait for `reserve` before you call `bill`: without stock, nobody is charged.",
    )
    asked = list(bench.shop.table("requests", order_id=empty)["operation"])
    bench.expect(
        refusal[:1] == ["EmptyOrder"] and not asked,
        "an order of nothing still fails, before anything is done",
        expected="WorkflowExecutionFailed with a failure of type EmptyOrder, and no request",
        seen=f"{' ← '.join(refusal) or refused.reason or f'completed with {refused.result!r}'}; requests: {asked}",
        events=refused.last_event,
        next_step="leave the `ApplicationError` for an empty order as it was, above the first step: that one is the "
        "business saying no.",
    )


async def _goes_on(bench: "Bench", checkout: "Code", handle: "Handle", fresh: "Run") -> None:
    """End the check when the run is seen to stay stuck: to wait for that, its attempts would have to time out."""
    if await closed(handle):
        return
    recorded = await history.fetch(handle)
    failed = bench.ids(history.events_frame(recorded), "WorkflowTaskFailed")
    if not fresh.completed and not fresh.ids("WorkflowExecutionFailed"):
        bench.require(
            False,
            _LABEL,
            expected=_EXPECTED,
            seen=f"still stuck; a new order of {_FREE_FROM}: {fresh.reason}"
            if checkout.type_name == "Checkout"
            else f"still stuck: your worker runs `{checkout.type_name}`",
            events=failed,
            next_step="keep the name `Checkout`: the stuck run asks for a workflow of that name."
            if checkout.type_name != "Checkout"
            else _step(fresh, "fix the line that is named; `Order` in the module stock has the right attribute."),
        )
    (replayed,) = await bench.replay(checkout, recorded)
    if replayed.divergence is not None:
        bench.require(
            False,
            _LABEL,
            expected=_EXPECTED,
            seen=f"still stuck: {replayed.divergence.what}",
            events=(*failed, replayed.divergence.event_id),
            next_step="keep to the order of steps that the history has recorded (reserve, then charge) and edit only "
            "the line with the bug: a new order works, this one does not fit your code any more.",
        )


def _step(run: "Run", step: str) -> str:
    """Return what to do about a run that does not complete: this step, or another one when it is `bill` that fails."""
    billed = run.ids("ActivityTaskScheduled", "bill")
    if not billed:
        return step
    return (
        "call `bill` once, with the order and its whole amount, and leave its retries as they were: an answer may get "
        "lost. The activity needs no edit."
    )


def _finished(bench: "Bench", run: "Run", order: str) -> None:
    another = run.history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    bench.require(
        run.completed and not another,
        _LABEL,
        expected=_EXPECTED,
        seen="it continued as another run" if another else run.reason,
        events=run.ids("WorkflowTaskFailed") + run.last_event,
        next_step="let the same run go on: `continue_as_new` begins another one, which reserves again."
        if another
        else "let the order through instead of failing it: its stock is reserved, and the bug is yours, not the "
        "customer's. Fix the line."
        if run.ids("WorkflowExecutionFailed")
        else _step(run, "fix the line that is named, for the runs that began before, too: this is one of them."),
    )
    requests = bench.shop.table("requests", order_id=order)
    reservations = int((requests["operation"] == "reserve_stock").sum())
    bench.expect(
        reservations == 1,
        "what the old code did is not done again",
        expected="one request to reserve",
        seen=f"{reservations} requests to reserve",
        events=run.ids("ActivityTaskScheduled", "reserve"),
        next_step="leave the call of `reserve` where it was: its result is in the history.",
    )


def _paid(bench: "Bench", run: "Run", order: str, amount: int, label: str) -> None:
    payments = bench.shop.table("payments", order_id=order)
    amounts = [int(value) for value in payments["amount_cents"]]
    # An attempt that a slow machine has lost may have made a request of its own.
    bills = len(run.ids("ActivityTaskScheduled")) - len(run.ids("ActivityTaskScheduled", "reserve"))
    if not run.completed:
        step = _step(run, "fix the line that is named.")
    elif len(amounts) > 1 or bills > 1:
        step = "charge once: one call of `bill`, with the whole amount, and with the same key in every attempt."
    elif not amounts:
        step = "let the order be charged: a caught exception makes an order that looks completed and is not paid."
    elif amounts == [amount]:
        step = "return what `bill` returns."
    elif amount == _FREE_FROM:
        step = "let shipping be free from 5000 up: `order.amount_cents >= 5000`. A default for the attribute guesses."
    else:
        step = f"give `bill` an order of {amount}: up to 4999, the amount plus 490."
    bench.require(
        run.completed and amounts == [amount] and bills == 1 and run.result in list(payments["id"]),
        label,
        expected=f"one charge of {amount}, and its id",
        seen=f"{run.result!r}; {bills} call{'s' if bills != 1 else ''} of `bill`; charges: {amounts}"
        if run.completed
        else run.reason,
        events=run.ids("ActivityTaskScheduled", "bill") or run.last_event,
        next_step=step,
    )


EXERCISE = Exercise(answers=("Checkout",), check=check_stuck, early=False)
