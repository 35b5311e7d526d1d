import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowHistory

from course_lib import history
from course_lib.history import Span
from tests.history.conftest import Start

_BASE = 1_700_000_000


def _of(spans: list[Span], kind: str, lane: str | None = None) -> list[Span]:
    return [span for span in spans if span.kind == kind and lane in (None, span.lane)]


async def _recorded(handle: WorkflowHandle[Any, Any], kind: str) -> None:
    for _ in range(200):
        if kind in history.events_frame(await history.fetch(handle))["type"].tolist():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {kind} within 20 s")


def _event(number: int, kind: str, at: float) -> HistoryEvent:
    event = HistoryEvent(event_id=number, event_type=EventType.Value(f"EVENT_TYPE_{kind}"))
    event.event_time.FromNanoseconds(int((_BASE + at) * 1e9))
    return event


def _activity(attempt: int, begun: float, ended: float, *, stc: int = 0, failure: Failure | None = None) -> list[Span]:
    asked = _event(5, "ACTIVITY_TASK_SCHEDULED", 0)
    scheduled = asked.activity_task_scheduled_event_attributes
    scheduled.activity_type.name = "charge"
    scheduled.retry_policy.initial_interval.seconds = 1
    scheduled.retry_policy.backoff_coefficient = 2
    scheduled.retry_policy.maximum_interval.seconds = 3
    scheduled.start_to_close_timeout.seconds = stc
    start = _event(6, "ACTIVITY_TASK_STARTED", begun)
    start.activity_task_started_event_attributes.scheduled_event_id = 5
    start.activity_task_started_event_attributes.attempt = attempt
    start.activity_task_started_event_attributes.last_failure.CopyFrom(failure or Failure(message="boom"))
    end = _event(7, "ACTIVITY_TASK_COMPLETED", ended)
    end.activity_task_completed_event_attributes.scheduled_event_id = 5
    return history.spans(WorkflowHistory("w", [asked, start, end]))


def _seconds(span: Span) -> tuple[float, float]:
    assert span.end is not None
    base = datetime.fromtimestamp(_BASE, UTC)
    return round((span.start - base).total_seconds(), 3), round((span.end - base).total_seconds(), 3)


def test_earlier_attempts_are_reckoned_from_the_retry_policy_and_say_so() -> None:
    # Pauses 1, 2 and 3 (the cap) seconds; three attempts of half a second before the fourth.
    spans = _activity(4, 7.5, 8.0)
    assert [span.attempt for span in spans] == [1, 2, 3, 4]
    assert [_seconds(span) for span in spans] == [(0, 0.5), (1.5, 2), (4, 4.5), (7.5, 8)]
    assert [span.estimated for span in spans] == [True, True, True, False]
    assert [span.status for span in spans] == ["failed", "failed", "failed", "completed"]
    assert "boom" in spans[2].detail
    assert "boom" not in spans[1].detail  # the history keeps the last failure only
    assert spans[3].waited_from == spans[2].end
    assert {span.first_event for span in spans} == {5}


def test_no_attempt_lasts_longer_than_it_may() -> None:
    timeout = Failure(message="t")
    timeout.timeout_failure_info.SetInParent()
    first, second = _activity(2, 61, 62, stc=10, failure=timeout)
    assert _seconds(first) == (0, 10)
    assert first.status == "timed_out"
    assert second.waited_from == first.end


def test_a_delay_that_the_exception_asked_for_counts() -> None:
    failure = Failure(message="later")
    failure.application_failure_info.next_retry_delay.seconds = 9
    first, _ = _activity(2, 9.25, 10, failure=failure)
    assert _seconds(first) == (0, 0.25)


def test_times_that_the_policy_cannot_explain_give_one_span_for_all() -> None:
    spans = _activity(4, 2.0, 3.0)
    assert len(spans) == 2
    assert "attempts 1 to 3" in spans[0].detail
    assert spans[0].estimated


def test_a_thousand_attempts_are_one_span() -> None:
    assert len(_activity(1000, 5000.0, 5001.0)) == 2


async def test_a_run_with_everything(start: Start) -> None:
    handle = await start("everything")
    await handle.execute_update("set_note", "gift")
    await _recorded(handle, "WorkflowPropertiesModified")  # after that it waits for the approval
    await handle.signal("approve", args=["ada", 2])
    await handle.result()
    spans = history.spans(await history.fetch(handle))

    (run,) = _of(spans, "workflow")
    assert (run.name, run.status, run.first_event) == ("Shop", "completed", 1)
    assert all(span.end is not None and span.start <= span.end for span in spans)
    assert all(run.start <= span.start and span.end <= run.end for span in spans)  # type: ignore[operator]
    assert [span.attempt for span in _of(spans, "activity", "flaky_ship")] == [1, 2, 3]
    assert [span.status for span in _of(spans, "activity", "flaky_ship")] == ["failed", "failed", "completed"]
    assert [span.name for span in _of(spans, "activity", "charge (local)")] == ["charge"]
    assert "cool-down" in [span.name for span in _of(spans, "timer")]
    assert "cancelled" in [span.status for span in _of(spans, "timer")]  # the approval came before its deadline
    (child,) = _of(spans, "child")
    assert (child.lane, child.name, child.status) == ("Mail", f"{handle.id}-mail", "completed")
    (update,) = _of(spans, "update")
    assert (update.name, update.status) == ("set_note", "completed")
    assert 'result "GIFT"' in update.detail
    (signal,) = _of(spans, "signal")
    assert (signal.name, signal.status, signal.start) == ("approve", "point", signal.end)
    assert "patch gift-wrap" in [span.name for span in _of(spans, "marker")]
    assert {span.status for span in _of(spans, "workflow_task")} == {"completed"}


