"""A thread pool that never keeps a process alive.

Python joins the threads of a ``ThreadPoolExecutor`` at exit. An activity that sleeps for an hour, or a workflow in
an endless loop, would so keep the kernel from ending. The threads here are daemons and are not joined.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class DaemonExecutor(ThreadPoolExecutor):
    """A ``ThreadPoolExecutor`` with daemon threads; the SDK demands that very base class for sync activities.

    Args:
        max_workers: The most threads at a time.
        name: How the threads' names begin.
    """

    def __init__(self, max_workers: int, name: str) -> None:
        super().__init__(max_workers, thread_name_prefix=name)
        self._limit = max_workers
        self._name = name
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._count = 0
        self._idle = 0
        self._closed = False
        self.threads: list[threading.Thread] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run a call in one of the pool's threads and return its future."""
        future: Future[Any] = Future()
        with self._guard:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._jobs.put((future, lambda: fn(*args, **kwargs)))
            if self._idle > 0:
                # One idle thread is now spoken for; counting it down here keeps two submits from sharing it.
                self._idle -= 1
            elif self._count < self._limit:
                self._count += 1
                thread = threading.Thread(target=self._serve, name=f"{self._name}_{self._count}", daemon=True)
                self.threads.append(thread)
                thread.start()
        return future

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, call = job
            if future.set_running_or_notify_cancel():
                try:
                    result = call()
                except BaseException as error:
                    future.set_exception(error)
                else:
                    future.set_result(result)
            del job, future, call
            with self._guard:
                self._idle += 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let idle threads end; a busy one ends after its job. Never waits, whatever ``wait`` says."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            if cancel_futures:
                while not self._jobs.empty():
                    if (job := self._jobs.get()) is not None:
                        job[0].cancel()
            for _ in range(self._count):
                self._jobs.put(None)
