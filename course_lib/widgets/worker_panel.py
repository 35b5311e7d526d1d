"""Buttons for a Worker in a child process: Start, Stop, kill -9, its state and its log."""

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import ipywidgets
from IPython.core.getipython import get_ipython
from IPython.display import display, publish_display_data

from course_lib import loops
from course_lib.errors import CourseError
from course_lib.widgets.log_view import LogView
from course_lib.widgets.look import callout, escape, page
from course_lib.workers import WorkerProcess

_ICONS = {
    "new": "○",
    "starting": "◌",
    "running": "●",
    "stopping": "◌",
    "stopped": "■",
    "killed": "✖",
    "died": "✖",
}
_TONES = {"running": "tc-ok", "killed": "tc-bad", "died": "tc-bad", "starting": "tc-wait", "stopping": "tc-wait"}


class WorkerPanel:
    """The panel of one worker process.

    Clicks act through the background loop, so they work while a cell awaits; what they changed is drawn by the
    kernel's loop. The log stands below the buttons as a display of its own, which executed notebooks keep.

    Args:
        process: What the buttons act on.
        title: The name in front of the state; by default the modules' names without their revision.

    Attributes:
        process: The worker process.
        start_button: Starts it.
        stop_button: Stops it gracefully.
        kill_button: Kills it with SIGKILL.
        widget: Buttons and state as one ipywidget, to put into another.
        log: The view of its last lines.
    """

    def __init__(self, process: WorkerProcess, title: str | None = None) -> None:
        self.process = process
        self.title = title or "Worker process " + ", ".join(name.split("__r")[0] for name in process.modules)
        self.error = ""
        self._pending: tuple[str, str] | None = None
        self._ticking = False
        self._due = False
        self._job: Future[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self.start_button = self._button("Start", "success", "Start the worker process", self._on_start)
        self.stop_button = self._button("Stop", "", "Let it finish and end (SIGTERM)", self._on_stop)
        self.kill_button = self._button("kill -9", "danger", "End it at once (SIGKILL): no cleanup runs", self._on_kill)
        self._state = ipywidgets.HTML()
        self._error = ipywidgets.HTML()
        self.log = LogView(lambda: f"Log of {self.summary()}", source=lambda: process.lines)
        self.widget = ipywidgets.VBox(
            [
                self._state,
                ipywidgets.HBox([self.start_button, self.stop_button, self.kill_button]),
                self._error,
            ]
        )
        process.subscribe(self._changed)
        self._draw()

    @staticmethod
    def _button(text: str, style: str, tip: str, act: Callable[[], None]) -> ipywidgets.Button:
        # No icon: its glyph would become part of the name that a screen reader says.
        button = ipywidgets.Button(description=text, button_style=style, tooltip=tip)
        button.on_click(lambda _: act())
        return button

    # What it shows

    def summary(self) -> str:
        """Return the state as one line of text."""
        state, words = self._now()
        return f"{self.title}: {_ICONS[state]} {words}"

    def _now(self) -> tuple[str, str]:
        return self._pending or (self.process.state, self.process.describe())

    def __repr__(self) -> str:
        lines = [self.summary(), f"  buttons: {', '.join(b.description for b in self._buttons() if not b.disabled)}"]
        if self.error:
            lines += [f"  {line}" for line in self.error.split("\n")]
        return "\n".join(lines + [f"  | {line}" for line in self.log.last()])

    def _buttons(self) -> tuple[ipywidgets.Button, ...]:
        return (self.start_button, self.stop_button, self.kill_button)

    def _ipython_display_(self) -> None:
        if get_ipython() is None:
            print(repr(self))
            return
        self._draw()
        bundle = self.widget._repr_mimebundle_() or {}
        publish_display_data({**bundle, "text/plain": repr(self)})  # type: ignore[no-untyped-call]
        display(self.log)  # type: ignore[no-untyped-call]

    def _draw(self) -> None:
        self._due = False
        state, words = self._now()
        shown = (
            f'<b>{escape(self.title)}</b> <span class="{_TONES.get(state, "")}">{_ICONS[state]} {escape(words)}</span>'
        )
        self._state.value = page(shown, words, role="status").html
        title, _, rest = self.error.partition("\n")
        self._error.value = callout("error", title, rest).html if title else ""
        busy = self._pending is not None
        lives = state in ("starting", "running", "stopping")
        self.start_button.disabled = busy or lives
        self.stop_button.disabled = busy or state != "running"
        # A start or stop that takes long may be killed too.
        self.kill_button.disabled = not lives or self.process.pid is None
        self.log.touch()
        if state == "running":
            self._tick()

    def _changed(self) -> None:
        """Redraw soon; called from any thread."""
        if self._due:
            return
        self._due = True
        self._on_kernel(self._draw)

    def _on_kernel(self, callback: Callable[[], None]) -> None:
        if self._loop is not None and self._loop.is_running():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(callback, context=contextvars.Context())
                return
        callback()

    def _tick(self) -> None:
        """Count the seconds of a running worker."""
        if self._loop is None or self._ticking:
            return

        def again() -> None:
            self._ticking = False
            self._draw()

        def arm() -> None:
            if self._loop is not None:
                self._loop.call_later(1.0, again)

        self._ticking = True
        self._on_kernel(arm)

    # What it does

    def _on_start(self) -> None:
        self._act("starting", "starting…", self.process.start())

    def _on_stop(self) -> None:
        self._act("stopping", "stopping…", self.process.stop())

    def _on_kill(self) -> None:
        self.error = ""
        self.process.kill()
        self._draw()

    def _act(self, state: str, words: str, action: Coroutine[Any, Any, Any]) -> None:
        if self._pending is not None:
            action.close()
            return
        self._pending = (state, words)
        self.error = ""
        self._draw()
        self._job = asyncio.run_coroutine_threadsafe(self._run(action), loops.background().loop)

    async def _run(self, action: Coroutine[Any, Any, Any]) -> None:
        try:
            await action
        except CourseError as error:
            self.error = str(error)
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
        finally:
            self._pending = None
            self._on_kernel(self._draw)

    async def start(self, timeout: float = 10.0) -> None:
        """Start the process, as the button does, and return when it polls; see `WorkerProcess.start`."""
        await self.process.start(timeout)

    async def stop(self, timeout: float = 5.0) -> int | None:
        """Stop the process and return its exit code; see `WorkerProcess.stop`."""
        return await self.process.stop(timeout)

    def kill(self) -> bool:
        """Kill the process with SIGKILL; see `WorkerProcess.kill`."""
        return self.process.kill()

    @property
    def running(self) -> bool:
        """Whether the process lives and polls."""
        return self.process.running
