"""What is written beside a bar, and where there is room for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from course_lib.history import Span
from course_lib.widgets.timeline.lanes import Item
from course_lib.widgets.timeline.signs import BAD, ICONS, WORDS, events_of, took

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
    """

    text: str
    at: float
    anchor: str
    inside: bool


@dataclass
class Row:
    """The room in one row.

    Args:
        taken: Right edge of what was drawn so far, in percent.
        labels: Those placed so far.
    """

    taken: float = -1.0
    labels: list[Label] = field(default_factory=list)

    def place(self, texts: list[str], left: float, right: float, next_left: float) -> Label | None:
        """Place the longest text that fits: on the bar, right of it, left of it.

        Args:
            texts: From long to short.
            left: The bar's left edge, percent.
            right: The bar's right edge, percent.
            next_left: Where the next thing in this row begins, percent.
        """
        for text in texts:
            width = (len(text) * _CHARACTER + 2 * _GAP) * 100 / LEAST_WIDTH
            if right - left >= width:
                label = Label(text, left, "start", inside=True)
                self.taken = right
            elif next_left - right >= width:
                label = Label(text, right, "start", inside=False)
                self.taken = right + width
            elif left - self.taken >= width:
                label = Label(text, left, "end", inside=False)
                self.taken = right
            else:
                continue
            self.labels.append(label)
            return label
        self.taken = max(self.taken, right)
        return None


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
    attempt = f"try {span.attempt} " if retried and span.attempt and span.kind == "activity" else ""
    name = f"{span.name} " if span.kind in ("timer", "child") else ""
    word = "" if span.status == "completed" else f"{WORDS[span.status]} "
    about = "≈ " if span.estimated else ""
    last = span is item.spans[-1]
    choices = [
        f"{name}{attempt}{icon} {word}{about}{length}" + (f" {number}" if last else ""),
        f"{attempt}{icon} {word}{about}{length}" + (f" {number}" if last else ""),
        f"{attempt}{icon} {word}{about}{length}",
        f"{icon} {about}{length}",
    ]
    if span.status in BAD:
        choices.append(icon)
    return [" ".join(choice.split()) for choice in choices]
