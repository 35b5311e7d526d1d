import subprocess
import sys
from datetime import timedelta

import pandas as pd
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowFailureError, WorkflowHistory

from course_lib import history
from course_lib.history.reading import attributes_field, type_name
from course_lib.history.rules import RULES
from tests.history.conftest import Start
from tests.history.flows import Order

_TYPES = [number for number in EventType.values() if number]


def _row(frame: pd.DataFrame, type: str, name: str | None = None) -> pd.Series:  # type: ignore[type-arg]
    rows = frame[(frame["type"] == type) & ((frame["name"] == name) if name is not None else True)]
    assert len(rows) >= 1, (type, name, frame["type"].tolist())
    return rows.iloc[0]


@pytest.mark.parametrize("number", _TYPES)
def test_every_type_of_event_has_a_rule_and_fits_into_a_row(number: int) -> None:
    name = type_name(number)
    assert name in RULES
    event = HistoryEvent(event_id=7, event_type=number)  # type: ignore[arg-type]
    assert attributes_field(number) in HistoryEvent.DESCRIPTOR.fields_by_name
    getattr(event, attributes_field(number)).SetInParent()
    frame = history.events_frame(WorkflowHistory("w", [event]))
    assert frame["type"].tolist() == [name]
    assert frame["event_id"].tolist() == [7]
    history.spans(WorkflowHistory("w", [event]))


def test_no_rule_is_for_a_type_that_does_not_exist() -> None:
    assert set(RULES) == {type_name(number) for number in _TYPES}


def test_types_newer_than_the_sdk_still_get_a_row_and_a_span() -> None:
    event = HistoryEvent(event_id=3)
    event.MergeFromString(bytes([0x18, 0xE7, 0x07]))  # field 3, event_type, is 999
    assert history.events_frame(WorkflowHistory("w", [event]))["type"].tolist() == ["Unknown(999)"]
    assert [span.name for span in history.spans(WorkflowHistory("w", [event]))] == ["Unknown(999)"]


def test_an_empty_history_has_the_same_columns_and_types() -> None:
    frame = history.events_frame(WorkflowHistory("w", []))
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "event_id": "int64",
        "time": "datetime64[ns, UTC]",
        "type": str(pd.Series([], dtype="str").dtype),
        "name": str(pd.Series([], dtype="str").dtype),
        "payload": "object",
        "attempt": "Int64",
        "links": "Int64",
        "duration": "timedelta64[ns]",
        "failure": str(pd.Series([], dtype="str").dtype),
    }


async def test_a_run_with_everything(start: Start) -> None:
    handle = await start("everything")
    assert await handle.execute_update("set_note", "gift") == "GIFT"
    with pytest.raises(Exception, match="update failed"):
        await handle.execute_update("set_note", "bad")
    await handle.signal("approve", args=["<b>ada</b>", 2])
    assert await handle.result() == ["<b>ada</b> 2"]
    recorded = await history.fetch(handle)
    frame = history.events_frame(recorded)

    assert frame.dtypes.equals(history.events_frame(WorkflowHistory("w", [])).dtypes)
    assert frame["event_id"].tolist() == list(range(1, len(recorded.events) + 1))
    assert _row(frame, "WorkflowExecutionStarted")["payload"] == [
        {"id": "o-1", "cents": 1999, "note": ""},
        "everything",
    ]
    done = _row(frame, "WorkflowExecutionCompleted")
    assert (done["payload"], done["links"], done["name"]) == (["<b>ada</b> 2"], 1, "Shop")
    assert done["duration"] == frame["time"].iloc[-1] - frame["time"].iloc[0]

    scheduled = _row(frame, "ActivityTaskScheduled", "flaky_ship")
    begun = _row(frame, "ActivityTaskStarted", "flaky_ship")
    completed = _row(frame, "ActivityTaskCompleted", "flaky_ship")
    assert (begun["links"], completed["links"]) == (scheduled["event_id"], begun["event_id"])
    assert (begun["attempt"], completed["attempt"]) == (3, 3)
    assert begun["failure"] == "ShopUnavailable: no <b>truck</b>"
    assert completed["payload"] == "parcel-o-1"
    assert completed["failure"] == ""
    assert completed["duration"] == completed["time"] - begun["time"]

    assert _row(frame, "MarkerRecorded", "gift-wrap")["payload"]["patch-data"]["id"] == "gift-wrap"
    assert _row(frame, "MarkerRecorded", "charge")["payload"] == "charge-o-1"
    assert _row(frame, "WorkflowExecutionSignaled", "approve")["payload"] == ["<b>ada</b>", 2]
    assert timedelta(milliseconds=100) in frame.loc[frame["type"] == "TimerStarted", "payload"].tolist()
    assert _row(frame, "WorkflowPropertiesModified")["payload"] == {"step": 4}
    assert _row(frame, "ChildWorkflowExecutionCompleted", "Mail")["payload"] == "mail to ada"
    updates = frame[frame["type"] == "WorkflowExecutionUpdateCompleted"]
    assert updates["name"].tolist() == ["set_note", "set_note"]
    assert updates["payload"].tolist() == ["GIFT", None]
    assert updates["failure"].tolist() == ["", "BadNote: bad note"]
    # What answers something links backwards, and only to events that exist.
    links = frame.dropna(subset=["links"])
    assert (links["links"] < links["event_id"]).all()
    assert links["duration"].notna().all()


async def test_failures_in_words(start: Start) -> None:
    for way, last, text in (
        ("broken", "WorkflowExecutionFailed", "ActivityError: Activity task failed ← ValueError: always"),
        ("timeout", "ActivityTaskTimedOut", "TimeoutError (StartToClose): activity StartToClose timeout"),
        ("bad child", "ChildWorkflowExecutionFailed", "BadAddress: no such address"),
    ):
        handle = await start(way)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        frame = history.events_frame(await history.fetch(handle))
        assert _row(frame, last)["failure"].lower() == text.lower(), way
        assert frame["failure"].iloc[0] == ""


async def test_large_payloads_are_whole_in_the_frame_and_cut_in_spans(start: Start) -> None:
    note = "x" * 200_000
    handle = await start("done", Order("o-2", 1, note))
    await handle.result()
    recorded = await history.fetch(handle)
    assert history.events_frame(recorded)["payload"].iloc[0][0]["note"] == note
    first = history.spans(recorded)[0]
    assert len(first.detail) < 1000
    assert "bytes)" in first.detail


def test_what_cannot_be_decoded_is_said_and_kept() -> None:
    event = HistoryEvent(event_id=1, event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    for encoding, data in ((b"binary/encrypted", b"\x00\x01"), (b"json/plain", b"{broken"), (b"", b"")):
        event.workflow_execution_signaled_event_attributes.input.payloads.append(
            Payload(metadata={"encoding": encoding} if encoding else {}, data=data)
        )
    first, second, third = history.events_frame(WorkflowHistory("w", [event]))["payload"].iloc[0]
    assert str(first) == "<binary/encrypted, 2 bytes>"
    assert first.payload.data == b"\x00\x01"
    assert str(second).startswith("<json/plain, broken")
    assert str(third) == "<no encoding, 0 bytes>"


def test_history_does_not_import_pandas_before_it_is_needed() -> None:
    code = "import sys, course_lib.history; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=240, check=False).returncode == 0
