"""What a worker process is at the moment: its state, its words, its lines, and who wants to know."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from course_lib.workers.child import Child
from course_lib.workers.freezing import Frozen
from course_lib.workers.waiting import logger

State = Literal["new", "starting", "running", "paused", "stopping", "stopped", "killed", "died"]
"""``stopped`` and ``killed`` were asked for here; ``died`` was not. A ``paused`` process lives and polls no more."""


class Watched:
    """The state of a child process, as other threads see it.

    Args:
        on_line: Called with each line of output, from another thread.
    """

    def __init__(self, on_line: Callable[[str], None] | None = None) -> None:
        self.lines: deque[str] = deque(maxlen=1000)
        self.state: State = "new"
        self.exit_code: int | None = None
        self.tasks = (0, 0)
        self.draining = False
        self.known_as = ""
        self._on_line = on_line
        self._listeners: list[Callable[[], None]] = []
        self._child: Child | None = None
        self._frozen: Frozen | None = None
        self._why = ""
        self._lock = threading.RLock()

    @property
    def pid(self) -> int | None:
        """The child's process id while it lives."""
        return self._child.pid if self._child is not None and not self._child.exited.done() else None

    @property
    def running(self) -> bool:
        """Whether the child lives and polls."""
        return self.state == "running" and not self.frozen and self._child is not None and self._child.alive

    @property
    def alive(self) -> bool:
        """Whether there is a child that has not ended, whatever it does."""
        return self._child is not None and self._child.alive

    @property
    def frozen(self) -> bool:
        """Whether the child is kept from running at all (SIGSTOP)."""
        return self._frozen is not None

    @property
    def uptime(self) -> float:
        """Seconds since the child was started; 0 when none lives."""
        return time.monotonic() - self._child.started if self._child is not None and self.pid is not None else 0.0

    def _movers(self) -> list[int]:
        """Return what to look at in order to see whether the child moves."""
        return [self.pid] if self.pid is not None else []

    def describe(self) -> str:
        """Return the state in words, for example ``running pid 1234 · 12 s``."""
        if self.frozen:
            return f"frozen pid {self.pid}: nothing of it runs"
        match self.state:
            case "new":
                return "not started"
            case "starting":
                return "starting…"
            case "running":
                return f"running pid {self.pid} · {self.uptime:.0f} s"
            case "paused":
                words = "takes no new task, finishes an activity" if self.draining else "takes no task"
                return f"paused pid {self.pid} · {self.uptime:.0f} s · {words}"
            case "stopping":
                return "stopping…"
            case _:
                return self._why

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` (from any thread) after each change of state or new line; return what undoes it."""
        self._listeners.append(listener)

        def undo() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return undo

    def _set(self, state: State) -> None:
        self.state = state
        if state in ("starting", "running"):
            self._why = ""
        self._changed()

    def _add_line(self, line: str) -> None:
        self.lines.append(line)
        if self._on_line is not None:
            try:
                self._on_line(line)
            except Exception:
                logger.exception("on_line failed")
        self._changed()

    def _changed(self) -> None:
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception("a listener of a worker process failed")
