"""Everything of an event, in words, from real histories."""

from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowFailureError

from course_lib.history.detail import event_detail
from course_lib.history.reading import type_name
from tests.history.conftest import Start
from tests.history.flows import Order

BAD = "<img src=x onerror=alert(1)>"


async def details(start: Start, way: str, order: Order | None = None) -> dict[str, dict[str, str]]:
    """Return the details of one run, by the type of the event (of several the first) or its summary."""
    handle = await start(way, order)
    if way == "everything":
        await handle.signal("approve", args=["ada", 2])
        await handle.execute_update("set_note", "good")
    try:
        await handle.result()
    except WorkflowFailureError:
        assert way != "everything"
    found: dict[str, dict[str, str]] = {}
    for event in (await handle.fetch_history()).events:
        told = event_detail(event)
        assert told[0] == ("event", f"{event.event_id} {type_name(event.event_type)}")
        assert told[1][0] == "time"
        assert all(name and text for name, text in told)
        found.setdefault(dict(told).get("user metadata", type_name(event.event_type)).strip('"'), dict(told))
    return found


async def test_every_event_of_a_rich_history(start: Start) -> None:
    found = await details(start, "everything", Order("o-1", 1999, BAD))
    scheduled = found["ActivityTaskScheduled"]
    assert scheduled["activity type"] == "charge"
    assert BAD in scheduled["input"]
    assert '"cents": 1999' in scheduled["input"]
    assert scheduled["start to close timeout"] == "10 s"
    assert scheduled["retry policy"].startswith("initial interval 1 s; backoff coefficient 2.0")
    assert scheduled["workflow task completed event id"].startswith("event ")
    assert "heartbeat timeout" not in scheduled  # there is none
    assert found["ActivityTaskCompleted"]["result"] == '"charge-o-1"'
    assert found["WorkflowExecutionSignaled"]["input"] == '"ada"\n2'
    assert found["cool-down"]["start to fire timeout"] == "100 ms"
    assert found["WorkflowPropertiesModified"]["upserted memo"] == "step: 4"
    assert '"good"' in found["WorkflowExecutionUpdateAccepted"]["accepted request"]
    assert '"GOOD"' in found["WorkflowExecutionUpdateCompleted"]["outcome"]
    assert found["WorkflowTaskScheduled"]["task queue"].endswith("; kind Normal")


async def test_the_names_and_values_stand_before_the_settings_and_the_links(start: Start) -> None:
    names = list((await details(start, "everything"))["ActivityTaskScheduled"])
    assert names.index("activity type") < names.index("input") < names.index("retry policy")
    assert names[-1] == "workflow task completed event id"


async def test_a_failure_with_its_causes_and_its_line(start: Start) -> None:
    found = await details(start, "broken")
    failure = found["ActivityTaskFailed"]["failure"]
    assert failure.startswith("ValueError: always")
    assert "in broken" in failure
    assert "_activity.py" not in failure  # the SDK's own frames explain nothing
    chain = found["WorkflowExecutionFailed"]["failure"]
    assert chain.index("ActivityError") < chain.index("caused by ValueError: always")
    assert found["ActivityTaskFailed"]["retry state"] == "MaximumAttemptsReached"


def event(payload: Payload) -> HistoryEvent:
    made = HistoryEvent(event_id=7, event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    made.workflow_execution_signaled_event_attributes.input.payloads.append(payload)
    return made


@pytest.mark.parametrize(
    ("encoding", "data", "shown"),
    [
        ("json/plain", b'{"a": [1, 2]}', '{"a": [1, 2]}'),
        ("json/plain", b'"' + b"x" * 90 + b'"', '"' + "x" * 90 + '"'),
        ("json/plain", b"{broken", "<json/plain, broken, 7 bytes>"),
        ("binary/encrypted", b"\x00\x01\x02", "<binary/encrypted, 3 bytes>"),
        ("binary/null", b"", "null"),
    ],
)
def test_a_payload_is_shown_as_what_it_is(encoding: str, data: bytes, shown: str) -> None:
    payload = Payload(metadata={"encoding": encoding.encode()}, data=data)
    assert dict(event_detail(event(payload)))["input"] == shown


def test_a_huge_payload_is_cut_with_a_note() -> None:
    text = dict(event_detail(event(Payload(metadata={"encoding": b"json/plain"}, data=b'"' + b"y" * 2_000_000 + b'"'))))
    assert len(text["input"]) < 4200
    assert "2,000,002 characters" in text["input"]


def test_an_event_of_a_later_server_is_shown_too() -> None:
    unknown: Any = 9999
    assert event_detail(HistoryEvent(event_id=3, event_type=unknown))[0] == ("event", "3 Unknown(9999)")
