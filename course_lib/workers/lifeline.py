"""Inside the child: end when the process that started it ends, however that came about."""

import os
import signal
import sys
import threading
from collections.abc import Callable

_stop: list[Callable[[], None]] = []


def on_stop(callback: Callable[[], None]) -> None:
    """Call back, from the lifeline's thread, when the parent writes that the Worker should stop (Windows)."""
    _stop.append(callback)


def hold(parent: int) -> None:
    """Watch standard input, whose other end only the parent holds.

    Args:
        parent: The parent's process id.
    """
    threading.Thread(target=_watch, args=(parent,), name="course-lifeline", daemon=True).start()
    if sys.platform == "linux":
        import fcntl

        # The thread needs Python's global lock, which a regular expression out of control never gives back. With
        # O_ASYNC the kernel itself sends SIGIO when the pipe ends, and SIGIO ends a process that does not handle it.
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _watch(parent: int) -> None:
    if sys.platform == "win32":
        while data := os.read(0, 64):
            if b"stop" in data:
                for callback in _stop:
                    callback()
        os._exit(1)
    import select

    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], 1.0)
        if readable and not os.read(0, 64):
            break
    # The child leads its own session: what the learner's code started goes with it.
    os.killpg(0, signal.SIGKILL)
