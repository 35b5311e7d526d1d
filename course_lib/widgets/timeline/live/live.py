"""A live timeline as a notebook shows it: the widget, and the static picture where no widget can be."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from course_lib.history.feed import Feed
from course_lib.widgets.look import View
from course_lib.widgets.panel.kernel_side import KernelSide
from course_lib.widgets.timeline.live import shown
from course_lib.widgets.timeline.live.model import Model, Still, Track
from course_lib.widgets.timeline.live.widget import TimelineWidget


class Timeline:
    """A picture that grows with its run.

    It begins to grow when it is shown, and ends when every run is closed, when its cell runs again, or when nobody
    holds it any more.

    Args:
        tracks: What it shows.
        static: Draws the same as a still picture.
        remark: Returns what is to be said about it, in sentences.

    Attributes:
        widget: The widget, once it was shown.
    """

    def __init__(
        self, tracks: Sequence[Track], static: Callable[[], View], remark: Callable[[Model], list[str]] | None = None
    ) -> None:
        self._model = Model(tracks, remark)
        self._static = static
        self.widget: TimelineWidget | None = None
        self._endings: list[Callable[[], None]] = []
        # Neither the feed nor the kernel's loop may keep it alive.
        this = weakref.ref(self)
        self._side = KernelSide(lambda: _push(this))
        self._feeds = [track.source for track in tracks if isinstance(track.source, Feed)]

    def start(self) -> None:
        """Begin to follow; a second call does nothing."""
        if self._endings:
            return
        soon = self._side.soon
        for feed in self._feeds:
            self._endings.append(feed.subscribe(soon))
            feed.start()

    def close(self) -> None:
        """Stop following and take the widget away; a second call does nothing."""
        while self._endings:
            self._endings.pop()()
        self._feeds.clear()
        for track in self._model.tracks:
            track.source = Still(track.source.runs)
        if self.widget is not None:
            self.widget.close()
            self.widget = None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        static = self._static()
        bundle: dict[str, Any] = {"text/html": static.html, "text/plain": static.text}
        if self.widget is None:
            self.widget = TimelineWidget(self._model)
            weakref.finalize(self, self.widget.close)
        self.start()
        shown.note(self)
        made: Any = self.widget._repr_mimebundle_() or {}
        return {**(made[0] if isinstance(made, tuple) else made), **bundle}

    def __repr__(self) -> str:
        return self._static().text


def _push(this: weakref.ref[Timeline]) -> None:
    timeline = this()
    if timeline is not None and timeline.widget is not None:
        timeline.widget.push()