async def test_how_runs_end(start: Start) -> None:
    for way, status in (("broken", "failed"), ("timeout", "failed"), ("again", "continued")):
        handle = await start(way)
        first = handle.first_execution_run_id
        with pytest.raises(WorkflowFailureError) if status == "failed" else pytest.MonkeyPatch.context():
            await handle.result()
        handle = type(handle)(handle._client, handle.id, run_id=first)
        spans = history.spans(await history.fetch(handle))
        assert spans[0].status == status, way
        if way == "timeout":
            assert [span.status for span in _of(spans, "activity")] == ["timed_out"]


async def test_what_is_left_behind_when_the_workflow_ends_has_an_end_too(start: Start) -> None:
    handle = await start("hang")
    await _recorded(handle, "ActivityTaskScheduled")
    await handle.terminate(reason="enough")
    spans = history.spans(await history.fetch(handle))
    assert spans[0].status == "terminated"
    assert "enough" in spans[0].detail
    assert {span.status for span in _of(spans, "activity")} == {"left"}  # it may well have been carried out
    assert {span.status for span in _of(spans, "timer")} == {"cancelled"}
    assert all("the workflow ended first" in span.detail for span in _of(spans, "activity") + _of(spans, "timer"))


async def test_cancellation_is_a_moment_and_an_end(start: Start) -> None:
    handle = await start("hang")
    await _recorded(handle, "ActivityTaskScheduled")
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    spans = history.spans(await history.fetch(handle))
    assert spans[0].status == "cancelled"
    assert "cancel requested" in [span.name for span in _of(spans, "marker")]


async def test_an_activity_between_two_attempts_is_known_from_describe_only(start: Start) -> None:
    handle = await start("retry")
    async with asyncio.timeout(120):
        while True:
            described = await handle.describe()
            pending = described.raw_description.pending_activities
            if pending and pending[0].attempt == 3 and pending[0].HasField("next_attempt_schedule_time"):
                break
            await asyncio.sleep(0.1)
    recorded = await history.fetch(handle)
    without = _of(history.spans(recorded), "activity")
    assert [(span.status, span.end) for span in without] == [("running", None)]
    known = _of(history.spans(recorded, described), "activity")
    assert [(span.attempt, span.status) for span in known] == [(1, "failed"), (2, "failed"), (3, "waiting")]
    assert "next attempt at" in known[-1].detail
    assert "ValueError: always" in known[-1].detail
    assert known[-1].end is None
    assert known[1].end == known[2].start
    await handle.terminate()


async def test_the_pause_after_a_timeout_is_that_of_the_policy(start: Start) -> None:
    handle = await start("late")
    async with asyncio.timeout(120):
        while True:
            described = await handle.describe()
            pending = described.raw_description.pending_activities
            if pending and pending[0].attempt == 2:
                break
            await asyncio.sleep(0.1)
    (waiting,) = _of(history.spans(await history.fetch(handle), described), "activity")[1:]
    assert "10 s after the last; TimeoutError (StartToClose)" in waiting.detail
    await handle.terminate()


async def test_a_run_that_nobody_takes_waits(start: Start) -> None:
    handle = await start("done")
    await handle.result()
    events = list((await history.fetch(handle)).events)[:2]
    run, task = history.spans(WorkflowHistory("w", events))
    assert (run.status, run.end) == ("running", None)
    assert (task.kind, task.status, task.end) == ("workflow_task", "waiting", None)


def test_durations_in_words() -> None:
    from course_lib.history.moments import in_words

    lengths = {0: "0 s", 0.00034: "340 µs", 0.0034: "3.4 ms", 0.34: "340 ms", 1.5: "1.5 s", 59.96: "1 min",
               61: "1 min 1 s", 3600: "1 h", 5400: "1 h 30 min", 30 * 86400: "30 d", -5: "0 s"}  # fmt: skip
    assert {length: in_words(timedelta(seconds=length)) for length in lengths} == lengths


def test_time_that_was_skipped_is_a_span_of_the_virtual_clock() -> None:
    started = _event(1, "WORKFLOW_EXECUTION_STARTED", 0)
    jump = _event(2, "WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED", 0.5)
    off = _event(3, "WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED", 3600.5)  # one that only switches it off
    jump.workflow_execution_time_skipping_transitioned_event_attributes.target_time.FromSeconds(_BASE + 3600)
    (skipped,) = _of(history.spans(WorkflowHistory("w", [started, jump, off])), "marker")
    assert (skipped.lane, skipped.status, skipped.first_event) == ("virtual clock", "skipped", 2)
    assert skipped.end is not None
    assert skipped.end - skipped.start == timedelta(hours=1) - timedelta(seconds=0.5)
