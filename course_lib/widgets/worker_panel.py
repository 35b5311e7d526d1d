"""The panel of a Worker in a child process: its state, its version, its controls and its log."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import ipywidgets
from IPython.display import display

from course_lib.cells.names import parts
from course_lib.errors import CourseError
from course_lib.server.progress import progress
from course_lib.widgets.line import Line
from course_lib.widgets.log_view import LogView
from course_lib.widgets.look import View, escape, page
from course_lib.widgets.panel import FRAME, Panel
from course_lib.widgets.panel.kernel_side import after_cells
from course_lib.widgets.worker_words import HINTS, ICONS, TONES, newer, since, tasks, version
from course_lib.workers import WorkerProcess

T = TypeVar("T")

_STYLE = (
    FRAME + ".tc-hint{margin-top:6px}.tc-worker{overflow-wrap:anywhere}.tc-worker b{font-size:14px;margin-right:6px}"
)


class WorkerPanel(Panel):
    """The panel of one worker process.

    Clicks act through the background loop, so they work while a cell awaits; what they changed is drawn by the
    kernel's loop. The log stands below the buttons as a display of its own, which executed notebooks keep.

    Args:
        process: What the buttons act on.
        title: The name in front of the state; by default the modules' names without their revision.
        newest: Returns the newest revision of each of the process's modules; without it there is nothing newer.

    Attributes:
        process: The worker process.
        start_button: Starts it.
        stop_button: Stops it gracefully.
        kill_button: Kills it with SIGKILL.
        freeze_button: Keeps it from running at all (SIGSTOP), and lets it go on.
        newest_button: Starts it again with the newest revision; shown only while there is one.
        log: The view of its last lines.
    """

    every = 1.0  # counts the seconds of a living process

    def __init__(
        self, process: WorkerProcess, title: str | None = None, *, newest: Callable[[], Sequence[str]] | None = None
    ) -> None:
        super().__init__()
        self.process = process
        self.title = title or "Worker process " + ", ".join(parts(name)[0] for name in process.modules)
        self._newest = newest
        self.start_button = self.button(
            "Start", "Start the worker process", lambda: self.act("starting…", process.start()), "success"
        )
        self.stop_button = self.button(
            "Stop", "Let it finish and end (SIGTERM)", lambda: self.act("stopping…", process.stop())
        )
        self.kill_button = self.button("kill -9", "End it at once (SIGKILL): no cleanup runs", self._on_kill, "danger")
        self.freeze_button = self.button("Freeze", "", self._on_freeze)
        self.newest_button = self.button(
            "Restart", "Stop it and start it with the newest revision", lambda: self.act("restarting…", self._restart())
        )
        self._state, self._facts, self._hint = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._log_widget: Any = None
        self.log = LogView(lambda: f"Log of {self.summary()}", source=lambda: process.lines)
        process.subscribe(self.changed)
        if newest is not None:
            after_cells(self.changed)  # the cell may have made a newer revision
        self.assemble(self._state, self._facts, self.row(*self._buttons()), self._hint, label=self.title)
        self.widget.add_class("tc-framed")

    # What it shows

    def summary(self) -> str:
        """Return the state as one line of text."""
        return f"{self.title}: {ICONS[self._kind()]} {self._words()}"

    def text(self) -> str:
        """Return the state, the facts, the buttons that can be pressed and the last lines of the log."""
        usable = [button.description for button in self._buttons() if not button.disabled]
        lines = [self.summary(), f"  {self._fact_line()}", f"  buttons: {', '.join(usable)}"]
        lines += [f"  {self._hint_words()}"] if self._hint_words() else []
        lines += [f"  {line}" for line in self.error.split("\n") if line]
        return "\n".join(lines + [f"  | {line}" for line in self.log.last()])

    def static(self) -> View:
        """Return the state and the facts; the log below is a display of its own."""
        body = f'<div class="tc-box tc-worker">{self._head()}{self._fact_html()}</div>'
        return View(page(body, "", style=_STYLE, label=self.title).html, self.text())

    def draw(self) -> None:
        """Put the state into the widgets."""
        process, busy = self.process, bool(self.busy)
        self._state.value = page(f'<div class="tc-worker">{self._head()}</div>', "", style=_STYLE, role="status").html
        self._facts.value = page(self._fact_html(), "", style=_STYLE).html
        hint = self._hint_words()
        self._hint.value = (
            page(f'<div class="tc-hint">ℹ {escape(hint)}</div>', "", style=_STYLE, role="status").html if hint else ""
        )
        lives = process.state in ("starting", "running", "stopping")
        self.start_button.disabled = busy or lives
        self.stop_button.disabled = busy or process.state != "running"
        # A start or stop that takes long may be killed too.
        self.kill_button.disabled = not lives or process.pid is None
        self.freeze_button.disabled = busy or process.state != "running"
        self.freeze_button.description = "Unfreeze" if process.frozen else "Freeze"
        self.freeze_button.tooltip = (
            "Let it go on (SIGCONT)" if process.frozen else "Keep it from running at all, like a hung one (SIGSTOP)"
        )
        self._draw_newest(busy, lives)
        self.log.touch()
        if self._log_widget is not None:
            self._log_widget.value = self.log._repr_mimebundle_()["text/html"]

    async def look(self) -> None:
        """See `Panel.look`."""
        if self.process.pid is not None:
            self.changed()

    def column(self) -> Any:
        """Return buttons, state and log as one widget, to lay several beside each other."""
        if self._log_widget is None:
            self._log_widget = ipywidgets.HTML()
            self._redraw()
        return ipywidgets.VBox([self.widget, self._log_widget])

    def _draw_newest(self, busy: bool, lives: bool) -> None:
        button, number = self.newest_button, self._newer()
        button.layout.display = None if number else "none"
        button.disabled = busy or not number or self.process.state in ("starting", "stopping")
        button.description = f"{'Restart' if lives else 'Start'} with {number}"

    def _kind(self) -> str:
        return "busy" if self.busy else "frozen" if self.process.frozen else self.process.state

    def _words(self) -> str:
        # Without the seconds: a screen reader reads each change of this line aloud.
        return self.busy or since(self.process.describe())

    def _head(self) -> str:
        kind = self._kind()
        state = f'<span class="{TONES.get(kind, "")}">{ICONS[kind]} {escape(self._words())}</span>'
        return f"<b>{escape(self.title)}</b>{state}"

    def _fact_line(self) -> str:
        process = self.process
        facts = [version(process.modules)]
        if number := self._newer():
            facts[0] += f" ({number} exists: restart to take it)"
        facts += [f"up {process.uptime:.0f} s", tasks(process.tasks)] if process.pid is not None else []
        facts += [process.known_as] if process.known_as and process.pid is not None else []
        return " · ".join([*facts, f"task queue {process.task_queue}"])

    def _fact_html(self) -> str:
        return f'<div class="tc-worker tc-quiet">{escape(self._fact_line())}</div>'

    def _hint_words(self) -> str:
        return "" if self.busy else HINTS.get(self._kind(), "")

    def _newer(self) -> str:
        try:
            return newer(self.process.modules, self._newest()) if self._newest is not None else ""
        except CourseError:  # its cell and its file are gone
            return ""

    def _buttons(self) -> tuple[Any, ...]:
        return (self.start_button, self.stop_button, self.kill_button, self.freeze_button, self.newest_button)

    def _ipython_display_(self) -> None:
        super()._ipython_display_()
        display(self.log)  # type: ignore[no-untyped-call]

    # What it does

    def _on_kill(self) -> None:
        self.error = ""
        self.process.kill()
        self._redraw()

    def _on_freeze(self) -> None:
        self.error = ""
        if not self.process.thaw():
            self.process.freeze()
        self._redraw()

    # From a cell, which may have shown no panel yet: a line says what takes longer than two seconds.

    async def start(self) -> None:
        """Start the process, as the button does, and return when it polls; see `WorkerProcess.start`."""
        await self._told("polls", self.process.start())

    async def stop(self) -> int | None:
        """Stop the process and return its exit code; see `WorkerProcess.stop`."""
        return await self._told("has ended", self.process.stop())

    async def restart(self) -> None:
        """Stop it if it lives, and start it with the newest revision of its modules; see `WorkerProcess.restart`."""
        await self._told("polls with the newest revision", self._restart())

    async def _restart(self) -> None:
        await self.process.restart(self._newest() if self._newest is not None else None)

    async def _told(self, until: str, action: Coroutine[Any, Any, T]) -> T:
        say = Line()
        try:
            async with progress(say, f"{self.title}: waiting until it {until}."):
                return await action
        finally:
            say("")

    def kill(self) -> bool:
        """Kill the process with SIGKILL; see `WorkerProcess.kill`."""
        return self.process.kill()

    @property
    def running(self) -> bool:
        """Whether the process lives and polls."""
        return self.process.running
