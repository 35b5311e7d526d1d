"""The attempts of one activity.

A history keeps an activity's last attempt only: when it was scheduled, when the last attempt started and how that
ended. The attempts before it are drawn from the retry policy; with one retry that is exact (but for the time in the
task queue), with more the time between is shared out evenly. Such spans are marked as estimated.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflow.v1 import PendingActivityInfo

from course_lib.history.failures import failure_text, is_timeout
from course_lib.history.moments import elapsed, in_words, moment, optional_moment
from course_lib.history.payloads import joined, labelled
from course_lib.history.pending import backoff, pause
from course_lib.history.reading import attributes
from course_lib.history.rules import outcome
from course_lib.history.span import Span, SpanStatus

# More attempts than these would only be a smear.
_DRAWN = 12

_CLOSED: dict[str, SpanStatus] = {
    "ActivityTaskCompleted": "completed",
    "ActivityTaskFailed": "failed",
    "ActivityTaskTimedOut": "timed_out",
    "ActivityTaskCanceled": "cancelled",
}


class Activity:
    """One activity of a run, from its scheduling to its end.

    Args:
        event: Its ``ActivityTaskScheduled`` event.
        scheduled: That event's attributes.
    """

    def __init__(self, event: Any, scheduled: Any) -> None:
        self.event = event
        self.scheduled = scheduled
        self.started: Any = None
        self.closed: Any = None
        self.closed_type = ""
        self.cancel_requested = False

    def simple(self, *, detailed: bool) -> Span | None:
        """Return the only span of an activity that succeeded at once: nearly all are like that, so this is quick.

        Args:
            detailed: Whether its payloads are read.
        """
        if self.closed_type != "ActivityTaskCompleted" or self.started is None or self.cancel_requested:
            return None
        if self.started.activity_task_started_event_attributes.attempt > 1:
            return None
        scheduled, begun = self.scheduled, moment(self.started.event_time)
        detail = joined(labelled("input", scheduled.input.payloads), self._outcome()) if detailed else ""
        name = scheduled.activity_type.name
        return Span(
            name, "activity", name, begun, max(begun, moment(self.closed.event_time)), "completed", 1,
            self.event.event_id, self.closed.event_id, detail, moment(self.event.event_time),
        )  # fmt: skip

    def spans(self, pending: PendingActivityInfo | None, workflow_end: datetime | None) -> Iterator[Span]:
        """Yield its attempts, first to last.

        Args:
            pending: What ``describe`` says about it, if it is open.
            workflow_end: When the workflow ended, None while it runs.
        """
        asked = moment(self.event.event_time)
        if self.started is not None:
            yield from self._recorded(asked, workflow_end)
        elif self.closed is not None:
            # It never started: it was cancelled in the queue, or waited there longer than it was allowed to.
            end = moment(self.closed.event_time)
            yield self._span(asked, end, _CLOSED[self.closed_type], None, f"never started; {self._outcome()}")
        elif workflow_end is not None:
            yield self._span(asked, workflow_end, "left", None, "the workflow ended first")
        elif pending is not None:
            yield from self._pending(asked, pending)
        else:
            yield self._span(asked, None, "running", None, "the history says nothing about it until it ends")

    def _recorded(self, asked: datetime, workflow_end: datetime | None) -> Iterator[Span]:
        started = self.started.activity_task_started_event_attributes
        attempt, begun = max(started.attempt, 1), moment(self.started.event_time)
        failure = started.last_failure if started.HasField("last_failure") else None
        free = yield from self._earlier(asked, begun, attempt, failure)
        if self.closed is not None:
            end = moment(self.closed.event_time)
            yield self._span(begun, end, _CLOSED[self.closed_type], attempt, self._outcome(), free)
        elif workflow_end is None:
            yield self._span(begun, None, "running", attempt, "", free)
        else:
            yield self._span(begun, workflow_end, "left", attempt, "the workflow ended first", free)

    def _pending(self, asked: datetime, pending: PendingActivityInfo) -> Iterator[Span]:
        attempt = max(pending.attempt, 1)
        failure = pending.last_failure if pending.HasField("last_failure") else None
        begun = optional_moment(pending, "last_started_time")
        if pending.paused:
            yield self._span(asked, None, "waiting", attempt, "paused by an operator")
        elif pending.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED and begun is not None:
            free = yield from self._earlier(asked, begun, attempt, failure)
            asked_to_stop = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
            note = "cancellation requested" if asked_to_stop else "an attempt is under way"
            yield self._span(begun, None, "running", attempt, note, free)
        elif attempt == 1:
            yield self._span(asked, None, "waiting", attempt, "in the task queue; no worker took it yet")
        else:
            last_ended = optional_moment(pending, "last_attempt_complete_time") or begun or asked
            since = yield from self._tried(asked, max(asked, last_ended), attempt - 1, failure)
            again = optional_moment(pending, "next_attempt_schedule_time")
            clock = f" at {again:%H:%M:%S} UTC" if again else ""
            note = f"next attempt{clock}, {in_words(pause(pending))} after the last; {_why(failure)}"
            yield self._span(since or last_ended, None, "waiting", attempt, note)

    def _earlier(
        self, asked: datetime, begun: datetime, attempt: int, failure: Failure | None
    ) -> Generator[Span, None, datetime | None]:
        """Yield the attempts before one that began at ``begun``; return since when that one waited."""
        if attempt < 2:
            return asked
        backoff = self._backoffs(attempt - 1, failure)[-1]
        return (yield from self._tried(asked, max(asked, begun - backoff), attempt - 1, failure))

    def _tried(
        self, asked: datetime, ended: datetime, count: int, failure: Failure | None
    ) -> Generator[Span, None, datetime | None]:
        """Yield the first attempts, the last of which ended at ``ended``; return when that was."""
        backoffs = self._backoffs(count, failure)[: count - 1]
        busy = ended - asked - sum(backoffs, timedelta())
        if count > _DRAWN or busy < timedelta():
            names = "attempt 1" if count == 1 else f"attempts 1 to {count}"
            detail = f"{names}, which the history does not keep; last: {_why(failure)}"
            yield self._span(asked, ended, _kind(failure), count, detail, estimated=True)
            return ended
        share, start, free = busy / count, asked, asked
        longest = elapsed(self.scheduled.start_to_close_timeout)
        for number in range(1, count + 1):
            last = number == count
            why = _why(failure) if last else "failed or timed out; the history keeps the last failure only"
            end = start + (min(share, longest) if longest else share)  # beyond that it waited for a worker
            status = _kind(failure) if last else "failed"
            note = f"{why}; times reckoned from the retry policy"
            yield self._span(start, end, status, number, note, free, estimated=True)
            free, start = end, start + share + (timedelta() if last else backoffs[number - 1])
        return free

    def _backoffs(self, count: int, failure: Failure | None) -> list[timedelta]:
        pauses = [backoff(self.scheduled.retry_policy, number) for number in range(min(count, _DRAWN + 1))]
        if pauses and failure is not None and failure.HasField("application_failure_info"):
            info = failure.application_failure_info
            if info.HasField("next_retry_delay"):  # the exception itself said when to try again
                pauses[-1] = elapsed(info.next_retry_delay)
        return pauses

    def _span(
        self, start: datetime, end: datetime | None, status: SpanStatus, attempt: int | None, detail: str,
        waited_from: datetime | None = None, *, estimated: bool = False,
    ) -> Span:  # fmt: skip
        name = self.scheduled.activity_type.name
        asked = "cancellation was requested" if self.cancel_requested and not estimated else ""
        told = joined(labelled("input", self.scheduled.input.payloads), detail, asked)
        return Span(
            lane=name, kind="activity", name=name, start=start,
            end=max(start, end) if end else None, status=status, attempt=attempt,
            first_event=self.event.event_id,
            last_event=self.closed.event_id if self.closed is not None else None,
            detail=told, waited_from=waited_from, estimated=estimated,
        )  # fmt: skip

    def _outcome(self) -> str:
        cancelled = self.closed_type == "ActivityTaskCanceled"
        return "cancelled" if cancelled else outcome(self.closed_type, attributes(self.closed))


def _kind(failure: Failure | None) -> SpanStatus:
    return "timed_out" if failure is not None and is_timeout(failure) else "failed"


def _why(failure: Failure | None) -> str:
    return failure_text(failure) if failure is not None else "failed"
