"""Deadlines, as a history tells them: whether a timer is as long as one, and what happens when its time has passed.

However an answer waits (``wait_condition``, ``asyncio.timeout``, ``workflow.sleep`` …), its deadline is a timer.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.timers import running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.api.history.v1 import HistoryEvent

    from course_lib.grading import Bench, Handle

UNLIMITED = "attempts of a second or more, and as many as the card takes"
"""How an approved order is charged."""

ENDS = ("WorkflowExecutionCompleted", "WorkflowExecutionFailed")
# A deadline may be counted from the run's start or from a mail, and a busy machine takes its time in between.
_SLACK = 0.1


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
