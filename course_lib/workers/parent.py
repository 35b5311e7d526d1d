"""Inside a child: it hears from its parent what to do, tells it things, and ends when that one ends."""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

MARK = "\x1e"
"""Begins a message of the course in the child's output (a control character that no log line holds)."""

_stopping: list[Callable[[], object]] = []


def hear() -> tuple[dict[str, Any], Callable[..., None]]:
    """Read what this child is for from standard input, and end with the parent from then on, however that ends.

    Returns:
        The specification, see `course_lib.workers.child`, and what sends a message to the parent: its keywords.
    """
    spec: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_watch, args=(spec["parent"],), name="course-lifeline", daemon=True).start()
    if sys.platform == "linux":
        import fcntl

        # The thread needs Python's global lock, which a regular expression out of control never gives back. With
        # O_ASYNC the kernel itself sends SIGIO when the pipe ends, and SIGIO ends a process that does not handle it.
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)

    def tell(**message: Any) -> None:
        # One write where the pipe takes it: it cannot be torn apart by a print of another thread.
        data = f"{MARK}{spec['token']}{json.dumps(message)}\n".encode()
        with contextlib.suppress(OSError):
            while data:
                data = data[os.write(1, data) :]

    return spec, tell


def on_stop(callback: Callable[[], object]) -> None:
    """Call back, from another thread, when the parent asks for the end where there is no SIGTERM (Windows)."""
    _stopping.append(callback)


def _watch(parent: int) -> None:
    if sys.platform == "win32":
        while os.read(0, 64):  # whatever it writes means: stop
            for callback in _stopping:
                callback()
        os._exit(1)
    import select

    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], 1.0)
        if readable and not os.read(0, 64):
            break
    # The child leads its own session: what the learner's code started goes with it.
    os.killpg(0, signal.SIGKILL)
