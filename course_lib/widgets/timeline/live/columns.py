"""Spans as columns of numbers and one list of texts: a tenth of what a dictionary for each of them would be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from course_lib.history import Span
from course_lib.widgets.texts import Texts

NAMES = (
    "run", "item", "kind", "lane", "name", "start", "end", "status", "attempt", "first", "last", "detail", "waited",
    "flags",
)  # fmt: skip

ESTIMATED = 1
MORE = 2  # its payloads were not read; the view may ask for them

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


class Columns:
    """Collects spans.

    Args:
        texts: Where the texts go.
    """

    def __init__(self, texts: Texts) -> None:
        self._number = texts.number
        self._rows: list[tuple[Any, ...]] = []

    def add(self, run: int, item: int, spans: Iterable[Span], origin: int, *, more: bool) -> None:
        """Add the spans of one item.

        Args:
            run: The run's number.
            item: The item's number.
            spans: In order.
            origin: Microseconds since 1970 from which the picture counts.
            more: Whether a span without detail may have some.
        """
        number = self._number
        for span in spans:
            end = None if span.end is None else microseconds(span.end) - origin
            waited = None if span.waited_from is None else microseconds(span.waited_from) - origin
            flags = ESTIMATED * span.estimated + MORE * (more and not span.detail)
            self._rows.append(
                (
                    run, item, number(span.kind), number(span.lane), number(span.name),
                    microseconds(span.start) - origin, end, number(span.status), span.attempt or 0, span.first_event,
                    span.last_event or 0, number(span.detail), waited, flags,
                )
            )  # fmt: skip

    def as_dict(self) -> dict[str, list[Any]]:
        """Return the columns by name."""
        return {name: list(column) for name, column in zip(NAMES, zip(*self._rows, strict=True), strict=False)}
