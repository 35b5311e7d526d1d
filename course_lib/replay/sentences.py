"""What the code asks for, and what the history says, as parts of a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_lib.history.failures import innermost, one_failure
from course_lib.history.moments import seconds
from course_lib.history.reading import attributes, type_name
from course_lib.history.rules import marker_data
from course_lib.replay.matching import Asked

_Say = Callable[[Any], str]


def noun(asked: Asked) -> str:
    """Return what a command asks for, for example ``"activity `charge`"``."""
    say = _NOUNS.get(asked.variant)
    return say(getattr(asked.raw, asked.variant)) if say else asked.command.words


def asks(asked: Asked) -> str:
    """Return a command as the end of a sentence about the code: ``"asks for activity `charge`"``."""
    verb = _VERBS.get(asked.variant)
    if verb is None:
        return f"asks for {noun(asked)}"
    return verb(getattr(asked.raw, asked.variant))


def happened(event: Any) -> str:
    """Return an event as a clause about the past: ``"activity `charge` was asked for"``."""
    kind = type_name(event.event_type)
    say = _EVENTS.get(kind)
    return say(attributes(event)) if say else f"there is {kind}"


def patch_of(event: Any) -> str:
    """Return the patch that an event is the marker of; empty when it is none."""
    if type_name(event.event_type) != "MarkerRecorded":
        return ""
    return str(marker_data(attributes(event), "patch-data").get("id", ""))


def _activity(kind: str, number: str) -> str:
    # The SDK numbers those that have no id of their own: that number says nothing to a reader.
    return f"activity `{kind}`" if number.isdigit() else f"activity `{kind}` with the id `{number}`"


def _child(kind: str, number: str) -> str:
    return f"child workflow `{kind}` with the id `{number}`"


def _target(body: Any) -> str:
    return str(getattr(body, "child_workflow_id", "") or body.workflow_execution.workflow_id)


def _failure(body: Any) -> str:
    return one_failure(innermost(body.failure))


_NOUNS: dict[str, _Say] = {
    "schedule_activity": lambda body: _activity(body.activity_type, body.activity_id),
    "schedule_local_activity": lambda body: f"local activity `{body.activity_type}`",
    "request_cancel_activity": lambda _: "the cancellation of an activity",
    "start_timer": lambda body: f"a timer of {seconds(body.start_to_fire_timeout)}",
    "cancel_timer": lambda _: "the cancellation of a timer",
    "start_child_workflow_execution": lambda body: _child(body.workflow_type, body.workflow_id),
    "cancel_child_workflow_execution": lambda _: "the cancellation of a child workflow",
    "signal_external_workflow_execution": lambda body: f"signal `{body.signal_name}` to workflow `{_target(body)}`",
    "request_cancel_external_workflow_execution": lambda body: f"the cancellation of workflow `{_target(body)}`",
    "set_patch_marker": lambda body: f"patch `{body.patch_id}`",
    "upsert_workflow_search_attributes": lambda _: "new search attributes",
    "modify_workflow_properties": lambda _: "a new memo",
    "complete_workflow_execution": lambda _: "the end of the run",
    "fail_workflow_execution": lambda body: f"the failure of the run ({_failure(body)})",
    "cancel_workflow_execution": lambda _: "the end of the run as cancelled",
    "continue_as_new_workflow_execution": lambda _: "continue-as-new",
}

_VERBS: dict[str, _Say] = {
    "complete_workflow_execution": lambda _: "ends the run",
    "fail_workflow_execution": lambda body: f"fails the run ({_failure(body)})",
    "cancel_workflow_execution": lambda _: "ends the run as cancelled",
    "continue_as_new_workflow_execution": lambda _: "continues as new",
    "cancel_timer": lambda _: "cancels a timer",
    "request_cancel_activity": lambda _: "cancels an activity",
    "cancel_child_workflow_execution": lambda _: "cancels a child workflow",
    "update_response": lambda body: (
        f"turns an update down ({one_failure(innermost(body.rejected))})"
        if body.HasField("rejected")
        else f"{'accepts' if body.HasField('accepted') else 'completes'} an update"
    ),
}


def _marker(body: Any) -> str:
    if body.marker_name == "core_local_activity":
        return f"local activity `{marker_data(body, 'data').get('activity_type', '?')}` ran"
    if body.marker_name == "core_patch":
        return f"the code took the patch `{marker_data(body, 'patch-data').get('id', '?')}`"
    return f"a marker `{body.marker_name}` was set"


_EVENTS: dict[str, _Say] = {
    "ActivityTaskScheduled": lambda body: f"{_activity(body.activity_type.name, body.activity_id)} was asked for",
    "ActivityTaskCancelRequested": lambda _: "the cancellation of an activity was asked for",
    "TimerStarted": lambda body: f"a timer of {seconds(body.start_to_fire_timeout)} was asked for",
    "TimerCanceled": lambda _: "a timer was cancelled",
    "MarkerRecorded": _marker,
    "StartChildWorkflowExecutionInitiated": lambda body: (
        f"{_child(body.workflow_type.name, body.workflow_id)} was asked for"
    ),
    "SignalExternalWorkflowExecutionInitiated": lambda body: (
        f"signal `{body.signal_name}` to workflow `{_target(body)}` was asked for"
    ),
    "RequestCancelExternalWorkflowExecutionInitiated": lambda body: (
        f"the cancellation of workflow `{_target(body)}` was asked for"
    ),
    "UpsertWorkflowSearchAttributes": lambda _: "search attributes were set",
    "WorkflowPropertiesModified": lambda _: "the memo was changed",
    "WorkflowExecutionUpdateAccepted": lambda body: f"update `{body.accepted_request.input.name}` was accepted",
    "WorkflowExecutionUpdateCompleted": lambda _: "an update was completed",
    "WorkflowExecutionCompleted": lambda _: "the run completed",
    "WorkflowExecutionFailed": lambda body: f"the run failed ({_failure(body)})",
    "WorkflowExecutionCanceled": lambda _: "the run ended as cancelled",
    "WorkflowExecutionContinuedAsNew": lambda _: "the run continued as new",
}
