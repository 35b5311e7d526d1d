"""The event table without a browser: its rows, what it sends, what it answers, how it ends."""

import asyncio
import gc
import json
import re
import secrets
import weakref
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import Worker

from course_lib.history.feed import Feed
from course_lib.history.run import Run
from course_lib.widgets.event_table import EventTable
from course_lib.widgets.event_table.rows import Rows
from course_lib.widgets.event_table.still import still
from course_lib.widgets.event_table.widget import EventTableWidget
from tests.history.flows import Mail, Order, Shop, broken, charge, flaky_ship, hang
from tests.until import until

BAD = "<img src=x onerror=alert(1)>"
Start = Callable[[str], Any]


@pytest.fixture
async def start(client: Client) -> AsyncIterator[Start]:
    """Starts the sample workflow, with markup in its input."""
    queue = secrets.token_hex(4)

    async def start(way: str) -> WorkflowHandle[Any, Any]:
        return await client.start_workflow(
            Shop.run, args=[Order("o-1", 1999, BAD), way], id=f"table-{secrets.token_hex(4)}", task_queue=queue
        )

    async with Worker(
        client, task_queue=queue, workflows=[Shop, Mail], activities=[charge, flaky_ship, broken, hang],
        graceful_shutdown_timeout=timedelta(0),
    ):  # fmt: skip
        yield start


async def everything(start: Start) -> WorkflowHistory:
    handle = await start("everything")
    await handle.signal("approve", args=["ada", 1])
    await handle.result()
    return await handle.fetch_history()


