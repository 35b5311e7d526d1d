"""Exercise 7.2: waiting that the server does, and that a replay does not do again."""

from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run


_SECOND = 0.9
"""The server's clock is not the worker's; side by side two timers of half a second are far below."""

_TOO_LONG = 1.5
"""Seconds of timers: more than one that the exercise asks for, and less than two."""


async def check_reminders(bench: "Bench", remind: "Code") -> None:
    """Run it; the history must hold a timer of a second, and the mail after it."""
    order = bench.unique("order")
    async with bench.worker(remind):
        run = await bench.run(remind, order)
    completed(bench, run)
    timers = run.ids("TimerStarted")
    fired, asked = run.ids("TimerFired"), run.ids("ActivityTaskScheduled", "remind")
    lengths = _lengths(run)
    bench.require(
        bool(timers),
        "the server does the waiting",
        expected="a TimerStarted event",
        seen="no timer in the history",
        events=run.last_event,
        next_step="use `await workflow.sleep(1)` in the workflow: a durable timer, which holds no worker, no thread "
        "and no activity's slot while it runs.",
    )
    # Several short timers are a second too, one after the other; side by side the last one fires too early.
    times = run.events.set_index("event_id")["time"]
    waited = (times[fired[-1]] - times[timers[0]]).total_seconds() if fired else max(lengths)
    bench.expect(
        _SECOND <= sum(lengths) <= _TOO_LONG and waited >= _SECOND,
        "the timer runs for a second",
        expected="1 s",
        seen=", ".join(f"{length:g} s" for length in lengths),
        events=timers,
        next_step="`await workflow.sleep(1)`: the number is seconds.",
    )
    bench.expect(
        bool(fired) and bool(asked) and fired[-1] < asked[0],
        "the mail goes out after the wait",
        expected="TimerFired, then `remind`",
        seen="the mail was asked for first" if asked else "no mail",
        events=(*fired[-1:], *asked[:1]),
        next_step="wait first, with `await`, then ask for the mail.",
    )
    mails = bench.shop.table("mails", order_id=order)
    bench.expect(
        len(mails) == 1,
        "one mail is sent",
        expected=1,
        seen=len(mails),
        events=asked,
        next_step="ask for `remind` once.",
    )
    await replays_alike(bench, remind, run, advice="wait with `await workflow.sleep(1)`.")


def _lengths(run: "Run") -> list[float]:
    return [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta().total_seconds()
        for event in run.history.events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]


EXERCISE = Exercise(answers=("Remind",), check=check_reminders)
