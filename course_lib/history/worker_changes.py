"""Moments between the lines of a history: another Worker took over, a run was replayed. Only what the history proves.

A Worker keeps the runs that it works on in a cache, and the server sends it their further workflow tasks on a queue of
its own (the sticky one). A Worker that has not kept a run must replay it first. The history tells of it in two places:
the identity in ``WorkflowTaskStarted``, and the kind of the queue in ``WorkflowTaskScheduled``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from temporalio.api.enums.v1 import EventType, TaskQueueKind
from temporalio.api.history.v1 import HistoryEvent

from course_lib.history.moments import moment


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
    found: list[Mark] = []
    last = ""  # who carried out the last workflow task
    known: set[str] = set()  # every Worker so far
    sticky = ""  # the queue of the Worker that held the run last; each Worker makes a name of its own
    shared = True  # whether the task that is due is on the queue that all Workers share
    done = 0  # the last event that a replay repeats: the end of the last task that was completed
    failed = False
    for event in events:
        kind = event.event_type
        if kind == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
            queue = event.workflow_task_scheduled_event_attributes.task_queue
            shared = queue.kind != TaskQueueKind.TASK_QUEUE_KIND_STICKY
            sticky = sticky if shared else queue.name
        elif kind == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            done, failed = event.event_id, False
        elif kind == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failed = True
        # A start without an identity: the server answered the end of the task before with the next one, as it does when
        # an update waits. Only the Worker that ended that one can have it, and the event does not name it again.
        if not (worker := event.workflow_task_started_event_attributes.identity):
            continue
        replayed = f"events 1 to {done}"
        if last and worker != last:
            fresh = worker not in known and done
            more = f"; it had never seen this run, so it replayed {replayed} first" if fresh else ""
            found.append(_mark("worker", event, f"Worker {worker} took over from {last}{more}"))
        elif done and failed:
            text = f"the task before failed, and a Worker drops such a run from its cache: it replayed {replayed}"
            found.append(_mark("replay", event, f"{text} before this attempt"))
        elif done and shared and sticky:
            text = (
                "this task came through the queue that all Workers share, not to the Worker that held the run: without "
                f"the run in its cache, a Worker replays {replayed} first"
            )
            found.append(_mark("replay", event, text))
        last = worker
        known.add(worker)
    return found


def _mark(kind: Literal["worker", "replay"], event: HistoryEvent, text: str) -> Mark:
    return Mark(kind, moment(event.event_time), event.event_id, text)
