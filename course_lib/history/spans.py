"""A history as spans: what went on, from when to when, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from temporalio.api.enums.v1 import EventType

from course_lib.history.attempts import Activity
from course_lib.history.failures import failure_text
from course_lib.history.moments import moment, optional_moment, seconds
from course_lib.history.payloads import SHOWN, preview
from course_lib.history.pending import Pending
from course_lib.history.reading import attributes_field, type_name
from course_lib.history.rules import RULES, marker_data, marker_name
from course_lib.history.span import Span, SpanKind, SpanStatus

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory

TASKS = "workflow tasks"
TIMERS = "timers"
OTHERS = "other events"
_DETAILED = 500


def spans(history: WorkflowHistory, pending: Any = None) -> list[Span]:
    """Return what went on in a run, in the order in which it was asked for.

    Args:
        history: The run's history.
        pending: What ``await handle.describe()`` returned at the same time: with it, activities that are being
            retried and the workflow task that is due are known too.
    """
    reader = _Reader()
    for event in history.events:
        reader.read(event)
    return reader.finish(Pending.of(pending))


def _ended(status: SpanStatus) -> Callable[[_Reader, Any, Any], None]:
    def handle(reader: _Reader, event: Any, attributes: Any) -> None:
        reader.close(reader.first, event, status, reader.outcome(event, attributes))

    return handle


def _closes(status: SpanStatus, *fields: str) -> Callable[[_Reader, Any, Any], None]:
    """Return a handler that closes the span whose first event one of these fields numbers."""

    def handle(reader: _Reader, event: Any, attributes: Any) -> None:
        first = next((number for field in fields if (number := getattr(attributes, field))), 0)
        reader.close(first, event, status, reader.outcome(event, attributes))

    return handle


class _Reader:
    """Reads events in order; spans are opened, begun and closed by the number of their first event.

    A view that grows reads event by event, and asks after each few only for what `changed`.

    Attributes:
        type: The type of the event that was read last.
        first: The number of the event that began the run.
        changed: First events of what has changed since the one who looks emptied it. A workflow's end closes
            everything that is still open.
    """

    def __init__(self) -> None:
        self.type = ""
        self.first = 1
        self.changed: set[int] = set()
        self._spans: dict[int, Span | None] = {}  # by first event, in the order of opening; None: an activity
        self._activities: dict[int, Activity] = {}
        self._admitted: dict[str, int] = {}
        self._end: datetime | None = None
        self._last_task: Any = None

    def read(self, event: Any) -> None:
        """Take the next event of the run."""
        number = event.event_type
        known = _BY_NUMBER.get(number)
        if known is not None:
            handler, self.type, field = known
            handler(self, event, getattr(event, field))
        else:
            self.type, field = type_name(number), attributes_field(number)
            # Nothing of a run is left out of its picture, not even what this course does not know.
            name = _NAMES.get(self.type, self.type)
            self.point(event, "marker", OTHERS, name, self.detail(getattr(event, field, None) if field else None))

    # ------------------------------------------------------------ opening and closing

    def open(
        self, event: Any, kind: SpanKind, lane: str, name: str, detail: str = "", *, waiting: bool = False,
        attempt: int | None = None,
    ) -> None:  # fmt: skip
        start = moment(event.event_time)
        status: SpanStatus = "waiting" if waiting else "running"
        self._spans[event.event_id] = Span(lane, kind, name, start, None, status, attempt, event.event_id, None, detail)
        self.changed.add(event.event_id)

    def begin(self, first: int, event: Any) -> None:
        if span := self._spans.get(first):
            start = max(span.start, moment(event.event_time))
            self._spans[first] = span._replace(start=start, waited_from=span.start, status="running")
            self.changed.add(first)

    def close(self, first: int, event: Any, status: SpanStatus, detail: str = "") -> None:
        if span := self._spans.get(first):
            text = "; ".join(part for part in (span.detail, detail) if part)
            end = max(span.start, moment(event.event_time))
            self._spans[first] = span._replace(end=end, status=status, last_event=event.event_id, detail=text)
            self.changed.add(first)
            if span.kind == "workflow":
                self._end = end
                self.changed |= self.open_items()

    def point(self, event: Any, kind: SpanKind, lane: str, name: str, detail: str) -> None:
        at = moment(event.event_time)
        number = event.event_id
        self._spans[number] = Span(lane, kind, name, at, at, "point", None, number, number, detail)
        self.changed.add(number)

    def detail(self, attributes: Any) -> str:
        """Return an event's payloads and texts, cut."""
        for path in ("input", "request", "details"):
            if (payloads := getattr(getattr(attributes, path, None), "payloads", None)) is not None:
                return preview(payloads)
        for path, name in (("search_attributes", "indexed_fields"), ("upserted_memo", "fields")):
            if (fields := getattr(getattr(attributes, path, None), name, None)) is not None:
                return "; ".join(f"{key} {preview([value])}" for key, value in fields.items())[:SHOWN]
        texts = [getattr(attributes, name, "") for name in ("reason", "cause", "identity")]
        return next((text[:SHOWN] for text in texts if isinstance(text, str) and text), "")

    def outcome(self, event: Any, attributes: Any) -> str:
        """Return how something ended: its result or its failure."""
        rule = RULES.get(self.type)
        if rule is not None and rule.failure is not None and (text := rule.failure(attributes)):
            return str(text)
        if (result := getattr(attributes, "result", None)) is None:
            return ""
        shown = preview(getattr(result, "payloads", [result]))
        return f"result {shown}" if shown else ""

    # ------------------------------------------------------------ the end

    def finish(self, pending: Pending) -> list[Span]:
        """Return all spans, in the order in which they were asked for."""
        found: list[Span] = []
        for number in self._spans:
            # Beyond these no picture shows the detail of an activity that simply succeeded.
            found += self.item(number, pending, detailed=len(found) < _DETAILED)
        if (due := self.due(pending, found)) is not None:
            found.append(due)
        return found

    def item(self, number: int, pending: Pending, *, detailed: bool = True) -> list[Span]:
        """Return what began with one event: one span, or all attempts of an activity; nothing if nothing did.

        Args:
            number: The event's number.
            pending: What the server knows beyond the history.
            detailed: Whether the payloads of an activity that simply succeeded are read.
        """
        if (span := self._spans.get(number)) is not None:
            if span.end is None and self._end is not None:
                text = "; ".join(part for part in (span.detail, "the workflow ended first") if part)
                span = span._replace(end=max(span.start, self._end), status="cancelled", detail=text)
            return [span]
        if (activity := self._activities.get(number)) is None:
            return []
        if (simple := activity.simple(detailed=detailed)) is not None:
            return [simple]
        known = pending.activities.get(activity.scheduled.activity_id) if pending.activities else None
        return list(activity.spans(known, self._end))

    def open_items(self) -> set[int]:
        """Return the first events of what has not ended yet: of activities `describe` may know more."""
        return {number for number, span in self._spans.items() if span is not None and span.end is None} | {
            number for number, activity in self._activities.items() if activity.closed is None
        }

    def due(self, pending: Pending, found: list[Span]) -> Span | None:
        """Return the workflow task that only the server knows, if there is one.

        Args:
            pending: What the server knows beyond the history.
            found: All spans, or those which are open and the last one.
        """
        if self._end is not None or pending.workflow_task is None:
            return None
        return self._due(pending.workflow_task, found)

    def _due(self, task: Any, found: list[Span]) -> Span | None:
        """Return the workflow task that only the server knows: a retry is not written into the history."""
        if any(span.kind == "workflow_task" and span.end is None for span in found):
            return None
        asked = optional_moment(task, "scheduled_time")
        begun = optional_moment(task, "started_time")
        if asked is None:
            return None
        last = max((span.last_event or span.first_event for span in found), default=1)
        detail = f"attempt {task.attempt}: the task failed before and is tried again" if task.attempt > 1 else ""
        return Span(
            TASKS, "workflow_task", "workflow task", begun or asked, None, "running" if begun else "waiting",
            task.attempt, last, None, detail, asked if begun else None,
        )  # fmt: skip

    # ------------------------------------------------------------ what needs more than a line

    def started(self, event: Any, attributes: Any) -> None:
        self.first = event.event_id
        name = attributes.workflow_type.name
        given = preview(attributes.input.payloads)
        self.open(event, "workflow", name, name, f"input {given}" if given else "")

    def task_scheduled(self, event: Any, attributes: Any) -> None:
        attempt = attributes.attempt if attributes.attempt > 1 else None
        self.open(event, "workflow_task", TASKS, "workflow task", waiting=True, attempt=attempt)

    def activity_scheduled(self, event: Any, attributes: Any) -> None:
        self._activities[event.event_id] = Activity(event, attributes)
        self._spans[event.event_id] = None
        self.changed.add(event.event_id)

    def activity_started(self, event: Any, attributes: Any) -> None:
        if activity := self._activities.get(attributes.scheduled_event_id):
            self.changed.add(attributes.scheduled_event_id)
            activity.started = event

    def activity_closed(self, event: Any, attributes: Any) -> None:
        if activity := self._activities.get(attributes.scheduled_event_id):
            self.changed.add(attributes.scheduled_event_id)
            activity.closed, activity.closed_type = event, self.type

    def activity_cancel(self, event: Any, attributes: Any) -> None:
        if activity := self._activities.get(attributes.scheduled_event_id):
            self.changed.add(attributes.scheduled_event_id)
            activity.cancel_requested = True

    def timer(self, event: Any, attributes: Any) -> None:
        summary = preview([event.user_metadata.summary]).strip('"') if event.HasField("user_metadata") else ""
        length = seconds(attributes.start_to_fire_timeout)
        self.open(event, "timer", TIMERS, summary or f"timer {attributes.timer_id}", f"set to {length}")

    def child(self, event: Any, attributes: Any) -> None:
        given = preview(attributes.input.payloads)
        detail = f"input {given}" if given else ""
        self.open(event, "child", attributes.workflow_type.name, attributes.workflow_id, detail, waiting=True)

    def begun(self, event: Any, attributes: Any) -> None:
        first = getattr(attributes, "scheduled_event_id", 0) or getattr(attributes, "initiated_event_id", 0)
        self.begin(first, event)

    def signalled(self, event: Any, attributes: Any) -> None:
        self.point(event, "signal", attributes.signal_name, attributes.signal_name, self.detail(attributes))

    def signal_sent(self, event: Any, attributes: Any) -> None:
        name, target = attributes.signal_name, attributes.workflow_execution.workflow_id
        self.open(event, "signal", f"{name} → {target}", name, f"to {target}; {self.detail(attributes)}")

    def cancel_sent(self, event: Any, attributes: Any) -> None:
        target = attributes.workflow_execution.workflow_id
        self.open(event, "signal", f"cancel → {target}", "cancel", f"to {target}")

    def update_admitted(self, event: Any, attributes: Any) -> None:
        request = attributes.request
        self._admitted[request.meta.update_id] = event.event_id
        self.open(event, "update", request.input.name, request.input.name, preview(request.input.args.payloads))

    def update_accepted(self, event: Any, attributes: Any) -> None:
        request = attributes.accepted_request
        name, detail = request.input.name, preview(request.input.args.payloads)
        admitted = self._admitted.get(attributes.protocol_instance_id)
        if admitted is not None and (span := self._spans.pop(admitted, None)):
            self.changed.add(admitted)
            name, detail = name or span.name, detail or span.detail
        self.open(event, "update", name, name, f"input {detail}" if detail else "")

    def update_rejected(self, event: Any, attributes: Any) -> None:
        name = attributes.rejected_request.input.name
        self.point(event, "update", name, name, f"rejected: {failure_text(attributes.failure)}")

    def update_completed(self, event: Any, attributes: Any) -> None:
        outcome = attributes.outcome
        failed = outcome.HasField("failure")
        result = preview(outcome.success.payloads)
        text = failure_text(outcome.failure) if failed else f"result {result}" if result else ""
        self.close(attributes.accepted_event_id, event, "failed" if failed else "completed", text)

    def nexus(self, event: Any, attributes: Any) -> None:
        name = f"{attributes.service}.{attributes.operation}"
        self.open(event, "nexus", name, name, f"input {preview([attributes.input])}", waiting=True)

    def marker(self, event: Any, attributes: Any) -> None:
        name = marker_name(attributes)
        if attributes.marker_name == "core_local_activity":
            self.local_activity(event, attributes, name)
        elif attributes.marker_name == "core_patch":
            self.point(event, "marker", OTHERS, f"patch {name}", "this run takes the new code")
        else:
            self.point(event, "marker", OTHERS, name, "")

    def local_activity(self, event: Any, attributes: Any, name: str) -> None:
        data, end = marker_data(attributes, "data"), moment(event.event_time)
        asked, attempt = data.get("original_schedule_time"), data.get("attempt")
        start = end
        if isinstance(asked, dict) and isinstance(asked.get("seconds"), int):
            # The worker's clock, not the server's: never later than the event that it sent.
            from temporalio.api.history.v1 import HistoryEvent

            noted = HistoryEvent()
            noted.event_time.seconds, noted.event_time.nanos = asked["seconds"], int(asked.get("nanos") or 0)
            start = min(end, moment(noted.event_time))
        failed = attributes.HasField("failure")
        result = preview(attributes.details["result"].payloads) if "result" in attributes.details else ""
        outcome = failure_text(attributes.failure) if failed else f"result {result}" if result else ""
        self.changed.add(event.event_id)
        self._spans[event.event_id] = Span(
            f"{name} (local)", "activity", name, start, end, "failed" if failed else "completed",
            attempt if isinstance(attempt, int) else None, event.event_id, event.event_id,
            f"local activity{'; ' if outcome else ''}{outcome}",
        )  # fmt: skip


