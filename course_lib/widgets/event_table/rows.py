"""What stands in the table: one row for each event, in texts short enough for thousands of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent

from course_lib.history.frame import NO_TIME, RowReader
from course_lib.history.moments import in_words
from course_lib.history.payloads import Decoder, preview
from course_lib.widgets.event_kinds import kind_of
from course_lib.widgets.look import plain, shorten

_SHOWN = 240  # characters of a payload or failure; the opened event has everything


class Row(NamedTuple):
    """One event, as the table shows it. A named tuple becomes a list in JSON.

    Args:
        event: Its number.
        offset: Time since the run's first event, in words.
        time: When, UTC.
        type: For example ``ActivityTaskScheduled``.
        name: Of the activity, signal, timer …
        payload: Shortened.
        failure: Shortened; empty when there is none.
        kind: Which choice shows it.
        attempt: From 2 on; 0 for a first attempt and for what has none.
        link: The event that this one answers, 0 when it answers none.
        took: Time since that event, in words.
    """

    event: int
    offset: str
    time: str
    type: str
    name: str
    payload: str
    failure: str
    kind: str
    attempt: int
    link: int
    took: str


class Rows:
    """The rows of one run; it grows with the run."""

    def __init__(self) -> None:
        self.all: list[Row] = []
        self._events: list[HistoryEvent] = []
        self._reader = RowReader(_Previews())
        self._begin = 0

    def take(self, events: Sequence[HistoryEvent]) -> int:
        """Read what is new.

        Args:
            events: The run's whole history so far.

        Returns:
            The first row, counted from 0, that is new or another than before; the number of rows when nothing is.
        """
        first = len(self._events)
        while first and (first > len(events) or self._events[first - 1] is not events[first - 1]):
            first -= 1
        fresh = list(events[first:])
        self._events[first:] = fresh
        self.all[first:] = [self._row(event) for event in fresh]
        return first

    def _row(self, event: HistoryEvent) -> Row:
        number, at, kind, name, payload, attempt, link, took, failure = self._reader.row(event)
        if number == 1:
            self._begin = at
        if event.HasField("user_metadata") and event.user_metadata.HasField("summary"):
            name = preview([event.user_metadata.summary]).strip('"')
        return Row(
            number,
            in_words(timedelta(microseconds=(at - self._begin) / 1000)),
            f"{datetime.fromtimestamp(at // 1_000_000_000, UTC):%H:%M:%S}.{at // 1_000_000 % 1000:03d}",
            kind,
            plain(shorten(name, 80)),
            plain(shorten(_text(payload), _SHOWN)),
            plain(shorten(failure, _SHOWN)),
            _kind(event, kind),
            attempt if attempt and attempt > 1 else 0,
            link or 0,
            "" if took == NO_TIME else in_words(timedelta(microseconds=took / 1000)),
        )


class _Previews(Decoder):
    """Reads of a payload only what is shown."""

    def one(self, payload: Payload) -> Any:
        return preview([payload], _SHOWN)


def _text(payload: Any) -> str:
    if payload is None:
        return ""
    if isinstance(payload, timedelta):
        return in_words(payload)
    if isinstance(payload, Mapping):
        return ", ".join(f"{key}: {_text(value)}" for key, value in payload.items())
    return ", ".join(map(_text, payload)) if isinstance(payload, list) else str(payload)


def _kind(event: HistoryEvent, name: str) -> str:
    if name == "MarkerRecorded":
        local = event.marker_recorded_event_attributes.marker_name == "core_local_activity"
        return "activity" if local else "other"
    return kind_of(name)
