"""A workflow task that fails again and again: what the history holds of it, and what the newest code does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHandle

from course_lib.cells.names import parts
from course_lib.diagnosis.diagnosis import Diagnosis
from course_lib.diagnosis.facts import Pollers
from course_lib.diagnosis.failing import known_fix, learners_line
from course_lib.diagnosis.newest import Newest, newest, newest_revision
from course_lib.history import Described
from course_lib.history.failures import chain, failure_text
from course_lib.history.reading import type_name

_FILE = re.compile(r'File "[^"]*?(?P<module>\w+__r\d+)\.py"')


@dataclass(frozen=True)
class Recorded:
    """The failure that the history holds.

    Args:
        failure: The failure.
        identity: The Worker that reported it.
        attempt: Which attempt of the workflow task it ended.
        event: The event.
    """

    failure: Failure
    identity: str
    attempt: int
    event: int

    def revisions(self) -> dict[str, int]:
        """Return the revision of each module cell that the failure came through."""
        stacks = "\n".join(link.stack_trace for link in chain(self.failure))
        return {name: number for module in _FILE.findall(stacks) for name, number in [parts(module)]}

    def replaced(self, polled: Pollers) -> bool:
        """Return whether the Worker that reported it surely polls no more, and another one does.

        Args:
            polled: Who polls the run's queue.
        """
        return bool(polled.ages) and self.identity not in polled.ages

    def edited(self) -> bool:
        """Return whether a module cell that it came through has run again since, with another text."""
        return any(newest_revision(name) > number for name, number in self.revisions().items())

    def by(self, polled: Pollers) -> str:
        """Return what is known of the code behind it, in words.

        Args:
            polled: Who polls the run's queue.
        """
        who = " and ".join(f"revision {number} of {name}" for name, number in self.revisions().items())
        changed = "your code has changed since" if self.edited() else ""
        gone = f"“{self.identity}”, which polls no more" if self.replaced(polled) else ""
        return "; ".join(part for part in (who or gone, changed) if part)


def recorded(events: list[Any]) -> Recorded | None:
    """Return the last failure of a workflow task that the history holds; None when it timed out instead.

    Args:
        events: The newest events, newest first.
    """
    by_id = {event.event_id: event for event in events}
    for event in events:
        kind = type_name(event.event_type)
        if kind == "WorkflowTaskTimedOut":
            return None
        if kind == "WorkflowTaskFailed":
            said = event.workflow_task_failed_event_attributes
            asked = by_id.get(said.scheduled_event_id)
            attempt = asked.workflow_task_scheduled_event_attributes.attempt if asked is not None else 1
            return Recorded(said.failure, said.identity, attempt, event.event_id)
    return None


async def find(
    handle: WorkflowHandle[Any, Any], described: Described, then: Recorded, polled: Pollers, queue: str, limit: float
) -> Diagnosis:
    """Return why the workflow task fails now, as far as that can be known.

    Args:
        handle: The run.
        described: What the server says about it.
        then: The recorded failure.
        polled: Who polls its queue.
        queue: Its task queue.
        limit: Seconds for all of it.
    """
    error, line, fix = failure_text(then.failure), learners_line(then.failure), known_fix(then.failure)
    details = [("attempt", str(described.raw_description.pending_workflow_task.attempt)), ("event", str(then.event))]
    if polled.none:
        details.append(("polling now", "nobody"))
    if then.replaced(polled) or then.edited():
        details.append(("recorded", f"at attempt {then.attempt} by {then.by(polled)}"))
        now = await newest(handle, described, queue, limit)
        if now is None:
            return _only(error, line, fix, details)
        if not now.error:
            return _gets_past(now, error, polled, details)
        if (now.error, now.line) != (error, line):
            details += [("error then", error), ("error now", f"seen in a replay with {now.code}")]
        error, line, fix = now.error, now.line, now.fix
        if now.served is False:
            details.append(("the Worker", "still runs an older revision: run its cell again, too"))
    fix = fix or (
        ("fix that line, " if line else "fix the error, ")
        + "run the module's cell and the Worker's cell again: the workflow goes on by itself."
    )
    return _failing(
        f"The workflow task fails and is retried: {error}" + (f" (at {line})" if line else "."),
        fix,
        [("error", error), *([("your line", line)] if line else []), *details],
    )


def _failing(what: str, fix: str, details: list[tuple[str, str]]) -> Diagnosis:
    return Diagnosis("workflow_task_failing", what, fix, tuple(details))


def _only(error: str, line: str, fix: str, details: list[tuple[str, str]]) -> Diagnosis:
    what = "The workflow task fails and is retried. The server records the first failure of a row only"
    where = f" (at {line} then)." if line else "."
    fix = fix or "look into the Worker's log for the newest failure, and fix that."
    return _failing(f"{what}: {error}{where}", fix, [("error then", error), *details])


def _gets_past(now: Newest, error: str, polled: Pollers, details: list[tuple[str, str]]) -> Diagnosis:
    if polled.none:
        what = f"The workflow task failed ({error}), and no Worker polls now."
        fix = f"run the Worker's cell: {now.code} gets past that error, and the workflow then goes on by itself."
    elif now.served is False:
        what = f"The Worker still runs an older revision of your code, which fails: {error}."
        fix = f"run the Worker's cell again: {now.code} gets past that error, and the workflow goes on by itself."
    else:
        what = f"The workflow task failed ({error}), but {now.code} gets past that error."
        wait = "wait: the server's next attempt succeeds by itself"
        fix = f"{wait}." if now.served else f"{wait} if the Worker runs that code; else start the Worker again."
    return _failing(what, fix, [("error then", error), *details])