# Moments without a handler, as a reader would say them.
_NAMES = {
    "WorkflowExecutionCancelRequested": "cancel requested",
    "WorkflowExecutionPaused": "paused",
    "WorkflowExecutionUnpaused": "resumed",
    "WorkflowExecutionOptionsUpdated": "options changed",
    "WorkflowExecutionTimeSkippingTransitioned": "time skipped",
    "WorkflowPropertiesModified": "memo changed",
    "WorkflowPropertiesModifiedExternally": "memo changed from outside",
    "UpsertWorkflowSearchAttributes": "search attributes",
    "NexusOperationCancelRequested": "nexus cancel requested",
}

_HANDLERS: dict[str, Callable[[_Reader, Any, Any], None]] = {
    "WorkflowExecutionStarted": _Reader.started,
    "WorkflowExecutionCompleted": _ended("completed"),
    "WorkflowExecutionFailed": _ended("failed"),
    "WorkflowExecutionTimedOut": _ended("timed_out"),
    "WorkflowExecutionCanceled": _ended("cancelled"),
    "WorkflowExecutionTerminated": _ended("terminated"),
    "WorkflowExecutionContinuedAsNew": _ended("continued"),
    "WorkflowExecutionSignaled": _Reader.signalled,
    "WorkflowExecutionUpdateAdmitted": _Reader.update_admitted,
    "WorkflowExecutionUpdateAccepted": _Reader.update_accepted,
    "WorkflowExecutionUpdateRejected": _Reader.update_rejected,
    "WorkflowExecutionUpdateCompleted": _Reader.update_completed,
    "WorkflowTaskScheduled": _Reader.task_scheduled,
    "WorkflowTaskStarted": _Reader.begun,
    "WorkflowTaskCompleted": _closes("completed", "scheduled_event_id"),
    "WorkflowTaskFailed": _closes("failed", "scheduled_event_id"),
    "WorkflowTaskTimedOut": _closes("timed_out", "scheduled_event_id"),
    "ActivityTaskScheduled": _Reader.activity_scheduled,
    "ActivityTaskStarted": _Reader.activity_started,
    "ActivityTaskCompleted": _Reader.activity_closed,
    "ActivityTaskFailed": _Reader.activity_closed,
    "ActivityTaskTimedOut": _Reader.activity_closed,
    "ActivityTaskCanceled": _Reader.activity_closed,
    "ActivityTaskCancelRequested": _Reader.activity_cancel,
    "TimerStarted": _Reader.timer,
    "TimerFired": _closes("completed", "started_event_id"),
    "TimerCanceled": _closes("cancelled", "started_event_id"),
    "MarkerRecorded": _Reader.marker,
    "StartChildWorkflowExecutionInitiated": _Reader.child,
    "StartChildWorkflowExecutionFailed": _closes("failed", "initiated_event_id"),
    "ChildWorkflowExecutionStarted": _Reader.begun,
    "ChildWorkflowExecutionCompleted": _closes("completed", "initiated_event_id"),
    "ChildWorkflowExecutionFailed": _closes("failed", "initiated_event_id"),
    "ChildWorkflowExecutionCanceled": _closes("cancelled", "initiated_event_id"),
    "ChildWorkflowExecutionTimedOut": _closes("timed_out", "initiated_event_id"),
    "ChildWorkflowExecutionTerminated": _closes("terminated", "initiated_event_id"),
    "SignalExternalWorkflowExecutionInitiated": _Reader.signal_sent,
    "SignalExternalWorkflowExecutionFailed": _closes("failed", "initiated_event_id"),
    "ExternalWorkflowExecutionSignaled": _closes("completed", "initiated_event_id"),
    "RequestCancelExternalWorkflowExecutionInitiated": _Reader.cancel_sent,
    "RequestCancelExternalWorkflowExecutionFailed": _closes("failed", "initiated_event_id"),
    "ExternalWorkflowExecutionCancelRequested": _closes("completed", "initiated_event_id"),
    "NexusOperationScheduled": _Reader.nexus,
    "NexusOperationStarted": _Reader.begun,
    "NexusOperationCompleted": _closes("completed", "scheduled_event_id"),
    "NexusOperationFailed": _closes("failed", "scheduled_event_id"),
    "NexusOperationCanceled": _closes("cancelled", "scheduled_event_id"),
    "NexusOperationTimedOut": _closes("timed_out", "scheduled_event_id"),
}

_BY_NUMBER = {
    number: (_HANDLERS[type_name(number)], type_name(number), attributes_field(number))
    for number in EventType.values()
    if type_name(number) in _HANDLERS
}
