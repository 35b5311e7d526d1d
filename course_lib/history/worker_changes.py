"""Moments between the lines of a history: another Worker took over, a run was replayed. Only what the history proves.

A Worker keeps the runs that it works on in a cache, and the server sends it their further workflow tasks on a queue of
its own (the sticky one). A Worker that has not kept a run must replay it first. The history tells of it in two places:
the identity in ``WorkflowTaskStarted``, and the kind of the queue in ``WorkflowTaskScheduled``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from temporalio.api.enums.v1 import EventType, TaskQueueKind

from course_lib.history.moments import moment

if TYPE_CHECKING:
    from temporalio.api.history.v1 import HistoryEvent


class Mark(NamedTuple):
    """A moment at which the run changed hands.

    Args:
        kind: ``worker``: another Worker took over. ``replay``: the run went on from its history.
        time: When, UTC.
        event: The number of the ``WorkflowTaskStarted`` event that shows it.
        text: What happened, in words.
    """

    kind: Literal["worker", "replay"]
    time: datetime
    event: int
    text: str


def marks(events: Iterable[HistoryEvent]) -> list[Mark]:
    """Return where a run changed hands, in order.

    Args:
        events: Of one run, from its first event on.
    """
    reader = _Reader()
    for event in events:
        if handler := _HANDLERS.get(event.event_type):
            handler(reader, event)
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: list[Mark] = []
        self._worker = ""  # who carried out the last workflow task
        self._known: set[str] = set()  # every Worker so far
        self._sticky = ""  # the queue of the Worker that held the run last; each Worker makes a name of its own
        self._shared = True  # whether the task that is due is on the queue that all Workers share
        self._done = 0  # the last event that a replay repeats: the end of the last task that was completed
        self._failed = False

    def scheduled(self, event: HistoryEvent) -> None:
        queue = event.workflow_task_scheduled_event_attributes.task_queue
        self._shared = queue.kind != TaskQueueKind.TASK_QUEUE_KIND_STICKY
        if not self._shared:
            self._sticky = queue.name

    def started(self, event: HistoryEvent) -> None:
        worker = event.workflow_task_started_event_attributes.identity
        if not worker:
            # The server answered the end of the task before with the next one, as it does when an update waits. Only
            # the Worker that ended that one can have it, and the event does not name it a second time.
            return
        replayed = f"events 1 to {self._done}"
        if self._worker and worker != self._worker:
            fresh = worker not in self._known and self._done
            more = f"; it had never seen this run, so it replayed {replayed} first" if fresh else ""
            self._add("worker", event, f"Worker {worker} took over from {self._worker}{more}")
        elif self._done and self._failed:
            self._add(
                "replay", event, "the task before failed, and a Worker drops such a run from its cache: "
                f"it replayed {replayed} before this attempt",
            )  # fmt: skip
        elif self._done and self._shared and self._sticky:
            self._add(
                "replay", event, "this task came through the queue that all Workers share, not to the Worker that "
                f"held the run: without the run in its cache, a Worker replays {replayed} first",
            )  # fmt: skip
        self._worker = worker
        self._known.add(worker)

    def completed(self, event: HistoryEvent) -> None:
        self._done, self._failed = event.event_id, False

    def failed(self, event: HistoryEvent) -> None:
        self._failed = True

    def _add(self, kind: Literal["worker", "replay"], event: HistoryEvent, text: str) -> None:
        self.found.append(Mark(kind, moment(event.event_time), event.event_id, text))


_HANDLERS: dict[int, Any] = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: _Reader.scheduled,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED: _Reader.started,
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED: _Reader.completed,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: _Reader.failed,
}
