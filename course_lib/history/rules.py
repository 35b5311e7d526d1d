"""What each type of event carries: where its name, payload, failure and the event that it answers are found.

Types that are not listed (new ones of a later server) still get a row: type, time and number are common to all.
Source: temporal.api.history.v1 in temporalio 1.35.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from temporalio.api.enums.v1 import (
    CancelExternalWorkflowExecutionFailedCause,
    SignalExternalWorkflowExecutionFailedCause,
    StartChildWorkflowExecutionFailedCause,
    WorkflowTaskFailedCause,
)

from course_lib.history.failures import failure_text, timeout_name
from course_lib.history.moments import elapsed
from course_lib.history.payloads import Decoder, labelled
from course_lib.history.reading import words

FIRST = "first"  # answers the run's first event

Get = Callable[[Any], Any]


@dataclass(frozen=True)
class Rule:
    """Where the facts of one type of event are.

    Args:
        name: Gets the name from the attributes; without it the name of the answered event is taken.
        links: Fields that number the answered event; the first that is not zero counts. ``FIRST``: event 1.
        payload: Gets the payload's value from the attributes and a decoder.
        failure: Gets the failure's text from the attributes.
        attempt: Whether there is a field ``attempt``.
    """

    name: Get | None = None
    links: tuple[str, ...] = ()
    payload: Callable[[Any, Decoder], Any] | None = None
    failure: Get | None = None
    attempt: bool = False


def _payloads(path: str) -> Callable[[Any, Decoder], Any]:
    get = attrgetter(path)

    def read(attributes: Any, decoder: Decoder) -> Any:
        payloads = get(attributes).payloads
        return decoder.one(payloads[0]) if len(payloads) == 1 else decoder.all(payloads)

    return read


def _payload(field: str) -> Callable[[Any, Decoder], Any]:
    # An operation without a result has an empty payload here.
    return lambda attributes, decoder: decoder.one(getattr(attributes, field)) if attributes.HasField(field) else None


def _fields(path: str) -> Callable[[Any, Decoder], Any]:
    get = attrgetter(path)
    return lambda attributes, decoder: decoder.mapping(get(attributes))


def _text(field: str) -> Callable[[Any, Decoder], Any]:
    return lambda attributes, _: getattr(attributes, field) or None


def _moment(field: str) -> Callable[[Any, Decoder], Any]:
    return lambda attributes, _: getattr(attributes, field).ToDatetime() if attributes.HasField(field) else None


def _failure(field: str) -> Get:
    return lambda attributes: failure_text(getattr(attributes, field)) if attributes.HasField(field) else ""


def _cause(enum: Any) -> Get:
    return lambda attributes: words(enum, attributes.cause) or f"cause {attributes.cause}"


def _task_failed(attributes: Any) -> str:
    cause = _cause(WorkflowTaskFailedCause)(attributes)
    text = failure_text(attributes.failure) if attributes.HasField("failure") else ""
    # The usual cause says nothing that the exception does not say.
    return text if text and cause == "WorkflowWorkerUnhandledFailure" else f"{cause}: {text}" if text else cause


def marker_name(attributes: Any) -> str:
    """Return what a marker is about: the local activity's type, the patch's id, else the marker's own name."""
    if attributes.marker_name == "core_local_activity":
        return str(marker_data(attributes, "data").get("activity_type", attributes.marker_name))
    if attributes.marker_name == "core_patch":
        return str(marker_data(attributes, "patch-data").get("id", attributes.marker_name))
    return str(attributes.marker_name)


def marker_data(attributes: Any, key: str) -> dict[str, Any]:
    """Return the SDK's own notes in a marker; empty when they are not readable JSON."""
    payloads = attributes.details[key].payloads if key in attributes.details else []
    try:
        data = json.loads(payloads[0].data) if payloads else {}
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _marker_payload(attributes: Any, decoder: Decoder) -> Any:
    if attributes.marker_name == "core_local_activity":
        result = attributes.details["result"].payloads if "result" in attributes.details else []
        return decoder.all(result)
    return {key: decoder.all(value.payloads) for key, value in attributes.details.items()}


