"""Exercise 3.3: a call that hangs is noticed by the silence, a slow order is left alone.

The goal's seconds are read from the history. That a slow order may take as long as it needs is seen in the order of
events: the shop holds a call until the heartbeat has come that is due before it.
"""

import time
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.attempts import HEARTBEAT, Asked, Tried
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT
from course_lib.waits.machine import TooBusy, round_trip

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle

_COUNT = 5
_SLOW = 0.8  # seconds of one call to a slow warehouse
_SILENCE = 2.0
_FEW = 2  # calls that fit into it
# Two calls, the silence, a pause and all calls again: what an order takes whose third call hangs.
_WHOLE, _BOTH = _COUNT * _SLOW, 2 * _SLOW + _SILENCE + 1 + _COUNT * _SLOW
# The worker holds heartbeats back for 80 % of the timeout (temporalio 1.35); with this, none takes another's place.
_THROTTLE = timedelta(seconds=0.05)
# When a call begins to hang, one heartbeat may be on its way and one be held back. A third comes from elsewhere.
_ALIVE = 3
# An attempt that was silent for too long tells something of the answer when the call before which a heartbeat is due
# had been held for this many round trips, or on a machine that is quick.
_CLEAR = 5
_QUICK = 0.1  # seconds of a round trip: the silence that is allowed has twenty
# Orders, each of which loses its first attempt: one may be an accident on a quick machine, too, and a busy machine gets
# this many tries in all.
_LOST, _TRIES = 2, 6
_KEY = "give each article of each order a key of its own, and the same in every attempt."
_LET_IT_HANG = "leave the client's 60 s: let the heartbeats stop while it hangs, and the server notice."


async def check_hung(bench: "Bench", workflow: "Code") -> None:
    """Pack two orders at once: one whose third call is never answered, one whose calls wait for heartbeats."""
    hung = bench.unique("order")
    bench.shop.faults.hold("warehouse", after=2, times=1, order_id=hung)
    async with bench.worker(workflow, max_heartbeat_throttle_interval=_THROTTLE):
        handle = await bench.start(workflow, {"id": hung})
        plan = await attempts.require_asked(bench, handle, CORRECT)
        _planned(bench, plan)
        bench.did("its third call is never answered")
        await _slow(bench, workflow)
        await _hung(bench, handle, hung)


def _planned(bench: "Bench", plan: Asked) -> None:
    limit, seconds, least = "schedule_to_close_timeout", plan.everything, _BOTH
    # The server takes the limit of all attempts for that of one where nothing else is said.
    if plan.one_try <= _WHOLE and plan.one_try != plan.everything:
        limit, seconds, least = "start_to_close_timeout", plan.one_try, _WHOLE
    bench.require(
        not 0 < seconds <= least,
        "a slow order has the time for all its articles",
        expected=f"no timeout that ends {_COUNT} calls of {_SLOW:g} s, or a second attempt at them",
        seen=f"`{limit}` of {seconds:g} s",
        events=(plan.event,),
        next_step=f"`{limit}` limits the length, and a slow order is long: give it minutes, and limit the silence with "
        "`heartbeat_timeout`.",
    )
    bench.require(
        plan.heartbeat == _SILENCE,
        "the silence within an attempt is limited to two seconds",
        expected="a heartbeat timeout of 2 s",
        seen=f"{plan.heartbeat:g} s" if plan.heartbeat else "no heartbeat timeout",
        events=(plan.event,),
        next_step="set `heartbeat_timeout=timedelta(seconds=2)`: "
        + ("two seconds of silence are the limit." if plan.heartbeat else "without, nobody misses the heartbeats."),
    )


async def _slow(bench: "Bench", workflow: "Code") -> None:
    """Pack an order whose every two calls wait for a heartbeat, as many as fit into the silence that is allowed."""
    label = "a slow warehouse may take as long as it needs, in one attempt"
    clear = 0
    for _ in range(_TRIES):
        order = bench.unique("order")
        bench.shop.faults.hold("warehouse", after=_FEW, times=1, order_id=order)
        handle = await bench.start(workflow, {"id": order})
        bench.did("its calls wait for heartbeats")
        lost, silent = await _paced(bench, handle, order)
        if lost is None or lost.mistake or lost.failure != HEARTBEAT:
            break
        unit = await round_trip(bench.client)
        clear += unit < _QUICK or silent > _CLEAR * unit
        if clear == _LOST:
            break
    else:
        raise TooBusy("heartbeats came too late, or not at all")
    if lost is not None:
        bench.require(
            False,
            label,
            expected=f"a heartbeat after each {_FEW} calls at least",
            seen=f"the attempt failed: {bench.explain(lost.error)}" if lost.error else "the attempt failed",
            events=((await attempts.asked(handle)).event,),
            next_step=_lost_step(lost),
        )
    run = await bench.finish(handle)
    bench.require(
        run.completed and run.result == _COUNT,
        label,
        expected=f"{_COUNT}, with a heartbeat in time before each call",
        seen=repr(run.result) if run.completed else run.reason,
        events=run.ids("ActivityTaskStarted") or run.last_event,
        next_step="return the number of articles." if run.completed else CORRECT,
    )


