"""A history as a DataFrame: one row per event."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter, PayloadConverter

from course_lib.history.payloads import Decoder
from course_lib.history.reading import attributes_field, type_name
from course_lib.history.rules import FIRST, RULES, Rule

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = Rule()
_COLUMNS: dict[str, Any] = {
    "event_id": "int64",
    "time": "datetime64[ns, UTC]",
    "type": "str",
    "name": "str",
    "payload": object,
    "attempt": "Int64",
    "links": "Int64",
    "duration": "timedelta64[ns]",
    "failure": "str",
}


def events_frame(history: WorkflowHistory, converter: DataConverter | PayloadConverter | None = None) -> pd.DataFrame:
    """Return a history as a DataFrame, one row per event.

    Columns: ``event_id`` (int64), ``time`` (UTC), ``type`` (for example ``"ActivityTaskScheduled"``), ``name`` (of the
    activity, signal, timer …; an event that answers another one has its name), ``payload`` (decoded, never cut; a list
    when there are several; a timer's duration), ``attempt`` (Int64), ``links`` (Int64, the event that this one
    answers), ``duration`` (since that event) and ``failure`` (text, empty when there is none; for
    ``ActivityTaskStarted`` the failure of the attempt before).

    Args:
        history: Any run's history.
        converter: What decodes the payloads; by default Temporal's own converter.
    """
    import pandas as pd  # takes longer to import than all the rest of this package

    reader = RowReader(Decoder(converter))
    # Objects first: else pandas would make 5.0 of a payload 5 when another one is None.
    frame = pd.DataFrame([reader.row(event) for event in history.events], columns=list(_COLUMNS), dtype=object)
    return frame.astype(_COLUMNS)


NO_TIME = -(2**63)  # NaT
Row = tuple[int, int, str, str, Any, int | None, int | None, int, str]


class RowReader:
    """Makes rows, and remembers what later events may answer.

    Args:
        decoder: Reads the payloads.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._seen: dict[int, tuple[int, str, int | None]] = {}

    def row(self, event: Any) -> Row:
        """Return the row of an event; to be called in the order of the events.

        Returns:
            Number, nanoseconds since 1970, type, name, payload, attempt, link, nanoseconds since the linked event
            (`NO_TIME` without one), failure.
        """
        kind, field, rule = _facts(event.event_type)
        number, stamp = event.event_id, event.event_time
        moment = stamp.seconds * 1_000_000_000 + stamp.nanos
        name, payload, failure, since = "", None, "", NO_TIME
        attempt: int | None = None
        link: int | None = None
        attributes = getattr(event, field, None) if field else None
        if attributes is not None:
            for answered in rule.links:
                if link := 1 if answered == FIRST else getattr(attributes, answered):
                    break
            if rule.payload is not None:
                payload = rule.payload(attributes, self._decoder)
            if rule.failure is not None:
                failure = rule.failure(attributes)
            if rule.name is not None:
                name = rule.name(attributes)
            if rule.attempt:
                attempt = attributes.attempt or None
        earlier = self._seen.get(link) if link else None
        if earlier is not None:
            since = moment - earlier[0]
            name = name or earlier[1]
            attempt = attempt or earlier[2]
        self._seen[number] = (moment, name, attempt)
        return number, moment, kind, name, payload, attempt, link or None, since, failure


@cache
def _facts(event_type: int) -> tuple[str, str, Rule]:
    kind = type_name(event_type)
    return kind, attributes_field(event_type), RULES.get(kind, _NOTHING)
