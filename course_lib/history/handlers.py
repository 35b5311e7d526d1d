"""What each kind of event means for the spans of its run, by the name of its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from course_lib.history.described import unpausing
from course_lib.history.failures import failure_text
from course_lib.history.ledger import TASKS, Ledger
from course_lib.history.moments import moment, seconds
from course_lib.history.payloads import SHOWN, joined, labelled, preview
from course_lib.history.rules import FIRST, RULES, marker_data, marker_name, outcome
from course_lib.history.span import Span, SpanStatus

TIMERS = "timers"
OTHERS = "other events"
PAUSES = "paused"
CLOCK = "virtual clock"

Handler = Callable[[Ledger, Any, Any], None]


def detail(attributes: Any) -> str:
    """Return an event's payloads and texts, cut.

    Args:
        attributes: The event's attributes.
    """
    for path in ("input", "request", "details"):
        if (payloads := getattr(getattr(attributes, path, None), "payloads", None)) is not None:
            return preview(payloads)
    for path, name in (("search_attributes", "indexed_fields"), ("upserted_memo", "fields")):
        if (fields := getattr(getattr(attributes, path, None), name, None)) is not None:
            return "; ".join(f"{key} {preview([value])}" for key, value in fields.items())[:SHOWN]
    texts = [getattr(attributes, name, "") for name in ("reason", "cause", "identity")]
    return next((text[:SHOWN] for text in texts if isinstance(text, str) and text), "")


def _closes(status: SpanStatus) -> Handler:
    """Return a handler that closes the span which began with the first event that this one answers."""

    def handle(ledger: Ledger, event: Any, attributes: Any) -> None:
        asked = RULES[ledger.type].links[-1]
        first = 1 if asked == FIRST else getattr(attributes, asked)
        ledger.close(first, event, status, outcome(ledger.type, attributes))

    return handle


def _started(ledger: Ledger, event: Any, attributes: Any) -> None:
    ledger.workflow_id = attributes.workflow_id
    name = attributes.workflow_type.name
    ledger.open(event, "workflow", name, name, labelled("input", attributes.input.payloads))


def _paused(ledger: Ledger, event: Any, attributes: Any) -> None:
    ledger.pause = event.event_id
    detail = f"The run is paused. Unpause it: {unpausing(ledger.workflow_id or '…')}."
    ledger.open(event, "marker", PAUSES, "paused", detail, waiting=True)


def _unpaused(ledger: Ledger, event: Any, attributes: Any) -> None:
    ledger.hush(ledger.pause)  # nothing is to be done about it any more
    ledger.close(ledger.pause, event, "completed", attributes.reason)
    ledger.pause = 0


def _skipped(ledger: Ledger, event: Any, attributes: Any) -> None:
    if not attributes.HasField("target_time"):
        return
    start = moment(event.event_time)
    end = max(start, moment(attributes.target_time))
    said = "the server let the clock of this run jump"
    ledger.put(Span(
        CLOCK, "marker", "time skipped", start, end, "skipped", None, event.event_id, event.event_id, said
    ))  # fmt: skip


def _task_scheduled(ledger: Ledger, event: Any, attributes: Any) -> None:
    attempt = attributes.attempt if attributes.attempt > 1 else None
    ledger.open(event, "workflow_task", TASKS, "workflow task", waiting=True, attempt=attempt)


def _activity_scheduled(ledger: Ledger, event: Any, attributes: Any) -> None:
    ledger.schedule(event, attributes)


def _activity_started(ledger: Ledger, event: Any, attributes: Any) -> None:
    if activity := ledger.activity(attributes.scheduled_event_id):
        activity.started = event


def _activity_closed(ledger: Ledger, event: Any, attributes: Any) -> None:
    if activity := ledger.activity(attributes.scheduled_event_id):
        activity.closed, activity.closed_type = event, ledger.type


def _activity_cancel(ledger: Ledger, event: Any, attributes: Any) -> None:
    if activity := ledger.activity(attributes.scheduled_event_id):
        activity.cancel_requested = True


def _timer(ledger: Ledger, event: Any, attributes: Any) -> None:
    summary = preview([event.user_metadata.summary]).strip('"') if event.HasField("user_metadata") else ""
    length = seconds(attributes.start_to_fire_timeout)
    ledger.open(event, "timer", TIMERS, summary or f"timer {attributes.timer_id}", f"set to {length}")


def _child(ledger: Ledger, event: Any, attributes: Any) -> None:
    detail = labelled("input", attributes.input.payloads)
    ledger.open(event, "child", attributes.workflow_type.name, attributes.workflow_id, detail, waiting=True)


def _begun(ledger: Ledger, event: Any, attributes: Any) -> None:
    first = getattr(attributes, "scheduled_event_id", 0) or getattr(attributes, "initiated_event_id", 0)
    ledger.begin(first, event)


def _signalled(ledger: Ledger, event: Any, attributes: Any) -> None:
    ledger.point(event, "signal", attributes.signal_name, attributes.signal_name, detail(attributes))


def _signal_sent(ledger: Ledger, event: Any, attributes: Any) -> None:
    name, target = attributes.signal_name, attributes.workflow_execution.workflow_id
    ledger.open(event, "signal", f"{name} → {target}", name, f"to {target}; {detail(attributes)}")


def _cancel_sent(ledger: Ledger, event: Any, attributes: Any) -> None:
    target = attributes.workflow_execution.workflow_id
    ledger.open(event, "signal", f"cancel → {target}", "cancel", f"to {target}")


def _update_admitted(ledger: Ledger, event: Any, attributes: Any) -> None:
    request = attributes.request
    ledger.admitted[request.meta.update_id] = event.event_id
    ledger.open(event, "update", request.input.name, request.input.name, preview(request.input.args.payloads))


def _update_accepted(ledger: Ledger, event: Any, attributes: Any) -> None:
    request = attributes.accepted_request
    name, detail = request.input.name, preview(request.input.args.payloads)
    admitted = ledger.admitted.get(attributes.protocol_instance_id)
    if admitted is not None and (span := ledger.withdraw(admitted)):
        name, detail = name or span.name, detail or span.detail
    ledger.open(event, "update", name, name, f"input {detail}" if detail else "")


def _update_rejected(ledger: Ledger, event: Any, attributes: Any) -> None:
    name = attributes.rejected_request.input.name
    ledger.point(event, "update", name, name, f"rejected: {failure_text(attributes.failure)}")


def _update_completed(ledger: Ledger, event: Any, attributes: Any) -> None:
    ended = attributes.outcome
    failed = ended.HasField("failure")
    text = failure_text(ended.failure) if failed else labelled("result", ended.success.payloads)
    ledger.close(attributes.accepted_event_id, event, "failed" if failed else "completed", text)


def _nexus(ledger: Ledger, event: Any, attributes: Any) -> None:
    name = f"{attributes.service}.{attributes.operation}"
    ledger.open(event, "nexus", name, name, f"input {preview([attributes.input])}", waiting=True)


def _marker(ledger: Ledger, event: Any, attributes: Any) -> None:
    name = marker_name(attributes)
    if attributes.marker_name == "core_local_activity":
        _local_activity(ledger, event, attributes, name)
    elif attributes.marker_name == "core_patch":
        ledger.point(event, "marker", OTHERS, f"patch {name}", "this run takes the new code")
    else:
        ledger.point(event, "marker", OTHERS, name, "")


def _local_activity(ledger: Ledger, event: Any, attributes: Any, name: str) -> None:
    data, end = marker_data(attributes, "data"), moment(event.event_time)
    asked, attempt = data.get("original_schedule_time"), data.get("attempt")
    start = end
    if isinstance(asked, dict) and isinstance(asked.get("seconds"), int):
        # The worker's clock, not the server's: never later than the event that it sent.
        start = min(end, moment(Timestamp(seconds=asked["seconds"], nanos=int(asked.get("nanos") or 0))))
    failed = attributes.HasField("failure")
    result = attributes.details["result"].payloads if "result" in attributes.details else []
    ended = failure_text(attributes.failure) if failed else labelled("result", result)
    ledger.put(Span(
        f"{name} (local)", "activity", name, start, end, "failed" if failed else "completed",
        attempt if isinstance(attempt, int) else None, event.event_id, event.event_id,
        joined("local activity", ended),
    ))  # fmt: skip


HANDLERS: dict[str, Handler] = {
    "WorkflowExecutionStarted": _started,
    "WorkflowExecutionCompleted": _closes("completed"),
    "WorkflowExecutionFailed": _closes("failed"),
    "WorkflowExecutionTimedOut": _closes("timed_out"),
    "WorkflowExecutionCanceled": _closes("cancelled"),
    "WorkflowExecutionTerminated": _closes("terminated"),
    "WorkflowExecutionContinuedAsNew": _closes("continued"),
    "WorkflowExecutionSignaled": _signalled,
    "WorkflowExecutionUpdateAdmitted": _update_admitted,
    "WorkflowExecutionUpdateAccepted": _update_accepted,
    "WorkflowExecutionUpdateRejected": _update_rejected,
    "WorkflowExecutionUpdateCompleted": _update_completed,
    "WorkflowExecutionPaused": _paused,
    "WorkflowExecutionUnpaused": _unpaused,
    "WorkflowExecutionTimeSkippingTransitioned": _skipped,
    "WorkflowTaskScheduled": _task_scheduled,
    "WorkflowTaskStarted": _begun,
    "WorkflowTaskCompleted": _closes("completed"),
    "WorkflowTaskFailed": _closes("failed"),
    "WorkflowTaskTimedOut": _closes("timed_out"),
    "ActivityTaskScheduled": _activity_scheduled,
    "ActivityTaskStarted": _activity_started,
    "ActivityTaskCompleted": _activity_closed,
    "ActivityTaskFailed": _activity_closed,
    "ActivityTaskTimedOut": _activity_closed,
    "ActivityTaskCanceled": _activity_closed,
    "ActivityTaskCancelRequested": _activity_cancel,
    "TimerStarted": _timer,
    "TimerFired": _closes("completed"),
    "TimerCanceled": _closes("cancelled"),
    "MarkerRecorded": _marker,
    "StartChildWorkflowExecutionInitiated": _child,
    "StartChildWorkflowExecutionFailed": _closes("failed"),
    "ChildWorkflowExecutionStarted": _begun,
    "ChildWorkflowExecutionCompleted": _closes("completed"),
    "ChildWorkflowExecutionFailed": _closes("failed"),
    "ChildWorkflowExecutionCanceled": _closes("cancelled"),
    "ChildWorkflowExecutionTimedOut": _closes("timed_out"),
    "ChildWorkflowExecutionTerminated": _closes("terminated"),
    "SignalExternalWorkflowExecutionInitiated": _signal_sent,
    "SignalExternalWorkflowExecutionFailed": _closes("failed"),
    "ExternalWorkflowExecutionSignaled": _closes("completed"),
    "RequestCancelExternalWorkflowExecutionInitiated": _cancel_sent,
    "RequestCancelExternalWorkflowExecutionFailed": _closes("failed"),
    "ExternalWorkflowExecutionCancelRequested": _closes("completed"),
    "NexusOperationScheduled": _nexus,
    "NexusOperationStarted": _begun,
    "NexusOperationCompleted": _closes("completed"),
    "NexusOperationFailed": _closes("failed"),
    "NexusOperationCanceled": _closes("cancelled"),
    "NexusOperationTimedOut": _closes("timed_out"),
}
