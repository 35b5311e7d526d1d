"""The table in the browser: an anywidget, and what it asks of the kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from temporalio.converter import DataConverter, PayloadConverter

from course_lib.history.detail import event_detail
from course_lib.history.run import Run, Source
from course_lib.widgets.event_table.rows import Rows
from course_lib.widgets.look import STYLE, plain
from course_lib.widgets.panel.bundle import bundle

_HERE = Path(__file__).parent
CSS = (_HERE / "table.css").read_text("utf-8")

GONE = "This table no longer grows: the kernel was restarted or stopped. Run its cell again."


class EventTableWidget(anywidget.AnyWidget):
    """Shows the events of a source's runs.

    All rows are in the browser, so that filtering and scrolling need no kernel. What was there at the beginning is
    state; what comes later are messages, and a page that was reloaded asks for everything.

    Args:
        source: A feed, or anything with ``runs``.
        converter: What decodes the payloads of an opened event.

    Attributes:
        run: Which of the runs is shown, from 0.
        selected: The number of the selected event, 0 when none is. To be set by others, and to be observed by them.
    """

    _esm = bundle(_HERE / "table.js")
    css = traitlets.Unicode(STYLE + CSS).tag(sync=True)
    gone = traitlets.Unicode(GONE).tag(sync=True)
    first = traitlets.Dict().tag(sync=True)
    run = traitlets.Int(0).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)

    def __init__(self, source: Source, converter: DataConverter | PayloadConverter | None = None) -> None:
        self.source = source
        self.rows: list[Rows] = []
        self._converter = converter
        self._known: list[dict[str, Any]] = []
        self._version = 0
        self._read()
        super().__init__(first=self._everything())
        self.on_msg(self._asked)

    def push(self) -> None:
        """Send what has changed; on the kernel's loop."""
        before, tails = self._known, self._read()
        if tails or self._known != before:
            self._version += 1
            self.send({"type": "more", "version": self._version, "runs": self._known, "tails": tails})

    def on_select(self, listener: Callable[[int, int], None]) -> None:
        """Have something called when another event is selected, here or in the browser.

        Args:
            listener: Gets the number of the run, from 0, and the number of the event; on the kernel's loop.
        """
        self.observe(lambda _: listener(self.run, self.selected), names=["selected", "run"])

    def _read(self) -> list[list[Any]]:
        """Read what is new, and return for each run that grew its number, its first new row, and the new rows."""
        tails = []
        runs = list(self.source.runs)
        self.rows += [Rows() for _ in runs[len(self.rows) :]]
        for number, (run, rows) in enumerate(zip(runs, self.rows, strict=True)):
            events = run.events  # another thread may put another list there meanwhile
            first = rows.take(events)
            if first < len(rows.all):
                tails.append([number, first, rows.all[first:]])
        self._known = [_told(run, number) for number, run in enumerate(runs)]
        return tails

    def _everything(self) -> dict[str, Any]:
        tails = [[number, 0, rows.all] for number, rows in enumerate(self.rows)]
        return {"type": "all", "version": self._version, "runs": self._known, "tails": tails}

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("type") == "hello":
            if message.get("version") != self._version:
                self.send(self._everything())
        elif message.get("type") == "open":
            run, event = int(message["run"]), int(message["event"])
            events = self.source.runs[run].events if 0 <= run < len(self.source.runs) else []
            if 0 < event <= len(events):
                fields = [[plain(name), plain(text)] for name, text in event_detail(events[event - 1], self._converter)]
                self.send({"type": "detail", "run": run, "event": event, "fields": fields})


def _told(run: Run, number: int) -> dict[str, Any]:
    relation = {"root": "", "continued": " (continued)", "child": " (child)"}[run.relation]
    return {
        "label": plain(f"{number + 1}. {run.workflow_id}{relation}"),
        "id": plain(run.workflow_id),
        "closed": run.closed,
        "error": plain(run.error),
    }
