"""The way back to the kernel's loop: what other threads noticed is drawn there, once for many changes."""

import asyncio
import contextlib
import contextvars
import threading
import weakref
from collections.abc import Callable

from IPython.core.getipython import get_ipython

_after_cells: "set[weakref.WeakMethod[Callable[[], None]]]" = set()


def after_cells(call: Callable[[], None]) -> None:
    """Have a method called after each cell, as long as somebody holds its object."""
    _after_cells.add(weakref.WeakMethod(call, _after_cells.discard))
    shell = get_ipython()
    if shell is not None and _after_cell not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _after_cell)


def _after_cell(*_: object) -> None:
    for held in list(_after_cells):
        if (call := held()) is not None:
            call()


class KernelSide:
    """Calls one drawing function on the loop of the kernel, however many threads ask for it.

    Widgets may only be changed on the kernel's own thread. Outside a kernel (a test, a script) the function is called
    at once, by whoever asks.

    Args:
        draw: What to call. It runs with an empty context, so its output never goes to the cell that made the panel.
        pause: Seconds over which requests are collected into one call.
    """

    def __init__(self, draw: Callable[[], None], pause: float = 0.05) -> None:
        self._draw = draw
        self._pause = pause
        self._lock = threading.Lock()
        self._due = False
        self.loop: asyncio.AbstractEventLoop | None
        try:
            self.loop = asyncio.get_running_loop()
        except RuntimeError:
            self.loop = None

    def soon(self) -> None:
        """Ask for a drawing, from any thread."""
        with self._lock:
            if self._due:
                return
            self._due = True
        self.call(self._later)

    def call(self, callback: Callable[[], None]) -> None:
        """Call something on the kernel's loop, from any thread."""
        if self.loop is not None and self.loop.is_running():
            with contextlib.suppress(RuntimeError):  # closed between the two lines: the kernel ends
                self.loop.call_soon_threadsafe(callback, context=contextvars.Context())
                return
        callback()

    def _later(self) -> None:
        if self.loop is not None and self.loop.is_running() and self._pause:
            self.loop.call_later(self._pause, self._now)
        else:
            self._now()

    def _now(self) -> None:
        with self._lock:
            self._due = False
        self._draw()
