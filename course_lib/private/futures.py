"""asyncio: what a task waits for, and its classes as they were before any patch. Read on Python 3.11 to 3.14."""

import _asyncio
import asyncio
import asyncio.base_events
from collections.abc import Iterator
from typing import Any

Task, Future = _asyncio.Task, _asyncio.Future
"""The classes written in C. ``asyncio.Task`` and ``asyncio.Future`` are attributes, which nest_asyncio replaces."""

Loop = asyncio.base_events.BaseEventLoop
LOOP_METHODS = {
    name: getattr(Loop, name) for name in ("run_forever", "run_until_complete", "_run_once", "_check_running")
}
"""What nest_asyncio replaces in the class of a loop."""

LOOP_CALL = asyncio.Handle._run.__code__
"""The code of the loop's own call: below it on a stack there is only the loop."""

WAIT = "_wait"
"""The code of ``asyncio.wait`` that waits; ``fs`` in its frame are the futures."""


def waits_for(task: Any) -> Any:
    """Return the future that a task waits for; None for one that runs, and for what is no task."""
    return getattr(task, "_fut_waiter", None)


def parts(future: Any) -> list[Any]:
    """Return the futures that ``asyncio.gather`` has put into one; empty for any other future."""
    return getattr(future, "_children", None) or []


def group(frame_self: Any) -> set[Any]:
    """Return the tasks of an ``asyncio.TaskGroup`` that have not ended."""
    found: set[Any] = frame_self._tasks
    return found


def shielded(future: Any) -> Iterator[Any]:
    """Yield what ``asyncio.shield`` hides: its outer future knows the inner one only through a callback's closure."""
    for callback, _ in getattr(future, "_callbacks", None) or ():
        if getattr(callback, "__qualname__", "").startswith("shield.<locals>"):
            for cell in callback.__closure__ or ():
                if isinstance(cell.cell_contents, asyncio.Future) and cell.cell_contents is not future:
                    yield cell.cell_contents
