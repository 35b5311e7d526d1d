"""A live timeline as a notebook shows it: the widget, and the static picture where no widget can be."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
from temporalio.client import WorkflowHistory

from course_lib.history.feed import Feed
from course_lib.history.run import Run
from course_lib.widgets.look import View
from course_lib.widgets.panel import lifetimes
from course_lib.widgets.panel.frontend import with_static
from course_lib.widgets.panel.kernel_side import KernelSide
from course_lib.widgets.timeline.live.picture import LivePicture, Still, Track
from course_lib.widgets.timeline.live.widget import TimelineWidget

# Seconds: changes are collected so long. An event is to be seen within 0.2 s, and most of that is the way to the page.
_PAUSE = 0.02


class Timeline:
    """A picture that grows with its run.

    It begins to grow when it is shown, and ends when every run is closed, when its cell runs again, or when nobody
    holds it any more.

    Args:
        tracks: What it shows.
        static: Draws the same as a still picture.
        remark: Returns what is to be said about it, in sentences.

    Attributes:
        widget: The picture, once it was shown.
        frame: The picture with the table of events below it, as one ipywidget.
        events: The table of events, once it was asked for.
    """

    def __init__(
        self,
        tracks: Sequence[Track],
        static: Callable[[], View],
        remark: Callable[[LivePicture], list[str]] | None = None,
    ) -> None:
        self._tracks = list(tracks)
        self._model = LivePicture(self._tracks, remark)
        self._static = static
        self.widget: TimelineWidget | None = None
        self.frame: Any = None
        self.events: Any = None
        self._endings: list[Callable[[], None]] = []
        # Neither the feed nor the kernel's loop may keep it alive.
        this = weakref.ref(self)
        self._side = KernelSide(lambda: _push(this), _PAUSE)

    def show(self) -> Any:
        """Return the widget to put into a notebook, and begin to follow; later calls return the same one."""
        if self.frame is None:
            widget = self.widget = TimelineWidget(self._model, tabular=len(self._tracks) == 1)
            self.frame = ipywidgets.VBox([widget])
            this = weakref.ref(self)
            widget.observe(lambda change: _table(this, on=change["new"]), "table")
            widget.chosen = lambda run, event: _chosen(this, run, event)
            self._endings += [widget.close, self.frame.close]
            for source in (track.source for track in self._tracks):
                if isinstance(source, Feed):
                    self._endings.append(source.subscribe(self._side.soon))
                    source.start()
            weakref.finalize(self, _end, self._endings)
        return self.frame

    def close(self) -> None:
        """Stop following and take the widget away; a second call does nothing."""
        if self.events is not None:
            self.events.close()
        _end(self._endings)
        # A feed ends when nobody holds it any more; another picture may share it.
        for track in self._tracks:
            track.source = Still(track.source.runs)

    def push(self) -> None:
        """Send what has changed to the browser."""
        if self.widget is not None:
            self.widget.push()

    def with_table(self, *, on: bool) -> None:
        """Show the table of events below the picture, or take it away.

        Args:
            on: Whether it is shown.
        """
        from course_lib.widgets.event_table import EventTable

        if on and self.events is None:
            source = self._tracks[0].source
            root = source.runs[0]
            self.events = EventTable(
                source if isinstance(source, Feed) else WorkflowHistory(root.workflow_id, root.events)
            )
            this = weakref.ref(self)
            self.events.widget.on_select(lambda run, event: _selected(this, run, event))
        self.frame.children = [self.widget, *([self.events.widget] if on else [])]

    def select(self, run: int, event: int) -> None:
        """Mark what an event belongs to.

        Args:
            run: The number of the run, as the table counts them.
            event: The event's number; 0 marks nothing.
        """
        runs = self._tracks[0].source.runs
        if self.widget is not None and event and run < len(runs):
            self.widget.select(runs[run].workflow_id, runs[run].run_id, event)

    def chosen(self, run: Run, event: int) -> None:
        """Select in the table what was clicked in the picture.

        Args:
            run: The run.
            event: The first event of what was clicked.
        """
        if self.events is not None and event and run in (runs := self._tracks[0].source.runs):
            table = self.events.widget
            table.run, table.selected = runs.index(run), event

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        lifetimes.note(self)
        return with_static(self.show(), self._static())

    def __repr__(self) -> str:
        return self._static().text


def _end(endings: list[Callable[[], None]]) -> None:
    while endings:
        endings.pop()()


def _push(this: weakref.ref[Timeline]) -> None:
    if timeline := this():
        timeline.push()


def _table(this: weakref.ref[Timeline], *, on: bool) -> None:
    if timeline := this():
        timeline.with_table(on=on)


def _chosen(this: weakref.ref[Timeline], run: Run, event: int) -> None:
    if timeline := this():
        timeline.chosen(run, event)


def _selected(this: weakref.ref[Timeline], run: int, event: int) -> None:
    if timeline := this():
        timeline.select(run, event)
