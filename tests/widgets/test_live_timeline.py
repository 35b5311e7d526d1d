"""The model behind the live timeline: what it sends, after which event, and what the browser gets when it asks."""

import asyncio
import gc
import json
import secrets
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from course_lib.history.feed import Feed
from course_lib.history.run import Run
from course_lib.widgets.look import View
from course_lib.widgets.panel import lifetimes
from course_lib.widgets.timeline.comparison import comparison_view
from course_lib.widgets.timeline.live import LivePicture, Still, Timeline, Track
from course_lib.widgets.timeline.live.columns import NAMES
from course_lib.widgets.timeline.live.related import owner, related, told
from course_lib.widgets.timeline.live.remarks import apart
from course_lib.widgets.timeline.live.widget import TimelineWidget
from tests.history.flows import Mail, Order, Shop, broken, charge, flaky_ship, hang

Start = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]
Rows = dict[tuple[int, int], list[dict[str, Any]]]

_EVIL = "<img src=x onerror=alert(1)>\x1b[31m"


@pytest.fixture
async def start(client: Client) -> AsyncIterator[Start]:
    queue = f"q-{secrets.token_hex(4)}"

    async def start(way: str, order: Order | None = None) -> WorkflowHandle[Any, Any]:
        return await client.start_workflow(
            Shop.run, args=[order or Order("o-1", 1999), way], id=f"order-{secrets.token_hex(4)}", task_queue=queue
        )

    async with Worker(
        client, task_queue=queue, workflows=[Shop, Mail], activities=[charge, flaky_ship, broken, hang],
        graceful_shutdown_timeout=timedelta(0),
    ):  # fmt: skip
        yield start


async def everything(start: Start, order: Order | None = None) -> WorkflowHandle[Any, Any]:
    handle = await start("everything", order)
    await handle.execute_update("set_note", "thanks")
    await handle.signal("approve", args=["ada", 1])
    await handle.result()
    return handle


async def run_of(handle: WorkflowHandle[Any, Any]) -> Run:
    run = Run(handle.id, handle.first_execution_run_id or "", "root", None)
    run.take(list((await handle.fetch_history()).events))
    return run


async def until(feed: Feed, condition: Callable[[], bool]) -> None:
    """Start a feed and wait until something is so, with a limit."""
    changed, loop = asyncio.Event(), asyncio.get_running_loop()
    feed.subscribe(lambda: loop.call_soon_threadsafe(changed.set) and None)
    feed.start()
    async with asyncio.timeout(120):
        while not condition():
            await changed.wait()
            changed.clear()


