"""What is written beside a bar, and where there is room for it."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.history import Span
from course_lib.widgets.timeline.lanes import Item
from course_lib.widgets.timeline.signs import ICONS, WORDS, events_of, took

# The picture's least width; a label that fits there fits in every wider one.
LEAST_WIDTH = 460  # pixels
_CHARACTER = 6.3  # pixels at 11 px, a little more than the average
_GAP = 5  # pixels


@dataclass(frozen=True)
class Label:
    """A text at a place.

    Args:
        text: What is written.
        at: Percent from the left.
        anchor: ``start`` or ``end``, as in SVG.
        inside: Whether it stands on the bar.
        over: Whether it stands over a line of waiting.
    """

    text: str
    at: float
    anchor: str
    inside: bool
    over: bool = False


@dataclass
class Row:
    """The room in one row.

    Args:
        taken: Right edge of what was drawn so far, in percent.
    """

    taken: float = -1.0

    def place(self, texts: list[str], left: float, right: float, free: float, room: float, waits: bool) -> Label | None:
        """Place the longest text that fits: on the bar, right of it, left of it; else on a line of waiting.

        Args:
            texts: From long to short.
            left: The bar's left edge, percent.
            right: The bar's right edge, percent.
            free: Up to where nothing is drawn right of it, percent.
            room: Up to where there is at most a line of waiting right of it, percent.
            waits: Whether a line of waiting leads to the bar.
        """
        before, self.taken = self.taken, max(self.taken, right)
        for over_line in (False, True):
            for text in texts:
                width = _width(text)
                if right - left >= width:
                    return Label(text, left, "start", inside=True)
                if (room if over_line else free) - right >= width:
                    self.taken = right + width
                    return Label(text, right, "start", inside=False, over=over_line)
                if (over_line or not waits) and left - before >= width:
                    return Label(text, left, "end", inside=False, over=over_line)
        return None


def _width(text: str) -> float:
    """Return a text's width in percent of the narrowest picture."""
    return (len(text) * _CHARACTER + 2 * _GAP) * 100 / LEAST_WIDTH


def texts(span: Span, item: Item, end: float) -> list[str]:
    """Return what may be written beside a span, from long to short.

    Args:
        span: The span.
        item: What it belongs to.
        end: How long an open span has lasted, seconds.
    """
    icon, number = ICONS[span.status], f"#{events_of(span)}"
    if span.status == "point":
        named = f"{span.name} " if span.kind == "marker" else ""
        return [f"{named}{number}", number] if span.kind == "marker" else [number]
    if span.kind == "workflow_task" and span.status == "completed":
        return []
    length = took(span, end)
    retried = len(item.spans) > 1 or (span.attempt or 1) > 1
    attempt = f"attempt {span.attempt} " if retried and span.attempt and span.kind == "activity" else ""
    name = f"{span.name} " if span.kind in ("timer", "child") else ""
    word = "" if span.status == "completed" else f"{WORDS[span.status]} "
    about = "≈ " if span.estimated else ""
    last = span is item.spans[-1]
    tail = f" {number}" if last else ""
    choices = [
        f"{name}{attempt}{icon} {word}{about}{length}{tail}",
        f"{name}{attempt}{icon} {about}{length}{tail}",
        f"{attempt}{icon} {word}{about}{length}",
        f"{attempt}{icon} {about}{length}",
        f"{icon} {about}{length}",
        f"{attempt}{icon}" if attempt else f"{icon} {length}",
    ]
    return [" ".join(choice.split()) for choice in dict.fromkeys(choices)]
