"""Lays the commands of a replay beside the events that the run's own commands became.

The SDK's core does this too, and its word counts; but it tells only that they differ, not which line is behind it. It
keeps the commands in a queue and takes one for each event (sdk-core, `workflow_machines`), and so does this. A command
too many is therefore seen only at the next event that a command left behind; when there is none, a Worker sends it with
the next workflow task, and all is well (a run of tests/replay proves that).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from course_lib.history.reading import attributes, type_name
from course_lib.history.rules import marker_data
from course_lib.replay.journeys import Command
from course_lib.replay.steps import Group

_ABANDON = 2  # ActivityCancellationType.ABANDON
_TERMINAL = {
    "complete_workflow_execution",
    "fail_workflow_execution",
    "cancel_workflow_execution",
    "continue_as_new_workflow_execution",
}
# Asked for and taken back in one workflow task: the server never hears of either.
_TAKEN_BACK = {
    "cancel_timer": ("start_timer", "seq"),
    "request_cancel_activity": ("schedule_activity", "seq"),
    "cancel_child_workflow_execution": ("start_child_workflow_execution", "child_workflow_seq"),
    "cancel_signal_workflow": ("signal_external_workflow_execution", "seq"),
    "request_cancel_nexus_operation": ("schedule_nexus_operation", "seq"),
}
_SILENT = {"respond_to_query", "cancel_signal_workflow", "request_cancel_local_activity", "schedule_local_activity"}


@dataclass(frozen=True)
class Asked:
    """A command, and where it was issued.

    Args:
        variant: Its kind, as the core calls it.
        raw: The core's message.
        command: The same in words.
        step: The step that issued it.
    """

    variant: str
    raw: Any
    command: Command
    step: int


@dataclass(frozen=True)
class Mismatch:
    """The first place at which code and history differ.

    Args:
        asked: What the code asks for; None when it asks for nothing.
        event: The event that says otherwise.
        step: The step in which it shows.
    """

    asked: Asked | None
    event: Any
    step: int


class Matching:
    """Compares one replay with its history.

    Args:
        groups: The replay's workflow tasks, in order.
    """

    def __init__(self, groups: list[Group]) -> None:
        self.mismatch: Mismatch | None = None
        self.pairs: list[tuple[Asked, Any]] = []  # what fits: the command and its event
        self._queue: deque[Asked] = deque()
        self._local: dict[int, Asked] = {}
        self._refused: Asked | None = None
        self._abandoned: set[int] = set()
        self._accepted: set[str] = set()
        for group in groups:
            if group.task is None:
                break
            self._queue.extend(self._sent(group))
            for event in group.task.left:
                if not self._fits(event):
                    head = self._instead(event, group)
                    self.mismatch = Mismatch(head, event, head.step if head is not None else group.steps[-1])
                    return

    @property
    def unheard(self) -> Asked | None:
        """A command that the code issues and no event of the history is about."""
        return self._queue[0] if self._queue else None

    def _sent(self, group: Group) -> Iterator[Asked]:
        """Yield what the server would hear of, in the order in which it would."""
        asked = [Asked(str(raw.WhichOneof("variant")), raw, command, step) for raw, command, step in group.commands()]
        taken: set[tuple[str, int]] = set()
        issued = {(each.variant, _body(each).seq) for each in asked if hasattr(_body(each), "seq")}
        for each in asked:
            if back := _TAKEN_BACK.get(each.variant):
                started, field = back
                number: int = getattr(_body(each), field)
                if (started, number) in issued:
                    taken |= {(started, number), (each.variant, number)}
        last: list[Asked] = []
        self._refused = None
        for each in asked:
            body = _body(each)
            index: int = getattr(body, "seq", getattr(body, "child_workflow_seq", 0))
            if each.variant == "schedule_local_activity":
                self._local[body.seq] = each
            if each.variant == "schedule_activity" and body.cancellation_type == _ABANDON:
                self._abandoned.add(body.seq)
            if each.variant == "update_response" and not self._answers(body):
                self._refused = each
                continue
            if (each.variant, index) in taken or each.variant in _SILENT:
                continue
            if each.variant == "request_cancel_activity" and index in self._abandoned:
                continue
            if each.variant in _TERMINAL:  # goes last, whatever else was asked for behind it
                last = last or [each]
                continue
            yield each
        yield from last

    def _answers(self, body: Any) -> bool:
        """Return whether an update's answer leaves an event: one that was turned down at the door leaves none."""
        if body.HasField("accepted"):
            self._accepted.add(body.protocol_instance_id)
        return body.protocol_instance_id in self._accepted

    def _instead(self, event: Any, group: Group) -> Asked | None:
        """Return what the code asks for where the history has an event that does not fit."""
        kind, body = type_name(event.event_type), attributes(event)
        number = marker_data(body, "data").get("seq", -1) if kind == "MarkerRecorded" else -1
        if (local := self._local.get(number)) is not None:
            return local
        if kind == "WorkflowExecutionUpdateAccepted" and self._refused is not None:
            return self._refused
        if self._queue:
            return self._queue[0]
        # A local activity leaves its event only when it has run, so it is not in the queue.
        return next((local for local in self._local.values() if local.step in group.steps), None)

    def _fits(self, event: Any) -> bool:
        kind, body = type_name(event.event_type), attributes(event)
        head = self._queue[0] if self._queue else None
        if kind == "MarkerRecorded" and body.marker_name == "core_local_activity":
            data = marker_data(body, "data")
            asked = self._local.get(data.get("seq", -1))
            return asked is not None and _body(asked).activity_type == data.get("activity_type")
        if kind == "MarkerRecorded" and (head is None or head.variant != "set_patch_marker"):
            return bool(marker_data(body, "patch-data").get("deprecated"))  # such a one may be missing
        if _is_versions(kind, body) and (head is None or head.variant != "upsert_workflow_search_attributes"):
            return True  # the core wrote it on its own, beside a patch's marker
        test = _PAIRS.get(kind)
        if test is None:
            return True  # an event of a newer server: the core judges it
        if head is None or not test(head.variant, _body(head), body):
            return False
        self.pairs.append((self._queue.popleft(), event))
        return True


