"""The newest failure of a workflow task that fails again and again: the server records the first one of a row only.

After an edit that did not help, the recorded error is that of code which is gone. So the history is replayed with the
newest code that this process knows, as the server's next attempt will do.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from temporalio.client import WorkflowHandle

from course_lib import history
from course_lib.cells.names import parts
from course_lib.diagnosis.facts import asked
from course_lib.diagnosis.failing import known_fix, learners_line
from course_lib.errors import CourseError
from course_lib.history.failures import failure_text
from course_lib.private.sdk import workflow_type
from course_lib.workers import running_workers

_LARGE = 2000  # events; more of them take longer to replay than a diagnosis may


@dataclass(frozen=True)
class Newest:
    """What the newest code does with the workflow task that fails.

    Args:
        code: Which code, in words.
        served: Whether a Worker runs it; None when that is not known.
        error: Why the task fails with it, too; empty when it would complete.
        line: The learner's line behind the error; empty when there is none.
        fix: What helps against a well-known error; empty for any other.
    """

    code: str
    served: bool | None
    error: str = ""
    line: str = ""
    fix: str = ""


_known: dict[tuple[str, int, type], Newest] = {}


async def newest(
    handle: WorkflowHandle[Any, Any], described: history.Described, queue: str, limit: float
) -> Newest | None:
    """Replay a run whose workflow task fails with the newest code.

    Args:
        handle: The run.
        described: What the server says about it.
        queue: Its task queue.
        limit: Seconds for all of it.

    Returns:
        What that code does; None when there is no class at hand, or no answer in time.
    """
    from course_lib.replay import Divergence, outlook

    cls, running = _class_of(described.workflow_type, queue)
    if cls is None or described.history_length > _LARGE:
        return None
    code, served = _words(cls), None if running is None else cls is running
    key = (described.run_id, described.history_length, cls)
    if key in _known:  # a wait that is looked at every second does not replay, and print, every second
        return replace(_known[key], served=served)
    try:
        async with asyncio.timeout(limit):
            recorded = await asked(history.fetch(handle), limit)
            if recorded is None:
                return None
            converter = history.client_of(handle).data_converter
            found = await outlook(recorded, cls, patience=limit, converter=converter)
    except (TimeoutError, CourseError):
        return None
    if found is None:
        told = Newest(code, served)
    elif isinstance(found, Divergence):
        module, _ = parts(cls.__module__)
        line = f"{module}, line {found.line}: {found.source}" if found.line else ""
        told = Newest(code, served, found.what.rstrip("."), line, found.advice)
    else:
        told = Newest(code, served, failure_text(found), learners_line(found), known_fix(found))
    _known.clear()
    _known[key] = told
    return told


def _class_of(name: str, queue: str) -> tuple[type | None, type | None]:
    """Return the newest class of a workflow type, and the one that a Worker of this process runs on that queue."""
    workers = [worker for worker in running_workers() if worker.task_queue == queue]
    running = next((cls for worker in workers for cls in worker.workflows if workflow_type(cls) == name), None)
    cells = [cls for cls in _cells() if workflow_type(cls) == name]
    if workers and running is None:
        return None, None  # it would run no code of that type
    if running is not None:
        base, number = parts(running.__module__)
        later = [cls for cls in cells if number and parts(cls.__module__)[0] == base]
        return (later[0] if later else running), running
    # Two of one name: whose turn it is, only their Worker knows.
    return (cells[0] if len(cells) == 1 else None), None


def _cells() -> Iterator[type]:
    """Yield the classes that the newest revisions of module cells define."""
    for name, module in list(sys.modules.items()):
        revision = getattr(module, "__name__", "")
        # A kernel has the newest revision of `orders` under that name, too.
        if revision != name and parts(revision) == (name, newest_revision(name)):
            yield from (
                thing for thing in list(vars(module).values())
                if isinstance(thing, type) and thing.__module__ == revision
            )  # fmt: skip


def newest_revision(name: str) -> int:
    """Return the newest revision of a module cell that this process knows; 0 when there is none."""
    base, number = parts(getattr(sys.modules.get(name), "__name__", ""))
    return number if base == name else 0


def _words(cls: type) -> str:
    name, number = parts(cls.__module__)
    return f"revision {number} of {name}" if number else f"the class {cls.__name__}"
