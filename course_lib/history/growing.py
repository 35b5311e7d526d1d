"""The spans of a run that grows: after each few events, only what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from temporalio.api.history.v1 import HistoryEvent

from course_lib.history.pending import Pending
from course_lib.history.span import Span
from course_lib.history.spans import Reader

# The workflow task that only the server knows belongs to no event.
DUE = -1

# Payloads of quick activities after this event are not read until somebody asks for them.
DETAILED_UP_TO = 1500

_NOTHING = Pending()


class GrowingSpans:
    """The spans of one run, item by item; an item is what began with one event: a span, or an activity's attempts.

    Attributes:
        items: Spans by the number of the item's first event; `DUE` is the workflow task that only the server knows.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.items: dict[int, tuple[Span, ...]] = {}
        self._reader = Reader()
        self._read = 0
        self._list: Sequence[HistoryEvent] | None = None
        self._pending = _NOTHING

    def update(self, events: Sequence[HistoryEvent], pending: Pending | None = None) -> set[int]:
        """Take what is new and return the numbers of the items that have changed, have come, or are gone.

        Args:
            events: The run's whole history so far. Another list than before is read from its beginning: the server
                may take back a workflow task that it told of before it was written.
            pending: What ``describe`` said last.
        """
        if events is not self._list and self._list is not None:
            before = self.items
            self._begin()
            self.update(events, pending)
            return {n for n in before.keys() | self.items.keys() if before.get(n) != self.items.get(n)}
        pending, count = pending or _NOTHING, len(events)
        if count == self._read and pending == self._pending and self._list is not None:
            return set()
        reader = self._reader
        for position in range(self._read, count):
            reader.read(events[position])
        numbers, reader.changed = reader.changed, set()
        if pending != self._pending:
            numbers |= reader.open_items()
        self._list, self._read, self._pending = events, count, pending
        changed = {number for number in sorted(numbers) if self._put(number, self._item(number))}
        due = None
        if pending.workflow_task is not None:
            due = reader.due(pending, [*chain.from_iterable(v for k, v in self.items.items() if k != DUE)])
        if self._put(DUE, [due] if due else []):
            changed.add(DUE)
        return changed

    @property
    def pause(self) -> Span | None:
        """How the run is paused; None when it is not."""
        return next((span for span in self.items.get(self._reader.pause, ()) if span.end is None), None)

    def detailed(self, number: int) -> list[Span]:
        """Return an item with all its payloads.

        Args:
            number: The item's number.
        """
        return list(self.items.get(DUE, ())) if number == DUE else self._reader.item(number, self._pending)

    def _item(self, number: int) -> list[Span]:
        return self._reader.item(number, self._pending, detailed=number <= DETAILED_UP_TO)

    def _put(self, number: int, spans: list[Span]) -> bool:
        found = tuple(spans)
        if self.items.get(number, ()) == found:
            return False
        if found:
            self.items[number] = found
        else:
            del self.items[number]
        return True
