"""The event table as a notebook shows it: live where a widget can be, and a still one beside it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter, PayloadConverter

from course_lib.history.feed import Feed
from course_lib.history.run import Run, Source
from course_lib.widgets.event_table.still import still
from course_lib.widgets.event_table.widget import EventTableWidget
from course_lib.widgets.look import View
from course_lib.widgets.panel import lifetimes
from course_lib.widgets.panel.frontend import interactive, with_static
from course_lib.widgets.panel.kernel_side import KernelSide

_FIRST = 2.0  # seconds: the kernel's thread waits so long for the first events, at most


class EventTable:
    """The events of a run, and of the runs that it leads to.

    It grows from when it is shown until every run is closed, its cell runs again, or nobody holds it any more.

    Args:
        source: A feed; or a history or those of a chain of runs, which do not grow.
        converter: What decodes payloads; by default Temporal's own converter.

    Attributes:
        widget: To put beside another widget; made when it is first asked for. ``widget.selected`` is the number of
            the selected event: set it, observe it, or use ``widget.on_select``.
    """

    def __init__(
        self,
        source: Feed | WorkflowHistory | Sequence[WorkflowHistory],
        converter: DataConverter | PayloadConverter | None = None,
    ) -> None:
        self._converter = converter
        self._feed: Feed | None = None
        self._source: Source
        if isinstance(source, Feed):
            self._source = self._feed = source
        else:
            runs = source if isinstance(source, Sequence) else [source]
            self._source = SimpleNamespace(runs=[_closed(run, run is runs[0]) for run in runs])
        self._widget: EventTableWidget | None = None
        self._unsubscribe: Callable[[], object] | None = None
        this = weakref.ref(self)  # neither the feed nor the kernel's loop may keep it alive
        self._side = KernelSide(lambda: _push(this))

    @property
    def widget(self) -> EventTableWidget:
        """The live table; asking for it begins to follow the run."""
        if self._widget is None:
            if self._feed is not None:
                self._unsubscribe = self._feed.subscribe(self._side.soon)
                self._feed.start()
            self._widget = EventTableWidget(self._source, self._converter)
            weakref.finalize(self, self._widget.close)
        return self._widget

    def close(self) -> None:
        """Stop following and take the widget away; a second call does nothing."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._source = SimpleNamespace(runs=self._source.runs)
        self._feed = None
        if self._widget is not None:
            self._widget.close()
            self._widget = None

    def static(self) -> View:
        """Return the table as it is now, for where no widget can be."""
        return still(self._source.runs)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        if not interactive():
            return self.static()._repr_mimebundle_()
        if self._feed is not None:
            _begin(self._feed)
        lifetimes.note(self)
        widget = self.widget
        return with_static(widget, self.static())

    def __repr__(self) -> str:
        return self.static().text


def _closed(history: WorkflowHistory, first: bool) -> Run:
    closed = Run(history.workflow_id, history.run_id, "root" if first else "continued", None)
    closed.take(list(history.events))
    closed.closed = True  # whatever its last event is, nothing more will come
    return closed


def _begin(feed: Feed) -> None:
    """Start a feed and wait, not long, for its first events: the still form beside the widget is not empty then."""
    came = threading.Event()
    unsubscribe = feed.subscribe(came.set)
    feed.start()
    if not feed.runs[0].events and not feed.runs[0].error:
        came.wait(_FIRST)
    unsubscribe()


def _push(this: weakref.ref[EventTable]) -> None:
    table = this()
    if table is not None and table._widget is not None:
        table._widget.push()
