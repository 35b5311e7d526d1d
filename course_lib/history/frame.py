"""A history as a DataFrame: one row per event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_lib.history.payloads import Decoder
from course_lib.history.reading import attributes_field, nanoseconds, type_name
from course_lib.history.rules import FIRST, RULES, Rule

if TYPE_CHECKING:
    import pandas as pd
    from temporalio.client import WorkflowHistory
    from temporalio.converter import DataConverter, PayloadConverter

_NOTHING = Rule()


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

    decoder = Decoder(converter)
    reader = _Reader(decoder)
    for event in history.events:
        reader.read(event)
    count = len(reader.ids)
    times = pd.Series(pd.array(reader.times, dtype="int64")).astype("datetime64[ns]").dt.tz_localize("UTC")
    spent = pd.Series(pd.array(reader.durations, dtype="int64")).astype("timedelta64[ns]")
    payloads = pd.Series([None] * count, dtype=object)
    payloads[:] = _column(reader.payloads)
    return pd.DataFrame(
        {
            "event_id": pd.Series(reader.ids, dtype="int64"),
            "time": times,
            "type": pd.Series(reader.types, dtype="str"),
            "name": pd.Series(reader.names, dtype="str"),
            "payload": payloads,
            "attempt": pd.Series(pd.array(reader.attempts, dtype="Int64")),
            "links": pd.Series(pd.array(reader.links, dtype="Int64")),
            "duration": spent,
            "failure": pd.Series(reader.failures, dtype="str"),
        }
    )


def _column(values: list[Any]) -> Any:
    import numpy as np

    # Filled one by one: numpy would make a table of a list of lists.
    column = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        column[position] = value
    return column


_NO_TIME = -(2**63)  # NaT


class _Reader:
    """Collects columns, and remembers what later events answer."""

    def __init__(self, decoder: Decoder) -> None:
        self.ids: list[int] = []
        self.times: list[int] = []
        self.types: list[str] = []
        self.names: list[str] = []
        self.payloads: list[Any] = []
        self.attempts: list[int | None] = []
        self.links: list[int | None] = []
        self.durations: list[int] = []
        self.failures: list[str] = []
        self._decoder = decoder
        self._seen: dict[int, tuple[int, str, int | None]] = {}

    def read(self, event: Any) -> None:
        kind = type_name(event.event_type)
        rule = RULES.get(kind, _NOTHING)
        field = attributes_field(event.event_type)
        attributes = getattr(event, field, None) if field else None
        number, moment = event.event_id, nanoseconds(event.event_time)
        name, attempt, link, payload, failure = "", None, None, None, ""
        if attributes is not None:
            link = _link(rule, attributes)
            payload = rule.payload(attributes, self._decoder) if rule.payload else None
            failure = rule.failure(attributes) if rule.failure else ""
            name = rule.name(attributes) if rule.name else ""
            attempt = attributes.attempt or None if rule.attempt else None
        answered = self._seen.get(link) if link else None
        since = _NO_TIME
        if answered is not None:
            since = moment - answered[0]
            name = name or answered[1]
            attempt = attempt or answered[2]
        self._seen[number] = (moment, name, attempt)
        self.ids.append(number)
        self.times.append(moment)
        self.types.append(kind)
        self.names.append(name)
        self.payloads.append(payload)
        self.attempts.append(attempt)
        self.links.append(link)
        self.durations.append(since)
        self.failures.append(failure)


def _link(rule: Rule, attributes: Any) -> int | None:
    for field in rule.links:
        number: int = 1 if field == FIRST else getattr(attributes, field)
        if number:
            return number
    return None
