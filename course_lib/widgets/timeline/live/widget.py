"""The timeline in the browser: an anywidget, and what it asks of the kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from course_lib.widgets.look import STYLE, plain
from course_lib.widgets.panel.bundle import bundle
from course_lib.widgets.timeline.drawing import STYLE as PICTURE_STYLE
from course_lib.widgets.timeline.lanes import KINDS
from course_lib.widgets.timeline.live.picture import LivePicture
from course_lib.widgets.timeline.live.related import MOST, owner, related, told
from course_lib.widgets.timeline.signs import BAD, ICONS, WORDS

if TYPE_CHECKING:
    from course_lib.history.run import Run

_HERE = Path(__file__).parent
_STYLE = STYLE + PICTURE_STYLE + (_HERE / "live.css").read_text("utf-8")

GONE = "the kernel was restarted or stopped. This picture no longer grows; run its cell again."

_QUERY = "A query leaves no event in the history; it was noted where this notebook sent it."
_DUE = "The server knows of this workflow task; it is not in the history before it has ended."


class TimelineWidget(anywidget.AnyWidget):
    """Draws a model, and asks it for what is not drawn until somebody looks at it.

    The first picture is part of the widget's state, so that it is painted without asking; what has changed since then
    comes as messages. A browser that shows the widget anew (after a reload) says which version it has.

    Args:
        model: What it shows.
        tabular: Whether there is a table of events to go with it.

    Attributes:
        table: Whether that table is wanted.
        chosen: Called with the run and the first event of what was clicked.
    """

    _esm = bundle(_HERE / "view.js")
    css = traitlets.Unicode(_STYLE).tag(sync=True)
    gone = traitlets.Unicode(GONE).tag(sync=True)
    signs = traitlets.Dict().tag(sync=True)
    first = traitlets.Dict().tag(sync=True)
    tabular = traitlets.Bool(False).tag(sync=True)
    table = traitlets.Bool(False).tag(sync=True)

    def __init__(self, model: LivePicture, *, tabular: bool = False) -> None:
        began, first = model.version, model.delta()
        signs = {"icons": ICONS, "words": WORDS, "kinds": {**KINDS, "query": "query"}, "bad": sorted(BAD)}
        super().__init__(first=first if first and not began else model.full(), signs=signs, tabular=tabular)
        self._model = model
        self.chosen: Callable[[Run, int], None] = lambda _run, _event: None
        self.on_msg(self._asked)

    def push(self) -> None:
        """Send what has changed."""
        if (delta := self._model.delta()) is not None:
            self.send(delta)

    def select(self, workflow_id: str, run_id: str, event: int) -> None:
        """Show which item an event belongs to.

        Args:
            workflow_id: The event's workflow.
            run_id: Its run.
            event: Its number.
        """
        if (run := self._model.number(workflow_id, run_id)) is None:
            return
        if (item := owner(self._model.run(run).events, event)) is not None:
            self.send({"type": "select", "run": run, "item": item})

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        match message.get("type"):
            case "hello":
                self._model.delta()
                if message.get("version") != self._model.version:
                    self.send(self._model.full())
            case "span":
                spans = self._model.span(int(message["run"]), int(message["item"]))
                detail = next((span.detail for span in spans[int(message["place"]) :]), "")
                self.send({"type": "span", "key": message["key"], "detail": plain(detail)})
            case "table":
                self.table = bool(message.get("on"))
            case "events":
                self.send({"type": "events", "asked": message["asked"], **self._events(message)})

    def _events(self, message: dict[str, Any]) -> dict[str, Any]:
        run, item = int(message["run"]), int(message["item"])
        spans = self._model.span(run, item)
        first = spans[0].first_event if spans else 0
        events = self._model.run(run).events
        self.chosen(self._model.run(run), first)
        if first == 0:
            return {"events": [], "note": f"{_QUERY}\n{spans[0].detail if spans else ''}"}
        found = related(events, first)
        note = f"and {len(found) - MOST} more events" if len(found) > MOST else _DUE if item == -1 else ""
        return {"events": told(found), "note": note}
