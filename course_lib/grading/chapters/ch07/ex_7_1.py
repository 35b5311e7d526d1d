"""Exercise 7.1: the promise is two days from the order, by a clock that a replay reads again."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike, slips
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_AHEAD = timedelta(days=2)
_WHOLE = timedelta(seconds=1)
"""Who cuts the moment to whole seconds, as the example looks, is early by less than this."""
_SLOW = 1.1
"""Seconds of shipping: more than what is cut off, so that a moment from after the parcel is late even then."""


async def check_delivery(bench: "Bench", deliver: "Code") -> None:
    """Ship with a slow warehouse; the promise counts from the beginning; a new process gets the same."""
    order = bench.unique("order")
    bench.shop.faults.latency("warehouse", seconds=_SLOW)
    async with bench.worker(deliver):
        run = await bench.run(deliver, order)
    completed(bench, run)
    result: dict[str, Any] = run.result if isinstance(run.result, dict) else {}
    shipments = bench.shop.table("shipments", order_id=order)
    asked = run.ids("ActivityTaskScheduled", "ship_parcel")
    bench.require(
        result.get("parcel") in set(shipments["id"]) and len(asked) < 2,
        "the promise names the order's one parcel",
        expected=f"one of {sorted(shipments['id'])}, shipped once",
        seen=f"{len(asked)} parcels" if len(asked) > 1 else result.get("parcel"),
        events=asked or run.last_event,
        next_step="ask for `ship_parcel` once."
        if len(asked) > 1
        else "end with `return Promise(parcel, due.isoformat())`; `parcel` is what `ship_parcel` gave for this order.",
    )
    due = _moment(result.get("due"))
    # Where the learner's clock is not UTC, a time in the machine's zone is an hour or more away: it is named.
    slip = slips(deliver)
    times = run.events.set_index("event_id")["time"]
    began = run.ids("WorkflowTaskCompleted")[0]  # the clock of an activity is later
    first, last = times.iloc[0] + _AHEAD, times[began] + _AHEAD
    moment = due and (due if due.tzinfo else due.replace(tzinfo=UTC))
    late = moment is not None and last < moment <= times.iloc[-1] + _AHEAD
    bench.expect(
        moment is not None and first - _WHOLE <= moment <= last,
        "it is due two days after the workflow began",
        expected=f"between {first.isoformat(timespec='milliseconds')} and {last.isoformat(timespec='milliseconds')}",
        seen=result.get("due"),
        events=(1, began),
        next_step=slip
        or (
            "ask `workflow.now()` for the time before the parcel is shipped and before any wait: it moves on "
            "meanwhile, and an activity's clock says when a worker got to it."
            if late
            else "add `timedelta(days=2)` to `workflow.now()`, and keep the whole moment, as `isoformat()` writes it."
        ),
    )
    if due is not None:
        bench.expect(
            due.tzinfo is not None,
            "it says in which time zone it is due",
            expected="a time that ends in `+00:00`, as in the example",
            seen=result.get("due"),
            events=run.last_event,
            next_step=slip or "keep the time zone that `workflow.now()` has: without it, each reader takes his own.",
        )
    await replays_alike(
        bench,
        deliver,
        run,
        advice="take the time from `workflow.now()`: the history has it, so a replay gets it again.",
    )


def _moment(due: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(due) if "T" in due else None
    except (TypeError, ValueError):
        return None


EXERCISE = Exercise(answers=("Deliver",), check=check_delivery)
