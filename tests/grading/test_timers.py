"""Timers, read from a history's events."""

from datetime import timedelta

import pandas as pd

from course_lib.grading import timers

EVENTS = pd.DataFrame(
    [
        (1, "WorkflowExecutionStarted", None, None),
        (5, "TimerStarted", None, timedelta(hours=1)),
        (6, "TimerStarted", None, timedelta(seconds=0.5)),
        (7, "TimerStarted", None, timedelta(seconds=2)),
        (11, "TimerFired", 6, None),
        (15, "TimerCanceled", 5, None),
    ],
    columns=["event_id", "type", "links", "payload"],
)


def test_each_timer_has_its_seconds_in_order() -> None:
    assert timers.started(EVENTS) == {5: 3600.0, 6: 0.5, 7: 2.0}
    assert timers.lengths(EVENTS) == [3600.0, 0.5, 2.0]


def test_one_that_fired_or_was_cancelled_runs_no_more() -> None:
    assert timers.running(EVENTS) == {7: 2.0}


def test_a_history_without_timers_has_none() -> None:
    assert timers.started(EVENTS.head(1)) == timers.running(EVENTS.head(1)) == {}


def test_one_without_effect_was_a_time_limit() -> None:
    assert timers.limits(EVENTS) == ["a time limit in the workflow's code"]
    assert timers.limits(EVENTS[EVENTS["event_id"].isin([6, 11])]) == []
