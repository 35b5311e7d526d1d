"""Inside the child: end when the process that started it ends, however that came about."""

import os
import signal
import sys
import threading
from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def on_order(callback: Callable[[str], None]) -> None:
    """Call back, from the lifeline's thread, with each line that the parent writes (Windows)."""
    _listeners.append(callback)


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
        rest = b""
        while data := os.read(0, 64):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                for callback in _listeners:
                    callback(line.decode("ascii", "replace"))
        os._exit(1)
    import select

    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], 1.0)
        if readable and not os.read(0, 64):
            break
    # The child leads its own session: what the learner's code started goes with it.
    os.killpg(0, signal.SIGKILL)
