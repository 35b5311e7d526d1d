"""Deadlines, as a history tells them: which timers run, to how many seconds they were set, and what ended them.

However an answer waits (``wait_condition``, ``asyncio.timeout``, ``workflow.sleep`` …), its deadline is a timer.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from course_lib.grading import attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from temporalio.api.history.v1 import HistoryEvent

    from course_lib.grading import Bench, Handle

UNLIMITED = "attempts of a second or more, and as many as the card takes"
"""How an approved order is charged."""

ENDS = ("WorkflowExecutionCompleted", "WorkflowExecutionFailed")
_TIMER_ENDS = ("TimerFired", "TimerCanceled")
# A deadline may be counted from the run's start or from a mail, and a busy machine takes its time in between.
_SLACK = 0.1


def timers(events: "pd.DataFrame") -> list[float]:
    """Return to how many seconds each timer of a history was set, in the order in which they were started.

    Args:
        events: A history, or a part of one.
    """
    return [span.total_seconds() for span in events[events["type"] == "TimerStarted"]["payload"]]


def running(events: "pd.DataFrame") -> dict[int, float]:
    """Return the timers that have not ended: the event that started each, and its seconds.

    Args:
        events: A history.
    """
    ended = set(events[events["type"].isin(_TIMER_ENDS)]["links"])
    started = events[(events["type"] == "TimerStarted") & ~events["event_id"].isin(ended)]
    return {
        int(event): span.total_seconds() for event, span in zip(started["event_id"], started["payload"], strict=True)
    }


def whole(seconds: float, deadline: float) -> bool:
    """Return whether a timer is as long as a deadline, but for what a busy machine adds or takes.

    Args:
        seconds: The timer's.
        deadline: What the order says, in seconds.
    """
    return abs(seconds - deadline) <= _SLACK * deadline


def limits(events: "Sequence[HistoryEvent]", deadline: float) -> list[str]:
    """Return what may end the charge before the card has answered, as a learner wrote it.

    Args:
        events: The run's history.
        deadline: What the order says, in seconds: a limit that is longer does no harm.
    """
    plan = attempts.scheduled(events, "charge_card")
    found = {
        "start_to_close_timeout": (plan.one_try, 1.0),
        "schedule_to_close_timeout": (plan.everything, deadline),
        "maximum_attempts": (plan.tries, deadline / max(plan.one_try, 0.01)),
    }
    return [f"{what}={value:g}" for what, (value, least) in found.items() if 0 < value <= least]


def in_words(seconds: list[float]) -> str:
    """Return timers as a learner reads them.

    Args:
        seconds: Theirs.
    """
    return ", ".join(f"a timer of {each:g} s" for each in seconds[:4]) or "no timer"


async def passes(bench: "Bench", handle: "Handle", seconds: float) -> None:
    """Let the time of a run that rests jump; a timer that is due by then has fired, or is gone, when this returns.

    Args:
        bench: The check.
        handle: The run.
        seconds: How far.
    """
    events = await bench.events(handle)
    # The run's own times, which have jumped with it. Now is the last event's or later.
    began, until = events.set_index("event_id")["time"], events["time"].iloc[-1] + timedelta(seconds=seconds)
    due = {event for event, length in running(events).items() if began[event] + timedelta(seconds=length) <= until}
    await bench.skip(handle, seconds)

    async def gone() -> bool:
        return not due & set(running(await bench.events(handle)))

    await bench.until(gone, handle)
