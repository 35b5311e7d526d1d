"""Exercise 5.3: payments that overlap, that fit, that fail, and some under way when the voucher is closed."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from course_lib.grading import attempts
from course_lib.grading.chapters.ch05 import deadlines
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import Reply, arrived, heard, require_handler, signal, update
from course_lib.grading.timers import lengths

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle

_WORTH, _ROOMY = 8_000, 10_500  # not the example's, and not the same
_LEFT = _ROOMY - 9000 - 1200
_TURN = (
    "hold one lock of the workflow, `self.lock = asyncio.Lock()` made in `__init__`, around the look at `self.left`, "
    "the charge *and* the subtraction: at the `await` the other handler runs."
)
_FIRST = (
    "within one hold of the lock, look at `self.left` first, then charge, then subtract: each payment has to see what "
    "the one before has left."
)
_END = "wait until `self.closed and workflow.all_handlers_finished()`, with its parentheses, before you return"
_RELEASE = "let every payment end: `async with self.lock` releases the lock after a refusal or a failed charge, too."


async def check_voucher(bench: "Bench", voucher: "Code") -> None:
    """Pay twice at once what fits once; three times at once what fits; let a charge fail; close during a payment."""
    race, fit = [await bench.start(voucher, worth) for worth in (_WORTH, _ROOMY)]
    # Sent before a worker is there, the payments of a voucher come with one workflow task: no luck is involved.
    orders = {handle: _orders(bench, *amounts) for handle, amounts in ((race, (5000, 5000)), (fit, (2000, 3000, 4000)))}
    paying = [asyncio.ensure_future(_pay(bench, handle, *of)) for handle, of in orders.items()]

    async def sent() -> bool:
        return all([await arrived(handle, order["id"]) for handle, of in orders.items() for order in of])

    try:
        await bench.until(sent, race, fit)
        async with bench.worker(voucher):
            await require_handler(bench, race, "update", "pay")
            await require_handler(bench, race, "signal", "close")
            await _race(bench, race, *await paying[0])
            await _all_fit(bench, fit, *await paying[1])
            if all(part.ok for part in bench.parts):
                await _closing(bench, voucher)
    finally:
        for payment in paying:
            payment.cancel()


def _orders(bench: "Bench", *amounts: int) -> list[dict[str, Any]]:
    return [{"id": bench.unique("order"), "amount_cents": amount} for amount in amounts]


async def _pay(bench: "Bench", handle: "Handle", *orders: dict[str, Any]) -> tuple[list[Reply], int]:
    """Pay orders at once, each by an update with the order's id; return the replies and what the shop booked."""
    amounts = " and ".join(str(order["amount_cents"]) for order in orders)
    bench.did(f"pay {amounts}{' at once' if len(orders) > 1 else ''}")
    replies = await asyncio.gather(*(update(bench, handle, "pay", order, id=order["id"]) for order in orders))
    booked = bench.shop.table("payments")
    return replies, int(booked[booked["order_id"].isin([order["id"] for order in orders])]["amount_cents"].sum())


def _said(replies: list[Reply]) -> str:
    return "; ".join(f"{reply.state}: {reply.text}" for reply in replies)


async def _answered(bench: "Bench", handle: "Handle", replies: list[Reply]) -> None:
    if any(reply.state == "silent" for reply in replies):
        run = await bench.finish(handle, alone=True)
        bench.require(
            False,
            "every payment is answered",
            expected="a result, or an ApplicationError",
            seen=run.reason or _said(replies),
            events=run.last_event,
            next_step=(
                "make in `__init__` what `pay` needs: a payment may come before the first line of `run`."
                if "has no attribute" in run.reason
                else "look at the line that is named. If it refuses, refuse with `ApplicationError`: any other "
                "exception in a handler fails the workflow task, which is retried, and the caller waits. If it is the "
                "lock, that is an `asyncio.Lock`, and `async with` takes it."
                if "again and again" in run.reason
                else _RELEASE
            ),
        )


