"""Exercise 3.3: a call that hangs is noticed by the silence, a slow one is left alone; both are packed at once."""

import asyncio
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch03 import recorded
from course_lib.grading.chapters.ch03.recorded import Asked, Tried
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench
    from course_lib.grading.evidence import Run

_COUNT = 5
_SLOW = 0.8
_SILENCE = 2.0
_LONGEST = 9.0
# The worker holds heartbeats back for 80 % of the timeout (temporalio 1.35), which leaves a slow one 0.4 s of room: a
# busy machine needs that. Held back for so long only, the verdict does not depend on the machine.
_THROTTLE = 0.2
_HEARTBEAT = "TimeoutError (Heartbeat)"


async def check_hung(bench: "Bench", workflow: "Code") -> None:
    """Pack two orders at once: one from a slow warehouse, one whose third call is never answered."""
    slow, hung = bench.unique("order"), bench.unique("order")
    bench.shop.faults.latency("warehouse", _SLOW, order_id=slow)
    bench.shop.faults.next_calls("warehouse", ["ok", "ok", "latency:60"], order_id=hung)
    async with bench.worker(workflow, max_heartbeat_throttle_interval=_THROTTLE):
        handles = [await bench.start(workflow, {"id": order}) for order in (slow, hung)]
        bench.did(f"{_SLOW:g} s for each article of the first; the third call of the second is never answered")
        beats = await recorded.over(handles, _LONGEST)
        plan = await recorded.asked(handles[0])
        tries = [await recorded.tried(handle) for handle in handles]
        runs = await asyncio.gather(*(bench.finish(handle) for handle in handles))
    bench.require(
        plan.event > 0,
        "the activity is called",
        expected="ActivityTaskScheduled",
        seen=runs[0].reason or "no activity",
        events=runs[0].last_event,
        next_step="correct the line that is named, run the cell again, then check again.",
    )
    _slow(bench, plan, tries[0], runs[0], beats)
    _hung(bench, plan, tries[1], runs[1])


def _slow(bench: "Bench", plan: Asked, tried: Tried, run: "Run", beats: bool) -> None:
    bench.expect(
        run.completed and run.result == _COUNT and tried.attempt == 1,
        "a slow warehouse may take as long as it needs, in one try",
        expected=f"{_COUNT}, after one try of 4 s",
        seen=f"{run.result!r} from try {tried.attempt}"
        if run.completed
        else f"try {tried.attempt}: {tried.failure or run.reason}",
        events=run.ids("ActivityTaskStarted") or (plan.event,),
        next_step=_slow_step(plan, tried, run, beats),
    )
    bench.expect(
        plan.heartbeat == 0 or plan.heartbeat > _SLOW,
        "one slow call fits into the heartbeat timeout",
        expected=f"more than {_SLOW:g} s",
        seen=f"{plan.heartbeat:g} s" if plan.heartbeat else "no heartbeat timeout",
        events=(plan.event,),
        next_step=f"give the heartbeat timeout room for one slow call of {_SLOW:g} s: between two heartbeats there is "
        "one whole call.",
    )


def _slow_step(plan: Asked, tried: Tried, run: "Run", beats: bool) -> str:
    if "ShopTimeout" in tried.failure or "Cancelled" in tried.failure:
        return "leave the client's timeout at 60 s: the library of next year has none that you could set."
    if tried.failure == _HEARTBEAT and not beats:
        return "call `activity.heartbeat()` after each article: a heartbeat timeout without heartbeats ends every try."
    if tried.failure == _HEARTBEAT:
        return "send a heartbeat after *each* article, and give the timeout room for one slow call."
    if "Close" in tried.failure:
        limit = "schedule_to_close_timeout" if "ScheduleToClose" in tried.failure else "start_to_close_timeout"
        return f"`{limit}` limits the length, and a slow order is long: limit the silence with `heartbeat_timeout`."
    if run.completed:
        return "return the number of articles, from the first try."
    return "correct the line that is named, run the cell again, then check again."


def _hung(bench: "Bench", plan: Asked, tried: Tried, run: "Run") -> None:
    bench.expect(
        0 < plan.heartbeat <= _SILENCE,
        "the silence within a try is limited to two seconds",
        expected="a heartbeat timeout of at most 2 s",
        seen=f"{plan.heartbeat:g} s" if plan.heartbeat else "no heartbeat timeout",
        events=(plan.event,),
        next_step="choose a shorter `heartbeat_timeout`: two seconds of silence are the limit."
        if plan.heartbeat
        else "give `execute_activity` a `heartbeat_timeout=timedelta(seconds=2)`: nobody misses heartbeats without.",
    )
    bench.expect(
        tried.failure == _HEARTBEAT,
        "the hung call is noticed by its silence",
        expected=f"a try that ended with {_HEARTBEAT}",
        seen=tried.failure or f"try {tried.attempt} goes on" + (", with heartbeats" if tried.beats else ""),
        events=run.ids("ActivityTaskStarted") or (plan.event,),
        next_step=_hung_step(tried),
    )
    bench.expect(
        run.completed and run.result == _COUNT and tried.attempt >= 2,
        "the next try packs the order",
        expected=f"{_COUNT}, from the second try",
        seen=f"{run.result!r} from try {tried.attempt}" if run.completed else run.reason,
        events=run.last_event,
        next_step="let the next try come: no limit of one try, no `schedule_to_close_timeout` that is over by then.",
    )


def _hung_step(tried: Tried) -> str:
    if tried.beats:
        return (
            "send the heartbeat from the work itself, after a call has returned: one from a task beside it says "
            "“alive” while the call hangs."
        )
    if tried.failure and "Close" not in tried.failure:
        return "leave the call as it is: let the heartbeats stop while it hangs, and the server notice."
    return "limit the silence: `heartbeat_timeout`, and a heartbeat after each article."


EXERCISE = Exercise(
    id="3.3",
    title="Slow or hung",
    minutes=10,
    difficulty=2,
    answers=("PackOrder",),
    hints=(
        "Four seconds of work and four seconds of silence take equally long. What does a slow try do that a hung one "
        "does not?",
        "`heartbeat_timeout` limits the time between two heartbeats. Send one after each article, in the loop; leave "
        "`start_to_close_timeout` long.",
        "```python\n    await ShopClient(timeout=60).reserve_stock(…)\n    activity.heartbeat(article)\n…\n"
        "    …(pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2))\n```",
    ),
    why=(
        "The heartbeat comes from the loop itself, after a call has returned: a hung call sends none, a slow one does, "
        "and two seconds of silence are more than one slow call. `start_to_close_timeout` stays long, for it would cut "
        "off the slow order. The second try takes the articles again with the same keys, which is harmless (2.1); "
        "with `heartbeat_details` it could begin where the first one hung (2.2)."
    ),
    check=check_hung,
    early=False,
)
