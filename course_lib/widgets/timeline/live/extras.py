"""What a picture shows beside the spans of a history: marks of Workers and replays, and queries sent from here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from course_lib.history.moments import moment
from course_lib.history.sent_queries import spans_of
from course_lib.history.span import Span
from course_lib.history.worker_changes import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_lib.history.run import Run

# Items are numbered by event; these are none, so their numbers lie below all others.
MARKS = -1_000_000
QUERIES = -2_000_000

_NAMES = {"worker": "⇄ other Worker", "replay": "↺ replay"}


class Extras:
    """The marks and queries of one run, as items.

    Attributes:
        items: Spans by item number.
    """

    def __init__(self) -> None:
        self.items: dict[int, tuple[Span, ...]] = {}
        self._list: Sequence[Any] | None = None
        self._read = 0

    def update(self, run: Run, until: datetime | None) -> set[int]:
        """Take what is new and return the numbers of the items that have changed.

        Args:
            run: The run.
            until: Until when it was the newest run of its workflow; None: it still is.
        """
        found: dict[int, tuple[Span, ...]] = {}
        for number, span in enumerate(self._queries(run, until)):
            found[QUERIES - number] = (span,)
        if run.events is self._list and len(run.events) == self._read:
            found |= {number: spans for number, spans in self.items.items() if number > QUERIES}
        else:
            self._list, self._read = run.events, len(run.events)
            found |= {MARKS - mark.event: (_mark(mark),) for mark in marks(run.events[: self._read])}
        before, self.items = self.items, found
        return {number for number in before.keys() | found.keys() if before.get(number) != found.get(number)}

    @staticmethod
    def _queries(run: Run, until: datetime | None) -> list[Span]:
        if not run.events:
            return []
        return spans_of(run.workflow_id, run.run_id, since=moment(run.events[0].event_time), until=until)


def _mark(mark: Any) -> Span:
    # A kind that only this picture has: histories know no marks.
    kind = cast("Any", "mark")
    return Span(
        "Workers", kind, _NAMES[mark.kind], mark.time, mark.time, "point", None, mark.event, mark.event, mark.text
    )  # fmt: skip
