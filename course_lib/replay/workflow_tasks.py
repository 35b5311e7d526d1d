"""What a history says about its workflow tasks: which events each was told, and which commands it left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.history.failures import failure_text
from course_lib.history.reading import attributes, type_name
from course_lib.history.rules import RULES

# Events that a workflow task leaves behind without naming it in `workflow_task_completed_event_id`.
_UPDATES = ("WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted", "WorkflowExecutionUpdateRejected")
CLOSING = {
    "WorkflowExecutionCompleted": "completed",
    "WorkflowExecutionFailed": "failed",
    "WorkflowExecutionTimedOut": "timed out",
    "WorkflowExecutionCanceled": "cancelled",
    "WorkflowExecutionTerminated": "terminated",
    "WorkflowExecutionContinuedAsNew": "continued as new",
}


@dataclass
class Task:
    """A workflow task of a history.

    Args:
        started: Its WorkflowTaskStarted event.
        completed: Its WorkflowTaskCompleted event; 0 when it has none.
        failed: Why it failed, in words; empty when it did not.
        left: The events that its commands became, in order.
    """

    started: int
    completed: int = 0
    failed: str = ""
    left: list[Any] = field(default_factory=list)


def tasks(events: Sequence[Any]) -> dict[int, Task]:
    """Return the workflow tasks that a Worker took, by the number of their WorkflowTaskStarted event."""
    found: dict[int, Task] = {}
    current: Task | None = None
    for event in events:
        kind = type_name(event.event_type)
        body = attributes(event)
        if kind == "WorkflowTaskStarted":
            found[event.event_id] = Task(event.event_id)
            current = None
        elif kind == "WorkflowTaskCompleted":
            current = found.setdefault(body.started_event_id, Task(body.started_event_id))
            current.completed = event.event_id
        elif kind in ("WorkflowTaskFailed", "WorkflowTaskTimedOut"):
            task = found.get(body.started_event_id)
            if task is not None:  # one that timed out in the queue was taken by nobody
                task.failed = failed_words(kind, body)
            current = None
        elif current is not None:
            # Commands become events in the same write as WorkflowTaskCompleted, right behind it.
            if kind in _UPDATES or getattr(body, "workflow_task_completed_event_id", 0) == current.completed:
                current.left.append(event)
            else:
                current = None
    return found


def failed_words(kind: str, body: Any) -> str:
    """Return why a workflow task failed, in words."""
    if kind == "WorkflowTaskTimedOut":
        return "the Worker did not answer in time (the workflow task timed out)"
    if body.base_run_id or body.new_run_id:
        return f"the run was reset here{': ' + failure_text(body.failure) if body.HasField('failure') else ''}"
    get = RULES[kind].failure
    return str(get(body)) if get else kind


def closing(events: Sequence[Any]) -> tuple[str, Any] | None:
    """Return how a run ended, in words, and the event that says so; None while it is open."""
    for event in reversed(events):
        if words := CLOSING.get(type_name(event.event_type)):
            return words, event
    return None