def _body(asked: Asked) -> Any:
    return getattr(asked.raw, asked.variant)


def _is_versions(kind: str, body: Any) -> bool:
    return kind == "UpsertWorkflowSearchAttributes" and set(body.search_attributes.indexed_fields) == {
        "TemporalChangeVersion"
    }


def _only(*variants: str) -> Callable[[str, Any, Any], bool]:
    return lambda variant, _, __: variant in variants


def _activity(variant: str, command: Any, event: Any) -> bool:
    return (
        variant == "schedule_activity"
        and command.activity_type == event.activity_type.name
        and command.activity_id == event.activity_id
    )


def _child(variant: str, command: Any, event: Any) -> bool:
    return (
        variant == "start_child_workflow_execution"
        and command.workflow_type == event.workflow_type.name
        and command.workflow_id == event.workflow_id
    )


def _patch(variant: str, command: Any, event: Any) -> bool:
    return variant == "set_patch_marker" and command.patch_id == marker_data(event, "patch-data").get("id")


def _update(*answers: str) -> Callable[[str, Any, Any], bool]:
    return lambda variant, command, _: variant == "update_response" and command.WhichOneof("response") in answers


# Which command becomes which event, and what the core compares of it.
_PAIRS: dict[str, Callable[[str, Any, Any], bool]] = {
    "ActivityTaskScheduled": _activity,
    "ActivityTaskCancelRequested": _only("request_cancel_activity"),
    "TimerStarted": _only("start_timer"),
    "TimerCanceled": _only("cancel_timer"),
    "MarkerRecorded": _patch,
    "StartChildWorkflowExecutionInitiated": _child,
    "SignalExternalWorkflowExecutionInitiated": _only("signal_external_workflow_execution"),
    "RequestCancelExternalWorkflowExecutionInitiated": _only(
        "cancel_child_workflow_execution", "request_cancel_external_workflow_execution"
    ),
    "UpsertWorkflowSearchAttributes": _only("upsert_workflow_search_attributes"),
    "WorkflowPropertiesModified": _only("modify_workflow_properties"),
    "WorkflowExecutionUpdateAccepted": _update("accepted"),
    "WorkflowExecutionUpdateCompleted": _update("completed", "rejected"),
    "NexusOperationScheduled": _only("schedule_nexus_operation"),
    "NexusOperationCancelRequested": _only("request_cancel_nexus_operation"),
    "WorkflowExecutionCompleted": _only("complete_workflow_execution"),
    "WorkflowExecutionFailed": _only("fail_workflow_execution"),
    "WorkflowExecutionCanceled": _only("cancel_workflow_execution"),
    "WorkflowExecutionContinuedAsNew": _only("continue_as_new_workflow_execution"),
}
