"""What a worker process is at the moment: its state, its words, its lines, and who wants to know."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from course_lib.workers.child import Child
from course_lib.workers.freezing import Frozen
from course_lib.workers.waiting import logger

State = Literal["new", "starting", "running", "stopping", "stopped", "killed", "died"]
"""``stopped`` and ``killed`` were asked for here; ``died`` was not."""


class ProcessState:
    """The state of a child process, as other threads see it."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=1000)
        self.state: State = "new"
        self.exit_code: int | None = None
        self.tasks = (0, 0)
        self.known_as = ""
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
        return self.state == "running" and not self.frozen and self.alive

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

    def freeze(self) -> bool:
        """Keep the process from running at all, as a hung one (SIGSTOP). Return whether there was one to freeze."""
        with self._lock:
            child = self._child
            if child is None or not child.alive or self.frozen or self.state != "running":
                return False
            self._frozen = Frozen(child.pid)
        self._changed()
        return True

    def thaw(self) -> bool:
        """Let a frozen process go on (SIGCONT). Return whether it was frozen."""
        with self._lock:
            frozen, self._frozen = self._frozen, None
        if frozen is None:
            return False
        frozen.thaw()
        self._changed()
        return True

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
            case "stopping":
                return "stopping…"
            case _:
                return self._why

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` (from any thread) after each change of state or new line."""
        self._listeners.append(listener)

    def _movers(self) -> list[int]:
        """Return what to look at in order to see whether the child moves."""
        return [self.pid] if self.pid is not None else []

    def _set(self, state: State) -> None:
        self.state = state
        if state in ("starting", "running"):
            self._why = ""
        self._changed()

    def _add_line(self, line: str) -> None:
        self.lines.append(line)
        self._changed()

    def _changed(self) -> None:
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                logger.exception("a listener of a worker process failed")