async def _race(bench: "Bench", handle: "Handle", replies: list[Reply], booked: int) -> None:
    await _answered(bench, handle, replies)
    events = await bench.events(handle)
    accepted = bench.ids(events, "WorkflowExecutionUpdateAccepted")
    begun, ended = (bench.ids(events, f"ActivityTask{so}") for so in ("Scheduled", "Completed"))
    left = max((reply.value for reply in replies if isinstance(reply.value, int)), default=0)
    bench.require(
        booked <= _WORTH,
        "two payments at once never take more than the voucher is worth",
        expected=f"at most {_WORTH} cents booked",
        seen=f"{booked} cents booked; {_said(replies)}",
        events=accepted,
        next_step="begin with the voucher's own value, `self.left = cents`."
        if _WORTH - 5000 < left < _WORTH
        else _TURN
        if ended and begun[-1] < ended[0]
        else _FIRST,
    )
    (more, _), (none, _) = [await _pay(bench, handle, *_orders(bench, amount)) for amount in (3000, 1)]
    events = await bench.events(handle)
    bench.require(
        events["type"].iloc[-1] not in deadlines.ENDS,
        "a voucher is open until `close`, with nothing left, too",
        expected="no end of the run",
        seen=f"{_said(more)}; then {_said(none)}",
        events=events["event_id"].tail(1).tolist(),
        next_step=f"{_END}: nothing else ends the voucher.",
    )
    await _answered(bench, handle, [*more, *none])
    bench.require(
        sorted(reply.state for reply in replies) == ["answered", "refused"]
        and [reply.value for reply in replies if reply.ok] == [3000]
        and more[0].value == 0
        and none[0].state == "refused",
        "what fits is paid, what does not is refused",
        expected="one of the two paid with 3000 left, the other refused; then 3000 more with 0 left; then 1 refused",
        seen="; then ".join(_said(said) for said in (replies, more, none)),
        events=accepted,
        next_step="charge the whole order, or raise `ApplicationError`: a number that is returned looks like a payment."
        if all(reply.ok for reply in replies) or (more[0].ok and none[0].ok)
        else "subtract what was charged, once, and return what is left then."
        if left not in (0, 3000)
        else "refuse an order only if it is more than `self.left` (the last cent can be spent), and let a refused one "
        "take nothing."
        if more[0].state == "refused"
        else "return what is left then.",
    )
    await signal(handle, "close")


async def _all_fit(bench: "Bench", handle: "Handle", replies: list[Reply], booked: int) -> None:
    events = await bench.events(handle)
    answered = max((0, *bench.ids(events, "WorkflowExecutionUpdateCompleted")))
    charged = [event for event in bench.ids(events, "ActivityTaskCompleted") if event < answered]
    bench.require(
        all(reply.ok for reply in replies) and booked == 9000 and len(charged) == 3,
        "payments that fit are all paid, also at once",
        expected="three paid, 9000 cents, each before it is answered",
        seen=f"{len(charged)} charges before the last answer; {_said(replies)}",
        events=bench.ids(events, "WorkflowExecutionUpdateAccepted"),
        next_step=attempts.LOCAL  # held by the shop, as below, it would begin again and again
        if booked and not charged and not bench.ids(events, "ActivityTaskScheduled")
        else "`await` the charge before you subtract and answer."
        if all(reply.ok for reply in replies)
        else "let a payment *wait* for the one before it instead of refusing it: that is what "
        "`async with self.lock` does.",
    )
    await _fails(bench, handle)
    await signal(handle, "close")
    # Nothing is under way, so nothing is waited for: not even for a while, by somebody who does not ask the SDK.
    events = await bench.rest(handle)
    events = events[events["event_id"] > max((0, *bench.ids(events, "WorkflowExecutionSignaled")))]
    timers = lengths(events)
    run = await bench.finish(handle, alone=True) if not timers else None
    bench.require(
        run is not None and run.result == _LEFT,
        "a closed voucher returns what is left",
        expected=_LEFT,
        seen=deadlines.in_words(timers) if run is None else run.result if run.completed else run.reason,
        events=bench.ids(events, "TimerStarted") if run is None else run.last_event,
        next_step="hand `workflow.all_handlers_finished` to `wait_condition`: it is a plain function."
        if run is not None and "'await'" in run.reason
        else "after `close`, and when all handlers have finished, `return self.left`. Wait for them in `run`: a "
        "handler that waits for all handlers waits for itself. A counter of your own goes down after a failure, too.",
    )