async def _paced(bench: "Bench", handle: "Handle", order: str) -> tuple[Tried | None, float]:
    """Let a few calls through at a time, the next ones when a heartbeat has come.

    The next call to be held is named before the one that is held goes on, in another switch, so none gets through
    between them.

    Args:
        bench: The check.
        handle: The run.
        order: Its order, of which a call is to be held.

    Returns:
        How far it was when the attempt was lost, or None when that did not happen; and for how many seconds a call had
        been held by then.
    """
    faults = bench.shop.faults
    places = cycle((None, "reserve_stock"))
    place, beat = next(places), ""

    async def waits() -> bool:
        return bool(bench.shop.waiting(order)) or (await attempts.tried(handle)).attempt > 1

    while await bench.until(waits, handle):
        began = time.monotonic()
        now = await _heard(bench, handle, beat)
        if now.attempt > 1:
            return now, time.monotonic() - began
        beat, ahead = now.beat, next(places)
        faults.hold("warehouse", after=_FEW - 1, times=1, order_id=order, operation=ahead)
        faults.release("warehouse", order_id=order, operation=place)
        place = ahead
    now = await attempts.tried(handle)
    return (now if now.failure == HEARTBEAT else None), 0.0  # lost, and no other attempt is allowed


async def _heard(bench: "Bench", handle: "Handle", beat: str) -> Tried:
    """Wait until there is another heartbeat than this, or the first attempt is lost."""
    _, now = await attempts.until(bench, handle, lambda now: now.beat != beat or now.attempt > 1)
    return now


def _lost_step(now: Tried) -> str:
    if now.mistake:
        return _KEY if "was used for another" in str(now.error) else CORRECT
    if now.failure != HEARTBEAT:
        return _LET_IT_HANG
    if not now.beat:
        return (
            "call `activity.heartbeat()` after each article: a heartbeat timeout without heartbeats ends every attempt."
        )
    return "send a heartbeat after *each* article, and give the timeout room for one slow call."


async def _hung(bench: "Bench", handle: "Handle", order: str) -> None:
    beats: set[str] = set()

    def noticed(now: Tried) -> bool:
        if bench.shop.waiting(order):
            beats.add(now.beat)
        return bool(now.failure) or len(beats) > _ALIVE

    _, now = await attempts.until(bench, handle, noticed)
    alive = len(beats) > _ALIVE
    bench.require(
        now.failure == HEARTBEAT,
        "the hung call is noticed by its silence",
        expected=f"an attempt that ended with {HEARTBEAT}",
        seen=now.failure
        or f"attempt {now.attempt} {'goes on' if now.pending else 'was the only one'}"
        + (", with heartbeats" if alive else ""),
        events=((await attempts.asked(handle)).event,),
        next_step=_hung_step(now, alive, len(bench.shop.table("requests", order_id=order))),
    )
    run = await bench.finish(handle)
    now = await attempts.tried(handle)
    bench.require(
        run.completed and run.result == _COUNT and now.attempt >= 2,
        "the next attempt packs the order",
        expected=f"{_COUNT}, from the second attempt",
        seen=f"{run.result!r} from attempt {now.attempt}" if run.completed else run.reason,
        events=run.last_event,
        next_step="return the number of all articles, not of those that this attempt has packed."
        if run.completed and now.attempt >= 2
        else "let the next attempt come: no limit of one attempt, no `schedule_to_close_timeout` that is over by then.",
    )
    packed = sorted(bench.shop.table("reservations", order_id=order)["sku"])
    keyless = int(bench.shop.table("requests", order_id=order)["idempotency_key"].isna().sum())
    bench.expect(
        len(packed) == len(set(packed)) == _COUNT and not keyless,
        "every article is packed, and packed once",
        expected=f"{_COUNT} articles in `reservations`",
        seen=(", ".join(packed) or "none") + f"; {keyless} requests without a key" * bool(keyless),
        events=run.last_event,
        next_step="go on with the article that hung: a heartbeat says what *is* packed, and the one after it is next."
        if len(set(packed)) < _COUNT
        else _KEY + " A call that hangs may have packed its article, too.",
    )


def _hung_step(now: Tried, alive: bool, requests: int) -> str:
    if alive:
        return (
            "send the heartbeat from the work itself, after a call has returned: one from a task beside it says "
            "“alive” while the call hangs."
        )
    if now.failure:
        return _LET_IT_HANG
    if requests <= _FEW:
        return "reserve every article, for the workflow's own order."
    return "let the call hang, with no `wait_for` and no `except` around it: the server ends the attempt."


EXERCISE = Exercise(answers=("PackOrder",), check=check_hung, early=False)
