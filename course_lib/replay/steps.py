"""What the probe saw becomes steps; workflow tasks that failed in the history become steps between them.

The core never replays a failed workflow task: it hands out the next one that completed, with the events of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from course_lib.history.failures import innermost, one_failure
from course_lib.history.moments import moment
from course_lib.history.rules import marker_data
from course_lib.replay.journeys import Command, Step
from course_lib.replay.places import Places
from course_lib.replay.probe import Record, Seen
from course_lib.replay.workflow_tasks import Task, closing, tasks

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_BEFORE = Step(-1, 0, 0, datetime.min, (), (), (), _NOTHING, _NOTHING, _NOTHING, "")  # the first step


@dataclass
class Group:
    """All that belongs to one workflow task: its first activation, and one more for each local activity.

    Args:
        event: The last event that it was told; its WorkflowTaskStarted in a whole history.
        task: What the history says about it; None when it has not completed there.
        seen: The activations.
        steps: Their steps' numbers.
    """

    event: int
    task: Task | None
    seen: list[Seen] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def commands(self) -> list[tuple[Any, Command, int]]:
        """Return what the code asked for: the SDK's message, in words, and the step."""
        return [
            (raw, command, step)
            for seen, step in zip(self.seen, self.steps, strict=True)
            for raw, command in zip(seen.raw, seen.commands, strict=False)
        ]


class Steps:
    """The steps of a journey.

    Args:
        events: The history.
        record: What the probe saw.
    """

    def __init__(self, events: Sequence[Any], record: Record) -> None:
        self.all: list[Step] = []
        self.groups: list[Group] = []
        self.live: int | None = None
        self._events = events
        self._places = record.places
        history = tasks(events)
        failed = [task for task in history.values() if task.failed]
        over = closing(events) is not None
        for event, several in groupby(record.seen, key=lambda seen: seen.event):
            task = history.get(event)
            done = task if task is not None and task.completed else None
            if done is None and over:
                break  # the run ended before this workflow task did: none of this happened
            while failed and failed[0].started < event:
                self._attempt(failed.pop(0))
            group = Group(event, done, list(several))
            if done is None:
                self.live = len(self.all)
            for number, seen in enumerate(group.seen):
                group.steps.append(len(self.all))
                self._step(seen, event if number == 0 else self._told(seen, done))
            self.groups.append(group)
        for task in failed:
            if not self.all or task.started > self.all[-1].last_event:
                self._attempt(task)

    @property
    def _last(self) -> Step:
        return self.all[-1] if self.all else _BEFORE

    def _step(self, seen: Seen, last: int) -> None:
        old = self._last.state
        changed: Mapping[str, tuple[str | None, str | None]] = _NOTHING
        if seen.state is not old:
            changed = {
                name: (old.get(name), seen.state.get(name))
                for name in (*seen.state, *(name for name in old if name not in seen.state))
                if old.get(name) != seen.state.get(name)
            }
        self._add(
            last,
            time=seen.time,
            jobs=seen.jobs,
            commands=seen.commands,
            waits=seen.waits,
            state=seen.state,
            changed=changed,
            answers=seen.answers,
            failed=failure_words(seen.failure, self._places) if seen.failure is not None else "",
        )

    def _attempt(self, task: Task) -> None:
        """Add a step for a workflow task that failed in the history: nothing of what it did remains."""
        time = moment(self._events[task.started - 1].event_time)
        self._add(task.started, time=time, jobs=(), commands=(), changed=_NOTHING, failed=task.failed)

    def _add(self, last: int, **what: Any) -> None:
        """Add a step, which is like the one before in all that is not named."""
        told = self._last.last_event
        last = max(last, told)
        first = min(told + 1, last)
        self.all.append(replace(self._last, number=len(self.all), first_event=first, last_event=last, **what))

    @staticmethod
    def _told(seen: Seen, task: Task | None) -> int:
        """Return the last marker that told of a local activity: it stands behind the workflow task's end."""
        told = [0]
        for event in task.left if task is not None else ():
            body = event.marker_recorded_event_attributes
            if body.marker_name == "core_local_activity" and marker_data(body, "data").get("seq") in seen.resolved:
                told.append(event.event_id)
        return max(told)


def failure_words(failure: Any, places: Places) -> str:
    """Return why a workflow task failed, with the learner's line if it is known."""
    text = one_failure(innermost(failure))
    line = failing_line(failure, places)
    return f"{text} (line {line}: {places.text(line)})" if line is not None else text


def failing_line(failure: Any, places: Places) -> int | None:
    """Return the innermost line of the journey's file in a failure's stack trace."""
    found = None
    while True:
        for text in failure.stack_trace.splitlines():
            head, _, rest = text.strip().partition('", line ')
            if head == f'File "{places.file}':
                found = int(rest.partition(",")[0])
        if not failure.HasField("cause"):
            return found
        failure = failure.cause
