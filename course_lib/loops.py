"""An event loop that is not the kernel's.

Workers, long polls and live views run on one background loop, so that a cell that computes never starves them and
a Worker that misbehaves never freezes the notebook.
"""

import asyncio
import atexit
import contextlib
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_REST = 0.1  # seconds in which the SDK's core lets go of calls that were cancelled; it tells nobody when it has


class LoopThread:
    """One event loop in one daemon thread.

    Args:
        name: The thread's name, as a debugger shows it.
    """

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, coro: Coroutine[Any, Any, T]) -> "Future[T]":
        """Schedule a coroutine on this loop from any thread and return its future."""
        return asyncio.run_coroutine_threadsafe(coro, self.loop)

    def run(self, coro: Coroutine[Any, Any, T], timeout: float) -> T:
        """Run a coroutine on this loop and block the calling thread until it ends.

        Args:
            coro: What to run.
            timeout: Seconds after which the coroutine is cancelled.

        Raises:
            TimeoutError: The coroutine did not end within ``timeout``.
            RuntimeError: Called from the loop's own thread, which would deadlock.
        """
        if threading.current_thread() is self._thread:
            coro.close()
            raise RuntimeError("LoopThread.run() was called on its own loop: await the coroutine instead.")
        future = self.submit(coro)
        try:
            return future.result(timeout)
        except FutureTimeoutError:
            future.cancel()
            raise

    def stop(self, timeout: float = 2.0) -> None:
        """Cancel what still runs on the loop and end its thread.

        Args:
            timeout: Seconds to wait for the thread.
        """
        if not self._thread.is_alive():
            return

        async def cancel_all() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=timeout)
                await asyncio.sleep(_REST)

        with contextlib.suppress(FutureTimeoutError):
            self.submit(cancel_all()).result(timeout)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout)
        if not self._thread.is_alive():
            self.loop.close()


@cache
def background() -> LoopThread:
    """Return this process's background loop, started on first use and stopped before the interpreter ends.

    A call of the SDK that is under way by then comes back on a thread of its core's, into an interpreter that is taken
    apart: four of a hundred processes hung for ever or crashed (temporalio 1.35, Python 3.11, on a busy machine).
    """
    thread = LoopThread("course-background-loop")
    atexit.register(thread.stop)
    return thread
