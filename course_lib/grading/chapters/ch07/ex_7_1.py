"""Exercise 7.1: the promise is two days from the order, by a clock that a replay reads again."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike, slips
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_AHEAD = timedelta(days=2)
_SLACK = timedelta(seconds=0.05)
_WHOLE = timedelta(seconds=1)
"""Who cuts the moment to whole seconds, as the example looks, is early by less than this."""


async def check_delivery(bench: "Bench", deliver: "Code") -> None:
    """Ship with a slow warehouse; the promise counts from before the shipment; a new process gets the same."""
    order = bench.unique("order")
    bench.shop.faults.latency("warehouse", seconds=0.4)
    async with bench.worker(deliver):
        run = await bench.run(deliver, order)
    completed(bench, run)
    result: dict[str, Any] = run.result if isinstance(run.result, dict) else {}
    shipments = bench.shop.table("shipments", order_id=order)
    bench.expect(
        result.get("parcel") in set(shipments["id"]),
        "the promise names the parcel",
        expected=f"one of {sorted(shipments['id'])}",
        seen=result.get("parcel"),
        events=run.last_event,
        next_step="return `Promise(parcel, …)` with what `ship_parcel` returned.",
    )
    due = _moment(result.get("due"))
    # Where the learner's clock is not UTC, a time in the machine's zone is an hour or more away: it is named.
    slip = slips(deliver)
    times = run.events.set_index("event_id")["time"]
    asked = run.ids("ActivityTaskScheduled", "ship_parcel") or run.last_event
    first, last = times.iloc[0] + _AHEAD, times[asked[0]] + _AHEAD
    bench.expect(
        due is not None and first - _WHOLE <= (due if due.tzinfo else due.replace(tzinfo=UTC)) <= last + _SLACK,
        "it is due two days after the order came",
        expected=f"between {first.isoformat(timespec='milliseconds')} and {last.isoformat(timespec='milliseconds')}",
        seen=result.get("due"),
        events=(1, asked[0]),
        next_step=slip
        or "ask for the time before the parcel is shipped, with `workflow.now()`, and add two days: a moment, "
        "not a day, as `isoformat()` writes it.",
    )
    bench.expect(
        due is None or due.tzinfo is not None,
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
        return datetime.fromisoformat(due)
    except (TypeError, ValueError):
        return None


EXERCISE = Exercise(answers=("Deliver",), check=check_delivery)
