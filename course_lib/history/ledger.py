"""The spans of one run while its events are read: what is open, what has ended, and what has changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from course_lib.history.attempts import Activity
from course_lib.history.moments import moment, optional_moment
from course_lib.history.payloads import joined
from course_lib.history.pending import Pending
from course_lib.history.span import Span, SpanKind, SpanStatus

TASKS = "workflow tasks"
_DETAILED = 500


class Ledger:
    """Spans of a run, opened, begun and closed by the number of their first event, in the order of the events.

    A view that grows reads event by event, and asks after each few only for what `changed`.

    Attributes:
        type: The type of the event that is being read.
        workflow_id: The workflow.
        pause: The number of the event with which the run was paused; 0 when it is not.
        changed: First events of what has changed since the one who looks emptied it. A workflow's end closes
            everything that is still open.
        admitted: The first events of updates that wait to be accepted, by update id.
    """

    def __init__(self) -> None:
        self.type = ""
        self.workflow_id = ""
        self.pause = 0
        self.changed: set[int] = set()
        self.admitted: dict[str, int] = {}
        self._spans: dict[int, Span | None] = {}  # by first event, in the order of opening; None: an activity
        self._activities: dict[int, Activity] = {}
        self._end: datetime | None = None

    # ------------------------------------------------------------ opening and closing

    def open(
        self, event: Any, kind: SpanKind, lane: str, name: str, detail: str = "", *, waiting: bool = False,
        attempt: int | None = None,
    ) -> None:  # fmt: skip
        """Begin a span with an event.

        Args:
            event: Its first event.
            kind: What it is.
            lane: Which lane it stands in.
            name: What it is called.
            detail: Its payloads, cut.
            waiting: Whether it only was asked for; `begin` says when it began.
            attempt: Which attempt it is, if there was one before.
        """
        start = moment(event.event_time)
        status: SpanStatus = "waiting" if waiting else "running"
        self._spans[event.event_id] = Span(lane, kind, name, start, None, status, attempt, event.event_id, None, detail)
        self.changed.add(event.event_id)

    def begin(self, first: int, event: Any) -> None:
        """Have what was asked for begin; an event of which nothing was opened changes nothing.

        Args:
            first: The span's first event.
            event: The event with which it began.
        """
        if span := self._spans.get(first):
            start = max(span.start, moment(event.event_time))
            self._spans[first] = span._replace(start=start, waited_from=span.start, status="running")
            self.changed.add(first)

    def close(self, first: int, event: Any, status: SpanStatus, detail: str = "") -> None:
        """End a span; an event of which nothing was opened changes nothing.

        Args:
            first: The span's first event.
            event: Its last event.
            status: How it ended.
            detail: Its result or its failure, added to what is known.
        """
        if span := self._spans.get(first):
            text = joined(span.detail, detail)
            end = max(span.start, moment(event.event_time))
            self._spans[first] = span._replace(end=end, status=status, last_event=event.event_id, detail=text)
            self.changed.add(first)
            if span.kind == "workflow":
                self._end = end
                self.hush(self.pause)
                self.changed |= self.open_items()

    def hush(self, first: int) -> None:
        """Say no more about a span than that it was.

        Args:
            first: The span's first event.
        """
        if span := self._spans.get(first):
            self._spans[first] = span._replace(detail="")

    def point(self, event: Any, kind: SpanKind, lane: str, name: str, detail: str) -> None:
        """Note what happened in one moment.

        Args:
            event: The event.
            kind: What it is.
            lane: Which lane it stands in.
            name: What it is called.
            detail: Its payloads, cut.
        """
        at = moment(event.event_time)
        number = event.event_id
        self.put(Span(lane, kind, name, at, at, "point", None, number, number, detail))

    def put(self, span: Span) -> None:
        """Note a span that is known from its beginning to its end.

        Args:
            span: The span; its first event numbers it.
        """
        self._spans[span.first_event] = span
        self.changed.add(span.first_event)

    def withdraw(self, first: int) -> Span | None:
        """Take a span back, because another event tells the same better.

        Args:
            first: The span's first event.
        """
        if (span := self._spans.pop(first, None)) is not None:
            self.changed.add(first)
        return span

    def schedule(self, event: Any, attributes: Any) -> None:
        """Begin an activity, whose attempts are spans that only the whole of its events tells.

        Args:
            event: The event with which it was scheduled.
            attributes: That event's attributes.
        """
        self._activities[event.event_id] = Activity(event, attributes)
        self._spans[event.event_id] = None
        self.changed.add(event.event_id)

    def activity(self, first: int) -> Activity | None:
        """Return an activity about which there is something new.

        Args:
            first: The event with which it was scheduled.
        """
        if (activity := self._activities.get(first)) is not None:
            self.changed.add(first)
        return activity

    # ------------------------------------------------------------ the end

    def finish(self, pending: Pending) -> list[Span]:
        """Return all spans, in the order in which they were asked for.

        Args:
            pending: What the server knows beyond the history.
        """
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
                text = joined(span.detail, "the workflow ended first")
                status: SpanStatus = "left" if span.kind in ("child", "nexus", "update") else "cancelled"
                span = span._replace(end=max(span.start, self._end), status=status, detail=text)
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
        task = pending.workflow_task  # a retry is not written into the history
        if any(span.kind == "workflow_task" and span.end is None for span in found):
            return None
        asked = optional_moment(task, "scheduled_time")
        begun = optional_moment(task, "started_time")
        if asked is None:
            return None
        last = max((span.last_event or span.first_event for span in found), default=1)
        detail = f"attempt {task.attempt}: the task failed before and is retried" if task.attempt > 1 else ""
        return Span(
            TASKS, "workflow_task", "workflow task", begun or asked, None, "running" if begun else "waiting",
            task.attempt, last, None, detail, asked if begun else None,
        )  # fmt: skip
