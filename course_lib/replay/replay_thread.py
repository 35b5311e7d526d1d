"""One run of the SDK's `Replayer` that always ends.

The Replayer has no limit and cannot be cancelled: it waits for the core's last word and for its threads, and both may
never come (a history without a workflow task; code that swallows its interruption). So it runs in a thread with a loop
of its own, which is left behind when it stands still or only computes; the kernel never waits for it.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, InvalidStateError
from functools import cache
from typing import Any

from temporalio.runtime import Runtime, TelemetryConfig

from course_lib.private.sdk import REPLAY_LOGGERS
from course_lib.workers.blame import running_line
from course_lib.workers.executor import DaemonExecutor
from course_lib.workers.isolated_loop import WorkerLoop
from course_lib.workers.waiting import Still, settle, wait_while_moving

# What the SDK tells the log about a failed replay, the journey tells the learner, and better.
_LOGGERS = (
    *REPLAY_LOGGERS,
    "temporalio.workflow",  # the learner's own messages, which the last step would repeat
    "asyncio",
)
_THREADS = "course-replay"
_LAST = 2.5  # seconds to stand still or compute, once all is known; the SDK tries to put code away every two seconds
_PUSHES = 20
_PAUSE = 0.05  # seconds between two pushes


_KEPT: set["asyncio.Task[Any]"] = set()  # of replays that were left behind


class Stuck(Exception):
    """The replay did not end.

    Args:
        line: The learner's line that ran at that moment, in words; empty when none did.
    """

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class _Interrupted(BaseException):
    """Raised in a thread that does not end by itself; no ``except Exception`` of the learner's stops it."""


@cache
def _silence() -> logging.Filter:
    """Keep the records of the replays' own threads out of the log; all others pass."""
    found = logging.Filter()
    found.filter = lambda record: not (record.threadName or "").startswith(_THREADS)  # type: ignore[method-assign]
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(found)
    return found


@cache
def runtime() -> Runtime:
    """Return the runtime of all replays: its core logs nowhere, so no divergence is shouted into the notebook."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


async def _settle() -> None:
    """Let the loop close the Replayer's generator, which it leaves open: that takes two turns."""
    for _ in range(3):
        await asyncio.sleep(0)


class ReplayThread:
    """One thread for one replay."""

    def __init__(self) -> None:
        self.executor = DaemonExecutor(4, f"{_THREADS}-task")
        self._loop = WorkerLoop()
        self._done: Future[Any] = Future()
        self._heard: Future[None] = Future()
        self._left = False
        self._thread: threading.Thread | None = None

    def heard(self) -> None:
        """Say that all is known: what is left of the replay gets a short while to end; from any thread."""
        with contextlib.suppress(InvalidStateError):
            self._heard.set_result(None)

    async def run(self, work: Callable[[], Coroutine[Any, Any, Any]], patience: float) -> Any:
        """Run a coroutine in the thread and await its end.

        Args:
            work: Makes the coroutine, in the thread.
            patience: Seconds for which it may stand still, and CPU seconds that it may use, until it is left behind.

        Returns:
            What the coroutine returned.

        Raises:
            Stuck: It did not end.
        """
        self._thread = threading.Thread(target=self._serve, args=(work,), name=_THREADS, daemon=True)
        self._thread.start()
        first: Future[None] = Future()
        for future in (self._done, self._heard):
            future.add_done_callback(lambda _: settle(first))
        try:
            await wait_while_moving(first, self._movers, patience)
            return await wait_while_moving(self._done, self._movers, _LAST)
        except Still:
            raise Stuck(self._where()) from None
        finally:
            if not self._done.done():
                self._abandon()
            self.executor.shutdown()

    def _serve(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        _silence()
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *_: None)
        error: BaseException | None = None
        result = None
        try:
            result = self._loop.run_until_complete(work())
        except BaseException as raised:
            error = raised
        if self._left:
            # Its coroutines never end, and one that is collected raises into whatever runs at that moment.
            _KEPT.update(asyncio.all_tasks(self._loop))
        else:
            with contextlib.suppress(RuntimeError):  # it was left behind just now
                self._loop.run_until_complete(_settle())
                self._loop.close()
        with contextlib.suppress(InvalidStateError):  # nobody waits any more
            self._done.set_result(result) if error is None else self._done.set_exception(error)

    def _threads(self) -> list[threading.Thread]:
        mine = [self._thread] if self._thread is not None else []
        return [thread for thread in (*self.executor.threads, *mine) if thread.is_alive()]

    def _movers(self) -> list[tuple[int, int]]:
        return [(os.getpid(), thread.native_id) for thread in self._threads() if thread.native_id is not None]

    def _where(self) -> str:
        for thread in self._threads():
            if (line := running_line(thread.ident)) is not None:
                return str(line)
        return ""

    def _abandon(self) -> None:
        """Leave the replay behind: stop its loop, and interrupt learner's code that still runs, some times over."""
        self._left = True
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        threading.Thread(target=self._interrupt, name=f"{_THREADS}-end", daemon=True).start()

    def _interrupt(self) -> None:
        pause = threading.Event()
        for _ in range(_PUSHES):
            busy = [thread for thread in self._threads() if thread.ident and running_line(thread.ident) is not None]
            for thread in busy:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Interrupted)
                )
            if not busy:
                return
            pause.wait(_PAUSE)
