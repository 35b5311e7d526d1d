"""Timers, as a history tells them: to how many seconds each was set, and which of them still run."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_ENDS = ("TimerFired", "TimerCanceled")


def started(events: "pd.DataFrame") -> dict[int, float]:
    """Return the timers: the event that started each, and its seconds, in order.

    Args:
        events: A history, or a part of one, as `course_lib.history.events_frame` has it.
    """
    found = events[events["type"] == "TimerStarted"]
    return {int(event): span.total_seconds() for event, span in zip(found["event_id"], found["payload"], strict=True)}


def lengths(events: "pd.DataFrame") -> list[float]:
    """Return to how many seconds each timer was set, in the order in which they were started.

    Args:
        events: A history, or a part of one.
    """
    return list(started(events).values())


def running(events: "pd.DataFrame") -> dict[int, float]:
    """Return the timers that have not ended: the event that started each, and its seconds.

    Args:
        events: A history.
    """
    ended = set(events[events["type"].isin(_ENDS)]["links"])
    return {event: seconds for event, seconds in started(events).items() if event not in ended}


def limits(events: "pd.DataFrame") -> list[str]:
    """Return the time limits that the workflow's own code set to what it waited for, in words: timers without effect.

    Args:
        events: A history.
    """
    unfired = len(started(events)) - int((events["type"] == "TimerFired").sum())
    return ["a time limit in the workflow's code"] * (unfired > 0)
