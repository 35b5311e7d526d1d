"""A history as a DataFrame."""

from collections.abc import Sequence

import pandas as pd
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter, PayloadConverter

from course_lib.history import reading


def events_frame(
    history: WorkflowHistory | Sequence[HistoryEvent], converter: PayloadConverter | None = None
) -> pd.DataFrame:
    """Return a history as a DataFrame, one row per event.

    Columns: ``event_id`` (int64) · ``time`` (datetime64, UTC) · ``type`` (``"ActivityTaskScheduled"``) · ``name``
    (activity, workflow, signal, update, or timer id; an answering event has the name of what it answers) ·
    ``payload`` (decoded arguments, result or details) · ``attempt`` (Int64) · ``links`` (Int64, the event that this
    one answers) · ``duration`` (timedelta since that event) · ``failure`` (in words) · ``identity`` (who reported it).

    Args:
        history: A history or its events.
        converter: Decodes payloads; the SDK's default one when not given.
    """
    events = history.events if isinstance(history, WorkflowHistory) else history
    converter = converter or DataConverter.default.payload_converter
    times: dict[int, int] = {}
    names: dict[int, str] = {}
    rows: dict[str, list[object]] = {column: [] for column in _COLUMNS}
    for event in events:
        number = event.event_id
        nanoseconds = event.event_time.ToNanoseconds()
        answered = reading.link(event)
        name = reading.own_name(event) or names.get(answered or 0, "")
        times[number], names[number] = nanoseconds, name
        began = times.get(answered or 0)
        values = (
            number, nanoseconds, reading.type_name(event.event_type), name, reading.payload(event, converter),
            reading.attempt(event), answered, None if began is None else nanoseconds - began,
            reading.failure_text(event), reading.identity(event),
        )  # fmt: skip
        for column, value in zip(_COLUMNS, values, strict=True):
            rows[column].append(value)
    return pd.DataFrame(
        {
            "event_id": pd.Series(rows["event_id"], dtype="int64"),
            "time": pd.to_datetime(pd.Series(rows["time"], dtype="int64"), unit="ns", utc=True),
            "type": pd.Series(rows["type"], dtype="str"),
            "name": pd.Series(rows["name"], dtype="str"),
            "payload": pd.Series(rows["payload"], dtype="object"),
            "attempt": pd.Series(rows["attempt"], dtype="Int64"),
            "links": pd.Series(rows["links"], dtype="Int64"),
            "duration": pd.to_timedelta(pd.Series(rows["duration"], dtype="Int64").astype("timedelta64[ns]")),
            "failure": pd.Series(rows["failure"], dtype="str"),
            "identity": pd.Series(rows["identity"], dtype="str"),
        }
    )


_COLUMNS = (
    "event_id", "time", "type", "name", "payload", "attempt", "links", "duration", "failure", "identity",
)  # fmt: skip
