"""A run's own clock: how far it jumps, when its timers are due, and when it asked for what."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from course_lib import history
from course_lib.grading.timers import running
from course_lib.waits import skipping

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Handle

HOUR = 3600.0
ENDS = ("WorkflowExecutionCompleted", "WorkflowExecutionFailed")


async def jump(bench: "Bench", handle: "Handle", hours: float) -> "pd.DataFrame":
    """Let a run's clock go on to so many hours after its start, and what is due by then happen; return its history.

    Args:
        bench: The check.
        handle: The run. Nobody else sends it messages meanwhile.
        hours: Counted from its start, by its own clock.
    """
    described = await history.describe(handle)
    began = described.raw_description.workflow_execution_info.start_time.ToDatetime(skipping.clock(described).tzinfo)
    left = hours * HOUR - (skipping.clock(described) - began).total_seconds()
    if described.close_time is None and left > 0:
        await bench.skip(handle, left)
        await bench.until(partial(skipping.settled, handle), handle)
    return await bench.events(handle)


def due(events: "pd.DataFrame") -> list[float]:
    """Return when the timers that run are due, in hours since the run's start.

    Args:
        events: Its history.
    """
    began = events["time"].iloc[0]
    at = events.set_index("event_id")["time"]
    return sorted(_hours(at[event] + timedelta(seconds=length) - began) for event, length in running(events).items())


class Step(NamedTuple):
    """An activity that a run asked for.

    Args:
        event: The event.
        hour: When, by the run's clock, since its start.
        name: Its type.
        about: The subject of a letter; empty for the others.
    """

    event: int
    hour: float
    name: str
    about: str


def steps(events: "pd.DataFrame") -> list[Step]:
    """Return the activities that a run asked for, in order.

    Args:
        events: Its history.
    """
    began: datetime = events["time"].iloc[0]
    found = events[events["type"] == "ActivityTaskScheduled"]
    rows = zip(found["event_id"], found["time"], found["name"], found["payload"], strict=True)
    return [
        Step(int(event), _hours(at - began), name, str(given.get("subject", "")) if isinstance(given, dict) else "")
        for event, at, name, given in rows
    ]


def in_words(hours: list[float]) -> str:
    """Return when timers are due, as a learner reads it.

    Args:
        hours: In hours.
    """
    return ", ".join(f"in hour {each:.4g}" for each in hours[:4]) or "no timer"


def _hours(span: timedelta) -> float:
    return span.total_seconds() / HOUR
