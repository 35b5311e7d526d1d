"""One run of a workflow, as far as it is known, and the runs that an event leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from course_lib.history.pending import Pending
from course_lib.history.reading import attributes

Relation = Literal["root", "continued", "child"]

_CONTINUING = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    # These three name a next run when the workflow has a retry policy or a cron schedule.
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
)
_ENDING = (
    *_CONTINUING,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
)


@dataclass
class Run:
    """One run of one workflow, as far as it is known.

    Args:
        workflow_id: The workflow.
        run_id: The run; empty until the server said which one is the newest.
        relation: How it came to be looked at: it is the ``root``, or a run before it ``continued`` as it (also by
            retry or cron), or it is a ``child`` of a workflow.
        parent: Workflow id and run id of the run that led to it, None for the root.
        events: Its history so far. It grows. The server also tells of a workflow task that is under way but not yet
            written; when that turns out otherwise, the events from there on are replaced, and ``events`` is then
            another list.
        pending: What ``describe`` said last; None before the first time and after the run has ended.
        closed: Whether its last event is there.
        error: Why it cannot be followed (at the moment), in words; empty when it can.
    """

    workflow_id: str
    run_id: str
    relation: Relation
    parent: tuple[str, str] | None
    events: list[HistoryEvent] = field(default_factory=list)
    pending: Pending | None = None
    closed: bool = False
    error: str = ""

    def take(self, events: Sequence[HistoryEvent]) -> Sequence[HistoryEvent]:
        """Take what the server sent, which may begin with events that are known, and return what is new.

        Args:
            events: Without a gap among them.

        Raises:
            Gap: They do not follow on what is known.
        """
        known = self.events
        fresh = [event for event in events if event.event_id > len(known) or known[event.event_id - 1] != event]
        if not fresh:
            return []
        first = fresh[0].event_id
        if first > len(known) + 1:
            raise Gap(f"event {first} came after event {len(known)}")
        if first <= len(known):
            fresh = [event for event in events if event.event_id >= first]
            self.events = [*known[: first - 1], *fresh]
        else:
            known.extend(fresh)
        if any(event.event_type in _ENDING for event in fresh):
            self.closed = True
            self.pending = None
        return fresh


class Source(Protocol):
    """Where runs come from: a feed, or a history that is read once."""

    @property
    def runs(self) -> list[Run]:
        """The runs, root first."""


class Gap(Exception):
    """Events are missing between two pages."""


def next_run(event: HistoryEvent) -> str:
    """Return the run id of the run that the workflow goes on as after this event; empty when there is none."""
    return str(attributes(event).new_execution_run_id) if event.event_type in _CONTINUING else ""


def successors(event: HistoryEvent, run: Run, namespace: str) -> Iterator[Run]:
    """Yield the runs that an event leads to, at most one.

    Args:
        event: Of ``run``.
        run: The run that the event belongs to.
        namespace: A child in another namespace is not followed.
    """
    here = (run.workflow_id, run.run_id)
    if new := next_run(event):
        yield Run(run.workflow_id, new, "continued", here)
    elif event.event_type == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
        started = event.child_workflow_execution_started_event_attributes
        if started.namespace in ("", namespace):
            child = started.workflow_execution
            yield Run(child.workflow_id, child.run_id, "child", here)