def _outcome(attributes: Any, decoder: Decoder) -> Any:
    return decoder.all(attributes.outcome.success.payloads)


def _outcome_failure(attributes: Any) -> str:
    return failure_text(attributes.outcome.failure) if attributes.outcome.HasField("failure") else ""


def _terminated(attributes: Any) -> str:
    return f"TerminatedError: {attributes.reason}" if attributes.reason else "TerminatedError"


_TYPE = attrgetter("workflow_type.name")
_TASK = ("started_event_id", "scheduled_event_id")
_CHILD = ("started_event_id", "initiated_event_id")
_ASKED = ("initiated_event_id",)
_TARGET = attrgetter("workflow_execution.workflow_id")


def _nexus(attributes: Any) -> str:
    return f"{attributes.service}.{attributes.operation}"


RULES: dict[str, Rule] = {
    "WorkflowExecutionStarted": Rule(_TYPE, (), _payloads("input"), _failure("continued_failure"), attempt=True),
    "WorkflowExecutionCompleted": Rule(None, (FIRST,), _payloads("result")),
    "WorkflowExecutionFailed": Rule(None, (FIRST,), failure=_failure("failure")),
    "WorkflowExecutionTimedOut": Rule(None, (FIRST,), failure=lambda _: "TimeoutError (workflow)"),
    "WorkflowExecutionCanceled": Rule(None, (FIRST,), _payloads("details"), lambda _: "CancelledError"),
    "WorkflowExecutionTerminated": Rule(None, (FIRST,), _payloads("details"), _terminated),
    "WorkflowExecutionContinuedAsNew": Rule(_TYPE, (FIRST,), _payloads("input"), _failure("failure")),
    "WorkflowExecutionCancelRequested": Rule(payload=_text("cause")),
    "WorkflowExecutionSignaled": Rule(attrgetter("signal_name"), (), _payloads("input")),
    "WorkflowExecutionUpdateAdmitted": Rule(attrgetter("request.input.name"), (), _payloads("request.input.args")),
    "WorkflowExecutionUpdateAccepted": Rule(
        attrgetter("accepted_request.input.name"), (), _payloads("accepted_request.input.args")
    ),
    "WorkflowExecutionUpdateRejected": Rule(
        attrgetter("rejected_request.input.name"), (), _payloads("rejected_request.input.args"), _failure("failure")
    ),
    "WorkflowExecutionUpdateCompleted": Rule(None, ("accepted_event_id",), _outcome, _outcome_failure),
    "WorkflowExecutionOptionsUpdated": Rule(),
    "WorkflowExecutionPaused": Rule(payload=_text("reason")),
    "WorkflowExecutionUnpaused": Rule(payload=_text("reason")),
    "WorkflowExecutionTimeSkippingTransitioned": Rule(lambda _: "time skipped", payload=_moment("target_time")),
    "WorkflowTaskScheduled": Rule(attempt=True),
    "WorkflowTaskStarted": Rule(None, ("scheduled_event_id",)),
    "WorkflowTaskCompleted": Rule(None, _TASK),
    "WorkflowTaskTimedOut": Rule(None, _TASK, failure=lambda a: timeout_name(a.timeout_type)),
    "WorkflowTaskFailed": Rule(None, _TASK, failure=_task_failed),
    "ActivityTaskScheduled": Rule(attrgetter("activity_type.name"), (), _payloads("input")),
    "ActivityTaskStarted": Rule(None, ("scheduled_event_id",), failure=_failure("last_failure"), attempt=True),
    "ActivityTaskCompleted": Rule(None, _TASK, _payloads("result")),
    "ActivityTaskFailed": Rule(None, _TASK, failure=_failure("failure")),
    "ActivityTaskTimedOut": Rule(None, _TASK, failure=_failure("failure")),
    "ActivityTaskCancelRequested": Rule(None, ("scheduled_event_id",)),
    "ActivityTaskCanceled": Rule(None, _TASK, _payloads("details"), lambda _: "CancelledError"),
    "ActivityPropertiesModifiedExternally": Rule(None, ("scheduled_event_id",)),
    "TimerStarted": Rule(attrgetter("timer_id"), (), lambda a, _: elapsed(a.start_to_fire_timeout)),
    "TimerFired": Rule(None, ("started_event_id",)),
    "TimerCanceled": Rule(None, ("started_event_id",)),
    "MarkerRecorded": Rule(marker_name, (), _marker_payload, _failure("failure")),
    "StartChildWorkflowExecutionInitiated": Rule(_TYPE, (), _payloads("input")),
    "StartChildWorkflowExecutionFailed": Rule(None, _ASKED, failure=_cause(StartChildWorkflowExecutionFailedCause)),
    "ChildWorkflowExecutionStarted": Rule(None, _ASKED),
    "ChildWorkflowExecutionCompleted": Rule(None, _CHILD, _payloads("result")),
    "ChildWorkflowExecutionFailed": Rule(None, _CHILD, failure=_failure("failure")),
    "ChildWorkflowExecutionCanceled": Rule(None, _CHILD, _payloads("details"), lambda _: "CancelledError"),
    "ChildWorkflowExecutionTimedOut": Rule(None, _CHILD, failure=lambda _: "TimeoutError (child workflow)"),
    "ChildWorkflowExecutionTerminated": Rule(None, _CHILD, failure=lambda _: "TerminatedError"),
    "SignalExternalWorkflowExecutionInitiated": Rule(attrgetter("signal_name"), (), _payloads("input")),
    "SignalExternalWorkflowExecutionFailed": Rule(
        None, _ASKED, failure=_cause(SignalExternalWorkflowExecutionFailedCause)
    ),
    "ExternalWorkflowExecutionSignaled": Rule(None, _ASKED),
    "RequestCancelExternalWorkflowExecutionInitiated": Rule(_TARGET, (), _text("reason")),
    "RequestCancelExternalWorkflowExecutionFailed": Rule(
        None, _ASKED, failure=_cause(CancelExternalWorkflowExecutionFailedCause)
    ),
    "ExternalWorkflowExecutionCancelRequested": Rule(None, _ASKED),
    "UpsertWorkflowSearchAttributes": Rule(payload=_fields("search_attributes.indexed_fields")),
    "WorkflowPropertiesModified": Rule(payload=_fields("upserted_memo.fields")),
    "WorkflowPropertiesModifiedExternally": Rule(payload=_fields("upserted_memo.fields")),
    "NexusOperationScheduled": Rule(_nexus, (), _payload("input")),
    "NexusOperationStarted": Rule(None, ("scheduled_event_id",)),
    "NexusOperationCompleted": Rule(None, ("scheduled_event_id",), _payload("result")),
    "NexusOperationFailed": Rule(None, ("scheduled_event_id",), failure=_failure("failure")),
    "NexusOperationCanceled": Rule(None, ("scheduled_event_id",), failure=_failure("failure")),
    "NexusOperationTimedOut": Rule(None, ("scheduled_event_id",), failure=_failure("failure")),
    "NexusOperationCancelRequested": Rule(None, ("scheduled_event_id",)),
    "NexusOperationCancelRequestCompleted": Rule(None, ("requested_event_id", "scheduled_event_id")),
    "NexusOperationCancelRequestFailed": Rule(
        None, ("requested_event_id", "scheduled_event_id"), failure=_failure("failure")
    ),
}


def outcome(type: str, attributes: Any) -> str:
    """Return how something ended, by an event of this type: its failure or its result, shortened.

    Args:
        type: For example ``"ActivityTaskCompleted"``.
        attributes: The event's attributes.
    """
    rule = RULES.get(type)
    if rule is not None and rule.failure is not None and (text := rule.failure(attributes)):
        return str(text)
    if (result := getattr(attributes, "result", None)) is None:
        return ""
    return labelled("result", getattr(result, "payloads", [result]))
