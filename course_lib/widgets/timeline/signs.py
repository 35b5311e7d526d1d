"""How a status is told: an icon and a word; colour and hatching only repeat them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from course_lib.history import Span
from course_lib.history.moments import in_words

ICONS = {
    "running": "▶",
    "waiting": "…",
    "completed": "✓",
    "failed": "✗",
    "timed_out": "◷",
    "cancelled": "⊘",
    "left": "◌",
    "terminated": "■",
    "continued": "↻",
    "point": "◆",
    "skipped": "»",
}
WORDS = {
    "running": "running",
    "waiting": "waiting",
    "completed": "completed",
    "failed": "failed",
    "timed_out": "timed out",
    "cancelled": "cancelled",
    "left": "result not recorded",
    "terminated": "terminated",
    "continued": "continued as new",
    "point": "received",
    "skipped": "skipped",
}
BAD = frozenset({"failed", "timed_out", "terminated"})


def took(span: Span, end: float | None = None) -> str:
    """Return how long a span lasted, in words.

    Args:
        span: The span.
        end: For an open one: how long it has lasted so far, in seconds.
    """
    if span.status == "point":
        return ""
    if span.end is None:
        return f"{in_words(timedelta(seconds=end))} so far" if end is not None else ""
    return in_words(span.end - span.start)


def status_words(span: Span) -> str:
    """Return icon and word of a span's status."""
    if span.kind == "marker" and span.status == "point":
        return "◆ recorded"
    return f"{ICONS[span.status]} {WORDS[span.status]}"


def events_of(span: Span) -> str:
    """Return the event numbers of a span: ``"5"``, ``"5–7"``, or ``"5–"`` while it is open; of run 2 ``"2:5–7"``."""
    run = f"{span.run}:" if span.run else ""
    if span.last_event is None:
        return f"{run}{span.first_event}–"
    last = "" if span.first_event == span.last_event else f"–{span.last_event}"
    return f"{run}{span.first_event}{last}"


def status_counts(spans: Iterable[Span]) -> str:
    """Return how many spans have which status, in words."""
    counts = Counter(span.status for span in spans)
    return ", ".join(f"{count:,} {WORDS[status]}" for status, count in counts.most_common())
