"""Exercise 1.3: four questions to the history of the learner's own run."""

from numbers import Real
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle

from course_lib.grading.answers import AnswerProblem
from course_lib.grading.evidence import short
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench

_CLOSE = 0.0051  # seconds; a difference of two times may be rounded to hundredths, as the Example is


async def check_happened(
    bench: "Bench",
    bumpy: WorkflowHandle[Any, Any],
    tries: Any,
    error_type: Any,
    lost_seconds: Any,
    workflow_tasks: Any,
) -> None:
    """Read the run's history here too, and compare."""
    events = await bench.events(bumpy)
    bench.did(f"nothing new; the history of {bumpy.id} was read")
    begun = bench.ids(events, "ActivityTaskStarted", "charge_card")
    if not begun or not bench.ids(events, "WorkflowExecutionCompleted"):
        raise AnswerProblem(
            "bumpy is a completed checkout",
            "a history with charge_card and WorkflowExecutionCompleted",
            f"{len(events)} events, the last one {events['type'].iloc[-1]}",
            "run the cell that makes `bumpy` again, and wait until it shows the timeline.",
        )
    started = events[events["event_id"] == begun[-1]].iloc[0]
    _tries(bench, tries, started)
    _error(bench, error_type, started)
    _lost(bench, lost_seconds, events, started)
    _workflow_tasks(bench, workflow_tasks, events)


def _tries(bench: "Bench", tries: Any, started: "pd.Series[Any]") -> None:
    wanted = int(started["attempt"])
    event = int(started["event_id"])
    if not _number(tries):
        next_step = f"one number: the value of the column `attempt` in the row of event {event}, not {short(tries)}."
    elif tries == 0:
        next_step = f"failed attempts that are retried have no event; event {event} counts them in `attempt`."
    elif tries in (1, wanted - 1):
        next_step = (
            "one row of ActivityTaskStarted is not one attempt, and the attempt that worked counts too: event "
            f"{event} says in `attempt` which one it was."
        )
    else:
        next_step = f"read the column `attempt` of event {event}."
    bench.expect(
        _number(tries) and tries == wanted,
        "tries: how many attempts charge_card took",
        expected=f"what `attempt` says in event {event}",
        seen=tries,
        events=(event,),
        next_step=next_step,
    )


def _error(bench: "Bench", error_type: Any, started: "pd.Series[Any]") -> None:
    wanted = str(started["failure"]).split(":")[0]
    event = int(started["event_id"])
    if not error_type or not isinstance(error_type, str) or error_type not in str(started["failure"]):
        next_step = (
            f"read the column `failure` of event {event}: the start of an attempt tells why the one before failed."
        )
    else:
        next_step = "keep what stands in front of the first colon: the type alone."
    bench.expect(
        error_type == wanted,
        "error_type: what the failed attempt raised",
        expected=f"the type at the beginning of `failure` in event {event}",
        seen=error_type,
        events=(event,),
        next_step=next_step,
    )


def _lost(bench: "Bench", lost: Any, events: "pd.DataFrame", started: "pd.Series[Any]") -> None:
    wanted = started["duration"].total_seconds()
    event, asked = int(started["event_id"]), int(started["links"])
    total = (events["time"].iloc[-1] - events["time"].iloc[0]).total_seconds()
    done = events[events["links"] == event]
    ran = done["duration"].iloc[0].total_seconds() if len(done) else -1.0
    number = _number(lost)
    if not number:
        next_step = "a number of seconds: a duration has `.total_seconds()`."
    elif abs(lost - ran) < _CLOSE and abs(lost - wanted) >= _CLOSE:
        next_step = f"that is how long the last attempt took. The wait lies before it: from event {asked} to {event}."
    elif lost in (int(wanted), round(wanted)):
        next_step = (
            f"take it from `duration` of event {event} by `.total_seconds()`, which keeps what comes after the point."
        )
    elif abs(lost / 1000 - wanted) < _CLOSE:
        next_step = "these are milliseconds: `.total_seconds()` alone gives seconds."
    elif abs(lost - wanted - ran) < _CLOSE:
        next_step = f"stop at the start of the attempt that worked, event {event}: its own run is not lost."
    elif abs(lost - total) < _CLOSE:
        next_step = f"that is the whole run. Only the time from event {asked} to event {event} is asked for."
    else:
        next_step = f"take `duration` of event {event}, or subtract `time` of event {asked} from it, in seconds."
    bench.expect(
        number and abs(lost - wanted) < _CLOSE,
        "lost_seconds: from asking for the charge to the start of the attempt that worked",
        expected=f"the seconds between events {asked} and {event}",
        seen=lost,
        events=(asked, event),
        next_step=next_step,
    )


def _workflow_tasks(bench: "Bench", count: Any, events: "pd.DataFrame") -> None:
    ids = bench.ids(events, "WorkflowTaskCompleted")
    every = sum(str(kind).startswith("WorkflowTask") for kind in events["type"])
    if count == every:
        next_step = "three events are one task: Scheduled, Started, Completed. Count only the last kind."
    elif count == len(bench.ids(events, "ActivityTaskCompleted")):
        next_step = "count the WorkflowTaskCompleted events; the one ActivityTaskCompleted is the charge."
    else:
        next_step = "count the rows whose `type` is WorkflowTaskCompleted: a retry of an activity wakes no workflow."
    bench.expect(
        _number(count) and count == len(ids),
        "workflow_tasks: how many of them completed",
        expected="the number of WorkflowTaskCompleted events",
        seen=count,
        events=ids,
        next_step=next_step,
    )


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


EXERCISE = Exercise(answers=("bumpy", "tries", "error_type", "lost_seconds", "workflow_tasks"), check=check_happened)
