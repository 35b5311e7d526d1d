"""The base of the panels made of ipywidgets: buttons that act in the background, and a drawing by the kernel's loop."""

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import ipywidgets
from IPython.display import publish_display_data

from course_lib import loops
from course_lib.errors import CourseError
from course_lib.widgets.look import View, callout, escape, page, plain
from course_lib.widgets.panel.frontend import interactive, with_static
from course_lib.widgets.panel.kernel_side import KernelSide
from course_lib.widgets.panel.pulse import Controls

FRAME = (
    ".tc-framed{border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));border-radius:6px;padding:8px 12px;"
    "background:var(--jp-layout-color1,transparent);box-sizing:border-box}"
    # JupyterLab gives each HTML widget the height and the margins of a line of a form.
    ".tc-framed .widget-html,.tc-framed .widget-html-content{margin:0;line-height:1.45;height:auto;width:auto}"
    ".tc-framed .tc{margin:0}.tc-framed .tc-callout{margin-top:6px}"
    ".tc-framed .tc-row{margin:6px 0 0 -2px;overflow:visible;gap:2px 0}"
    ".tc-framed .tc-row button{width:auto;min-width:84px;padding:0 10px}"
)
"""A border like that of a card, and no gaps between the parts of a panel that is made of ipywidgets."""


class Panel:
    """A panel: controls that a learner presses, and what they changed.

    A subclass makes its ipywidgets, calls `assemble` with them, and overrides `draw` (put the state into the widgets;
    always on the kernel's loop) and `text` (the same in words). A control's callback calls `act` with a coroutine: it
    runs on the background loop, so that it works while a cell awaits; meanwhile `busy` says what is going on, and an
    error becomes a callout below the controls. While a person can see the panel, `look` is called again and again.

    Attributes:
        widget: All of it as one ipywidget, to put into another; None before `assemble`.
        busy: What is being done, in words; empty when nothing is.
        error: What went wrong with the last act; empty when nothing did.
        every: Seconds between two looks while a person can see the panel; 0: it never looks.
    """

    every = 0.0

    def __init__(self) -> None:
        self.busy = ""
        self.error = ""
        self.widget: Any = None
        self._error_line: Any = None
        self._looks: Future[None] | None = None
        self._side = KernelSide(self._redraw)

    # What a subclass overrides

    def build(self) -> None:
        """Make the widgets and `assemble` them, unless the constructor did: called when a person is to see the panel.

        A panel that makes them here opens no connection to a front end where nobody looks.
        """

    def draw(self) -> None:
        """Put the state into the widgets."""
        raise NotImplementedError

    async def look(self) -> Any:
        """Look at what the panel is about; on the background loop."""

    def text(self) -> str:
        """Return the panel in words: its state, and which controls can be used."""
        raise NotImplementedError

    def static(self) -> View:
        """Return the panel as a picture, for where no widget can be used."""
        return page(f'<div class="tc-box"><pre>{escape(self.text())}</pre></div>', self.text())

    # What it uses

    def assemble(self, *children: Any, label: str) -> None:
        """Put the widgets together.

        Args:
            *children: From top to bottom.
            label: What the panel is, for a screen reader.
        """
        self._error_line = ipywidgets.HTML()
        self.widget = Controls(*children, self._error_line)
        self.widget.pulse.observe(lambda change: self.on_view(change["new"]), "visible")
        self.label = label
        self._redraw()

    @staticmethod
    def button(text: str, tip: str, press: Callable[[], object], style: str = "") -> Any:
        """Return a button. It has no icon: the glyph would become part of the name that a screen reader says.

        Args:
            text: What stands on it.
            tip: What it does, in words.
            press: Called, on the kernel's loop, when it is pressed.
            style: ipywidgets' ``button_style``.
        """
        made = ipywidgets.Button(description=text, tooltip=tip, button_style=style)
        made.on_click(lambda _: press())
        return made

    @staticmethod
    def row(*buttons: Any) -> Any:
        """Return buttons beside each other; in a narrow window they wrap."""
        made = ipywidgets.Box(buttons, layout=ipywidgets.Layout(display="flex", flex_flow="row wrap"))
        made.add_class("tc-row")
        return made

    def act(self, words: str, action: Coroutine[Any, Any, Any]) -> None:
        """Do something on the background loop; a second press while it goes on is ignored.

        Args:
            words: What is being done, for example ``"starting…"``.
            action: The coroutine.
        """
        if self.busy:
            action.close()
            return
        self.busy, self.error = words, ""
        self._redraw()
        loops.background().submit(self._run(action))

    def changed(self) -> None:
        """Say, from any thread, that there is something new to draw."""
        self._side.soon()

    def on_view(self, visible: bool) -> None:
        """Begin or end to look again and again; on the kernel's loop.

        Args:
            visible: Whether any part of the panel is on the screen.
        """
        if visible and self.every and not self.looks:
            self._looks = loops.background().submit(_keep_looking(weakref.ref(self)))
        elif not visible and self._looks is not None:
            self._looks.cancel()
            self._looks = None

    @property
    def looks(self) -> bool:
        """Whether it looks again and again."""
        return self._looks is not None and not self._looks.done()

    # Inside

    async def _run(self, action: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await action
        except Exception as error:
            self.error = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
            raise
        finally:
            self.busy = ""
            self.changed()

    def _redraw(self) -> None:
        if self.widget is None:
            return
        title, _, rest = plain(self.error).partition("\n")
        self._error_line.value = callout("error", title, rest).html if title else ""
        self.draw()

    def _ipython_display_(self) -> None:
        live = interactive()
        if live and self.widget is None:
            self.build()
        self._redraw()
        static = self.static()
        bundle = with_static(self.widget, static) if live else static._repr_mimebundle_()
        publish_display_data(bundle)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return self.text()


async def _keep_looking(this: "weakref.ref[Panel]") -> None:
    while (panel := this()) is not None:
        await panel.look()
        every = panel.every
        del panel  # one that nobody holds any more ends here
        await asyncio.sleep(every)