def sent(widget: EventTableWidget, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what the widget sends to the browser; it must be JSON."""
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(widget, "send", lambda message: messages.append(json.loads(json.dumps(message))))
    return messages


async def test_the_rows_say_what_happened(start: Start) -> None:
    recorded = await everything(start)
    rows = Rows()
    assert rows.take(recorded.events) == 0
    assert [row.event for row in rows.all] == list(range(1, len(recorded.events) + 1))
    by_type = {row.type: row for row in reversed(rows.all)}
    assert by_type["WorkflowExecutionStarted"].offset == "0 s"
    assert BAD in by_type["WorkflowExecutionStarted"].payload
    scheduled, done = by_type["ActivityTaskScheduled"], by_type["ActivityTaskCompleted"]
    assert (scheduled.name, scheduled.kind, scheduled.attempt) == ("charge", "activity", 0)
    assert (done.name, done.payload) == ("charge", '"charge-o-1"')
    assert done.link == rows.all[done.link - 1].event
    assert re.fullmatch(r"[\d.]+ (µs|ms|s)", done.took)
    assert by_type["WorkflowExecutionSignaled"].payload == '"ada", 1'
    third = [row for row in rows.all if row.type == "ActivityTaskStarted" and row.attempt == 3]
    assert third[0].failure.startswith("ShopUnavailable")
    timers = {row.name: row.payload for row in rows.all if row.type == "TimerStarted"}
    assert timers["cool-down"] == "100 ms"
    assert {row.kind for row in rows.all} == {
        "workflow", "task", "activity", "timer", "message", "child", "other"
    }  # fmt: skip


async def test_rows_that_grow_are_the_rows_of_the_whole(start: Start) -> None:
    recorded = await everything(start)
    whole, growing = Rows(), Rows()
    whole.take(recorded.events)
    for end in (2, 3, 9, 9, len(recorded.events)):
        before = len(growing.all)
        assert growing.take(recorded.events[:end]) == before
    assert growing.all == whole.all


def test_a_tail_that_is_told_anew_replaces_the_rows() -> None:
    def event(number: int, kind: int) -> HistoryEvent:
        return HistoryEvent(event_id=number, event_type=kind)  # type: ignore[arg-type]

    first, scheduled = event(1, EventType.EVENT_TYPE_TIMER_STARTED), event(2, EventType.EVENT_TYPE_TIMER_FIRED)
    rows = Rows()
    rows.take([first, scheduled])
    assert rows.take([first, event(2, EventType.EVENT_TYPE_TIMER_CANCELED), event(3, 9999)]) == 1
    assert [row.type for row in rows.all] == ["TimerStarted", "TimerCanceled", "Unknown(9999)"]


async def test_a_live_table_grows_and_says_only_what_is_new(
    client: Client, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = await start("everything")
    feed = Feed(client, handle.id, handle.first_execution_run_id)
    table = EventTable(feed)
    widget = table.widget
    messages = sent(widget, monkeypatch)
    await handle.signal("approve", args=["ada", 1])
    await handle.result()
    await until(lambda: feed.closed, "the end of the run")
    expected = [len(run.events) for run in feed.runs]
    await until(lambda: [len(rows.all) for rows in widget.rows] == expected, "all rows")

    shown: list[list[Any]] = [[] for _ in feed.runs]
    for message in (widget.first, *messages):
        for run, first, fresh in message["tails"]:
            assert first <= len(shown[run])
            shown[run][first:] = fresh
    assert [[list(row) for row in rows] for rows in shown] == [[list(row) for row in rows.all] for rows in widget.rows]
    versions = [message["version"] for message in messages]
    assert versions == list(range(1, len(messages) + 1))
    assert messages[-1]["runs"][1]["label"].endswith("(child)")
    table.close()


async def test_a_page_that_was_reloaded_gets_everything(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = await everything(start)
    table = EventTable(recorded)
    messages = sent(table.widget, monkeypatch)
    table.widget._asked(None, {"type": "hello", "version": 0}, None)
    assert messages == []
    table.widget._asked(None, {"type": "hello", "version": 7}, None)
    assert messages[0]["type"] == "all"
    assert len(messages[0]["tails"][0][2]) == len(recorded.events)


async def test_an_event_is_opened_with_everything_it_says(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    table = EventTable(await everything(start))
    messages = sent(table.widget, monkeypatch)
    table.widget._asked(None, {"type": "open", "run": 0, "event": 1}, None)
    fields = dict(messages[0]["fields"])
    assert fields["event"] == "1 WorkflowExecutionStarted"
    assert BAD in fields["input"]
    for nonsense in ({"run": 5, "event": 1}, {"run": 0, "event": 10_000}, {"run": -1, "event": 1}):
        table.widget._asked(None, {"type": "open", **nonsense}, None)
    assert len(messages) == 1


async def test_who_selects_is_heard(start: Start) -> None:
    table = EventTable(await everything(start))
    heard: list[tuple[int, int]] = []
    table.widget.on_select(lambda run, event: heard.append((run, event)))
    table.widget.selected = 5
    table.widget.selected = 5
    assert heard == [(0, 5)]


async def test_the_still_form_and_its_text_say_the_same(start: Start) -> None:
    recorded = await everything(start)
    view = EventTable(recorded).static()
    assert "<img" not in view.html
    assert "&lt;img src=x" in view.html
    for said in (
        BAD,
        "ActivityTaskScheduled",
        "flaky_ship (attempt 3)",
        "✗ ShopUnavailable",
        f"{len(recorded.events)} events",
    ):
        assert said in view.text
    assert view.html.count("<tr>") == len(recorded.events) + 1
    bundle = EventTable(recorded)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}  # nobody looks: no widget


def test_the_still_form_of_a_long_run_shows_the_newest_and_says_so() -> None:
    events = [HistoryEvent(event_id=number, event_type=17) for number in range(1, 1001)]
    run = Run("w", "r", "root", None, events=events, error="The server is gone.")
    view = still([run])
    assert "w: 1,000 events so far" in view.text
    assert "The newest 200" in view.text
    assert "The server is gone." in view.text
    assert view.html.count("<tr>") == 201


async def test_a_live_front_end_gets_the_widget_and_the_still_form(
    client: Client, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_WIDGETS", "live")
    handle = await start("hang")
    table = EventTable(Feed(client, handle.id))
    bundle = await asyncio.to_thread(table._repr_mimebundle_)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "WorkflowExecutionStarted" in bundle["text/plain"]
    table.close()
    table.close()
    assert "WorkflowExecutionStarted" in repr(table)
    await handle.terminate()


async def test_a_dropped_table_ends_its_feed(client: Client, start: Start) -> None:
    handle = await start("hang")
    feed = Feed(client, handle.id)
    table = EventTable(feed)
    assert table.widget.comm is not None
    gone, follower = weakref.ref(table), feed._follower
    await until(lambda: len(follower.runs[0].events) > 3, "the first events")
    del table, feed
    gc.collect()
    assert gone() is None
    await until(lambda: follower.over and not follower._tasks, "the end of the feed")
    await handle.terminate()


def test_a_source_without_events_yet() -> None:
    widget = EventTableWidget(SimpleNamespace(runs=[Run("w", "", "root", None)]))
    assert widget.first["tails"] == [[0, 0, []]]
    assert widget.first["runs"][0]["closed"] is False