async def _fails(bench: "Bench", handle: "Handle") -> None:
    """Let a charge fail, as ``temporal activity fail`` does, while another payment waits or is paid; then pay again."""
    failing, beside, last = _orders(bench, 1000, 200, 1000)
    bench.shop.faults.hold("payments", order_id=failing["id"])  # for good, so that nothing is booked

    async def alone() -> bool:  # who needs no lock has paid the other one
        taken = (await bench.events(handle))["payload"].astype(str).str.contains(beside["id"]).any()
        return bool(taken) and len((await handle.describe()).raw_description.pending_activities) == 1

    failed = asyncio.ensure_future(_pay(bench, handle, failing))
    await bench.until(lambda: bool(bench.shop.waiting(failing["id"])), handle)
    others = asyncio.ensure_future(_pay(bench, handle, beside))
    await bench.until(alone, handle)
    await attempts.fail_for_good(bench, handle)
    ((told,), _), ((other,), _) = await failed, await others
    (paid,), _ = await _pay(bench, handle, last)
    await _answered(bench, handle, [told, other, paid])
    bench.require(
        told.state == "refused" and paid.value == _LEFT,
        "a charge that fails takes nothing, and its caller is told",
        expected=f"1000 refused, as its charge fails for good, and 200 paid; then 1000 paid with {_LEFT} left",
        seen=f"{_said([told])}; {_said([other])}; then {_said([paid])}",
        next_step="add the amount back, `self.left += order.amount_cents`: another payment may have come meanwhile."
        if told.state == "refused" and isinstance(paid.value, int) and paid.value > _LEFT
        else "subtract when the card is charged, not before; or add the amount back when the charge fails."
        if told.state == "refused"
        else "let the charge's failure reach the caller, with `raise`: who gets a number takes the order for paid.",
    )


async def _closing(bench: "Bench", voucher: "Code") -> None:
    # The first card waits, so that `close` comes while it is being charged.
    bench.shop.faults.hold("payments")
    handle = await bench.start(voucher, 10_000)
    # A payment that comes with the run's first task is there before `run` waits for anything: luck on a busy machine.
    await bench.rest(handle)
    # Two, so that one may still wait for its turn: it was taken before the voucher was closed.
    paying = asyncio.ensure_future(_pay(bench, handle, *_orders(bench, 6000, 3000)))
    try:
        events = await bench.wait_until(
            handle,
            lambda events: (
                (events["type"] == "WorkflowExecutionUpdateAccepted").sum() == 2
                and "ActivityTaskScheduled" in set(events["type"])
            ),
            "both payments are taken, and one charges the card",
        )
        # A lock wakes who waits. Who asks again and again needs timers, and a charge that takes hours fills the
        # history. The first of them is started as soon as it is clear that somebody has to wait.
        events = events[events["event_id"] > bench.ids(events, "WorkflowExecutionUpdateAccepted")[0]]
        asks_again = bench.ids(events, "TimerStarted")
        await signal(handle, "close")
        bench.did("close while they are under way")
        await bench.until(partial(heard, bench, handle), handle)
        closed = await bench.events(handle)
        bench.shop.faults.release("payments")
        replies, booked = await paying
    finally:
        paying.cancel()
    run = await bench.finish(handle, alone=True)
    bench.require(
        not asks_again,
        "a payment that waits for its turn writes no event meanwhile",
        expected="no timer",
        seen=deadlines.in_words(lengths(events)),
        events=asks_again,
        next_step="do not ask again and again whether it is your turn: each time is a timer and a workflow task in the "
        "history. `async with self.lock`, or `wait_condition` without a timeout, wakes the handler when it is.",
    )
    waits = lengths(closed[closed["event_id"] > bench.ids(closed, "WorkflowExecutionSignaled")[0]])
    by_itself = len(run.ids("WorkflowExecutionUpdateCompleted")) == 2
    bench.require(
        run.completed and all(reply.ok for reply in replies) and booked == 9000 and run.result == 1000 and not waits,
        "payments that are under way at `close` are finished first",
        expected="both payments answered, 9000 cents booked, then the result 1000",
        seen=f"{booked} cents booked; {_said(replies)}; result {run.result!r} {run.reason}"
        + (f"; {deadlines.in_words(waits)} after `close`" if waits else ""),
        events=run.ids("WorkflowExecutionUpdateAccepted") + run.last_event,
        next_step=f"{_END}, without a `timeout`: a payment takes as long as its card does."
        if waits
        else "read `self.left` when all handlers have finished, and return that."
        if by_itself and all(reply.ok for reply in replies)
        else "let `pay` pay, whether the voucher is closed or not: a payment that was sent before `close` is paid."
        if by_itself
        else f"{_END}: with the run its handlers end, too, wherever they are. A payment taken before `close` is paid.",
    )


EXERCISE = Exercise(answers=("Voucher",), check=check_voucher, early=False)
