"""An event loop that ``nest_asyncio`` cannot reach.

Code pasted from the docs calls ``asyncio.run(main())`` in a cell, and the course then patches asyncio in the kernel.
That patch replaces methods of the kernel loop's *class* and the Task and Future classes of the whole process; a
Worker whose loop has the same class would run on patched code from that moment on. Source: nest_asyncio2 1.7.4,
``_patch_loop`` and ``_patch_asyncio``.
"""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from course_lib.private import futures

if TYPE_CHECKING or sys.platform != "win32":
    _Base = asyncio.SelectorEventLoop
else:
    # A kernel on Windows runs a selector loop, so the proactor loop's class stays untouched (and can run subprocesses).
    _Base = asyncio.ProactorEventLoop


def _new_task(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **kwargs: Any) -> "asyncio.Task[Any]":
    return futures.Task(coro, loop=loop, **kwargs)


class WorkerLoop(_Base):
    """The event loop of one Worker, with asyncio's own methods whatever is patched elsewhere."""

    if sys.platform != "win32":
        vars().update(futures.LOOP_METHODS)

    def __init__(self) -> None:
        super().__init__()
        self.set_task_factory(_new_task)  # type: ignore[arg-type]

    def create_future(self) -> "asyncio.Future[Any]":
        """Return a future of asyncio's own C class."""
        return futures.Future(loop=self)