class Page:
    """What the browser makes of the messages, as store.js does."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.rows: Rows = {}
        self.version = 0

    def apply(self, message: dict[str, Any]) -> set[tuple[int, int]]:
        message = json.loads(json.dumps(message))
        if message["base"] == 0:
            self.texts, self.rows = [], {}
        else:
            assert message["base"] == self.version
        self.version = message["version"]
        self.texts += message["texts"]
        for run, item in message["gone"]:
            del self.rows[run, item]
        columns = message["spans"]
        fresh: Rows = {}
        for values in zip(*(columns[name] for name in NAMES), strict=True) if columns else ():
            row = dict(zip(NAMES, values, strict=True))
            for name in ("kind", "lane", "name", "status", "detail"):
                row[name] = self.texts[row[name]]
            fresh.setdefault((row["run"], row["item"]), []).append(row)
        self.rows |= fresh
        return set(fresh)


def everything_of(model: LivePicture) -> Rows:
    page = Page()
    page.apply(model.full())
    return page.rows


async def test_after_every_event_the_deltas_add_up_to_a_full_recompute(start: Start) -> None:
    whole = await run_of(await everything(start))
    run = Run(whole.workflow_id, whole.run_id, "root", None)
    model, page = LivePicture([Track(Still([run]), "order")]), Page()
    for event in whole.events:
        before = dict(page.rows)
        run.events.append(event)
        delta = model.delta()
        assert delta is not None
        changed = page.apply(delta)
        fresh = LivePicture([Track(Still([run]), "order")])
        fresh.delta()
        assert page.rows == everything_of(fresh) == everything_of(model)
        # Only what has changed travels.
        assert all(before.get(key) != page.rows[key] for key in changed)
        assert model.delta() is None


async def test_a_workflow_task_that_the_server_takes_back_is_gone_from_the_page(start: Start) -> None:
    whole = await run_of(await everything(start))
    run = Run(whole.workflow_id, whole.run_id, "root", None, events=whole.events[:10])
    model, page = LivePicture([Track(Still([run]), "order")]), Page()
    page.apply(model.delta() or {})
    run.events = whole.events[:7]
    page.apply(model.delta() or {})
    fresh = LivePicture([Track(Still([run]), "order")])
    fresh.delta()
    assert page.rows == everything_of(fresh)


async def test_texts_travel_once_and_control_characters_never(start: Start) -> None:
    run = await run_of(await everything(start, Order(_EVIL, 1)))
    model = LivePicture([Track(Still([run]), _EVIL)])
    first = model.delta() or {}
    assert len(set(first["texts"])) == len(first["texts"])
    assert any("<img src=x onerror=alert(1)>" in text for text in first["texts"])
    assert first["tracks"][0]["title"] == "<img src=x onerror=alert(1)>"
    assert "\x1b" not in json.dumps(first["texts"] + first["tracks"])
    run.error = "The server is gone."
    second = model.delta() or {}
    assert (second["texts"], second["spans"], second["tracks"][0]["error"]) == ([], {}, "The server is gone.")


@pytest.mark.slow
async def test_children_and_continued_runs_have_groups(start: Start, client: Client) -> None:
    handle = await everything(start)
    feed = Feed(client, handle.id)
    await until(feed, lambda: feed.closed)
    model = LivePicture([Track(feed, handle.id)])
    root, child = (model.delta() or {})["runs"]
    assert (root["group"], root["parent"], root["relation"]) == (0, None, "root")
    assert (child["group"], child["parent"], child["id"]) == (1, 0, f"{handle.id}-mail")

    again = await start("again")
    await again.result()
    feed = Feed(client, again.id, again.first_execution_run_id)
    await until(feed, lambda: feed.closed)
    facts = LivePicture([Track(feed, again.id)]).delta() or {}
    assert [run["group"] for run in facts["runs"]] == [0, 0]
    assert (facts["tracks"][0]["runs"], facts["tracks"][0]["status"]) == (2, "completed")


async def test_events_of_an_item_and_the_item_of_an_event(start: Start) -> None:
    events = (await run_of(await everything(start, Order(_EVIL, 1)))).events
    scheduled = next(event.event_id for event in events if event.HasField("activity_task_scheduled_event_attributes"))
    found = related(events, scheduled)
    assert len(found) == 3
    assert {owner(events, event.event_id) for event in found} == {scheduled}
    assert [event.event_id for event in related(events, 1)] == [1, events[-1].event_id]
    assert related(events, 0) == []
    assert owner(events, len(events) + 1) is None
    titles, facts = zip(*((one["title"], one["facts"]) for one in told(found)), strict=True)
    assert titles[0] == f"Event {scheduled} ActivityTaskScheduled"
    assert any("<img src=x onerror=alert(1)>" in value and "\x1b" not in value for _, value, _ in facts[0])


async def test_the_widget_answers_what_the_browser_asks(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await run_of(await everything(start))
    widget = TimelineWidget(LivePicture([Track(Still([run]), "order")]), tabular=True)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(widget, "send", sent.append)
    page = Page()
    page.apply(widget.first)
    widget._asked(widget, {"type": "hello", "version": page.version}, None)
    widget.push()
    assert sent == []
    widget._asked(widget, {"type": "hello", "version": -1}, None)
    again = Page()
    again.apply(sent.pop())
    assert again.rows == page.rows
    number = next(row["item"] for rows in page.rows.values() for row in rows if row["lane"] == "charge")
    widget._asked(widget, {"type": "events", "asked": 3, "run": 0, "item": number, "place": 0}, None)
    assert sent[0]["asked"] == 3
    assert [event["title"].split()[-1] for event in sent.pop()["events"]] == [
        "ActivityTaskScheduled", "ActivityTaskStarted", "ActivityTaskCompleted",
    ]  # fmt: skip
    widget._asked(widget, {"type": "span", "key": "k", "run": 0, "item": number, "place": 0}, None)
    assert 'result "charge-o-1"' in sent.pop()["detail"]
    widget.select(run.workflow_id, run.run_id, related(run.events, number)[1].event_id)
    assert sent.pop() == {"type": "select", "run": 0, "item": number}
    widget._asked(widget, {"type": "table", "on": True}, None)
    assert widget.table


def _has(model: LivePicture, name: str) -> bool:
    return any(row["name"] == name for rows in everything_of(model).values() for row in rows)


async def test_it_follows_from_when_it_is_shown_until_nobody_holds_it(start: Start, client: Client) -> None:
    handle = await start("everything")
    feed = Feed(client, handle.id)
    timeline = Timeline([Track(feed, handle.id)], lambda: View("<b>still</b>", "still"))
    assert not feed._listeners
    bundle = timeline._repr_mimebundle_()
    assert bundle["text/plain"] == repr(timeline) == "still"
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == timeline.frame.model_id
    assert timeline.show() is timeline.frame
    grown = partial(_has, timeline._model, "cool-down")
    await until(feed, grown)
    gone = weakref.ref(timeline), weakref.ref(feed)
    del timeline, feed, grown
    gc.collect()
    assert [ref() for ref in gone] == [None, None]
    await handle.terminate()


async def test_a_closed_one_follows_no_longer_and_keeps_its_words(start: Start, client: Client) -> None:
    handle = await start("done")
    feed = Feed(client, handle.id)
    timeline = Timeline([Track(feed, handle.id)], lambda: View("<b>still</b>", "still"))
    timeline.show()
    ref = weakref.ref(feed)
    del feed
    timeline.close()
    timeline.close()
    gc.collect()
    assert ref() is None
    assert repr(timeline) == "still"


def test_a_view_lives_until_its_cell_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = InteractiveShell()
    shell.get_parent = lambda: {"metadata": {"cellId": "cell-1"}}
    monkeypatch.setattr(lifetimes, "get_ipython", lambda: shell)
    monkeypatch.setattr(lifetimes, "_MOST", 2)
    closed: list[str] = []

    class Closing:
        def __init__(self, name: str) -> None:
            self.name = name

        def close(self) -> None:
            closed.append(self.name)

    for name in "abc":  # nobody else holds them, and two are enough
        lifetimes.note(Closing(name))
    assert closed == ["a"]
    shell.events.trigger("pre_run_cell", SimpleNamespace(cell_id="cell-2"))
    shell.events.trigger("pre_run_cell", SimpleNamespace(cell_id=None))
    assert closed == ["a"]
    shell.events.trigger("pre_run_cell", SimpleNamespace(cell_id="cell-1"))
    shell.events.trigger("pre_run_cell", SimpleNamespace(cell_id="cell-1"))
    assert closed == ["a", "b", "c"]


@pytest.mark.slow
async def test_a_comparison_says_what_differs(start: Start) -> None:
    good = await everything(start)
    bad = await start("broken")
    with pytest.raises(WorkflowFailureError):
        await bad.result()
    runs = [await run_of(good), await run_of(bad)]
    model = LivePicture([Track(Still([run]), run.workflow_id) for run in runs], apart)
    said = "\n".join((model.delta() or {})["remarks"])
    assert "A ✓ completed in" in said
    assert "B ✗ failed in" in said
    assert "Only B has activity broken." in said
    assert "activity charge" in said
    view = comparison_view([await good.fetch_history(), await bad.fetch_history()], titles=("x", _EVIL))
    for line in said.split("\n"):
        assert line in view.text
    assert "<img" not in view.html
    assert view.html.count('class="tl-svg"') == 2
    same = comparison_view([await bad.fetch_history()] * 2)
    assert "Both did the same, and as often." in same.text
