"""What a comparison says about its two runs, anew after each change."""

from __future__ import annotations

from course_lib.history import Span
from course_lib.widgets.timeline.differences import differences
from course_lib.widgets.timeline.live.picture import LivePicture

_APART = 10_000_000  # between the event numbers of one run and of the next, so that no two items are taken for one


def apart(model: LivePicture) -> list[str]:
    """Return how two tracks differ, in sentences; children are left out.

    Args:
        model: With two tracks.
    """
    return differences(*(_spans(model, track) for track in (0, 1)))


def _spans(model: LivePicture, track: int) -> list[Span]:
    return [
        span._replace(first_event=span.first_event + number * _APART)
        for number, items in enumerate(model.line(track))
        for spans in items
        for span in spans
    ]
