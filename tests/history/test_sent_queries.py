"""Queries are noted where they are sent: they leave nothing in a history."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.worker import Worker

from course_lib import server as servers
from course_lib.history import sent_queries
from course_lib.history.feed import Feed
from course_lib.history.sent_queries import Note, ObservingInterceptor, note, spans_of
from tests.history.feed_flows import Gate, flaky
from tests.until import until

START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
async def watched(course_server: servers.Server) -> Client:
    """A client like the lab's."""
    return await servers.connect(course_server, interceptors=[ObservingInterceptor()])


@pytest.fixture
async def queue(watched: Client) -> AsyncIterator[str]:
    """A Worker made with that client: the interceptor must do it no harm."""
    name = secrets.token_hex(4)
    async with Worker(
        watched, task_queue=name, workflows=[Gate], activities=[flaky], graceful_shutdown_timeout=timedelta(0)
    ):
        yield name


async def test_a_query_becomes_a_span(watched: Client, queue: str) -> None:
    handle = await watched.start_workflow(Gate.run, id=f"obs-{queue}", task_queue=queue)
    before = datetime.now(UTC)
    assert await handle.query(Gate.is_open) is False
    (span,) = spans_of(handle.id, handle.first_execution_run_id)
    assert (span.kind, span.lane, span.name, span.status) == ("query", "is_open", "is_open", "completed")
    assert span.detail == "result false"
    assert span.end is not None
    assert before <= span.start <= span.end <= datetime.now(UTC)
    assert (span.first_event, span.last_event) == (0, None)
    await handle.signal(Gate.open)
    await handle.query(Gate.is_open)
    assert [one.detail for one in spans_of(handle.id)] == ["result false", "result true"]
    assert spans_of("another") == []


async def test_arguments_and_failures_are_told(watched: Client, queue: str) -> None:
    handle = await watched.start_workflow(Gate.run, id=f"obs-{queue}", task_queue=queue)
    with pytest.raises(WorkflowQueryFailedError):
        await handle.query("broken")
    with pytest.raises(WorkflowQueryFailedError):
        await handle.query("nothing_of_this_name", {"a": [1]})
    broken, unknown = spans_of(handle.id)
    assert broken.status == unknown.status == "failed"
    assert "no answer <b>today</b>" in broken.detail
    assert unknown.detail.startswith('input {"a":[1]}; WorkflowQueryFailedError')
    await handle.signal(Gate.open)


async def test_the_courses_own_questions_are_not_noted(watched: Client, queue: str) -> None:
    handle = await watched.start_workflow(Gate.run, id=f"obs-{queue}", task_queue=queue)
    assert await handle.query("__stack_trace")
    assert spans_of(handle.id) == []
    await handle.signal(Gate.open)


async def test_a_feed_hears_of_a_query_also_when_its_run_is_closed(watched: Client, queue: str) -> None:
    handle = await watched.start_workflow(Gate.run, id=f"obs-{queue}", task_queue=queue, start_signal="open")
    await handle.result()
    feed = Feed(watched, handle.id)
    feed.start()
    await until(lambda: feed.closed, "the end")
    heard: list[int] = []
    feed.subscribe(lambda: heard.append(1))
    await watched.get_workflow_handle(handle.id).query(Gate.is_open)
    await until(lambda: len(heard) > 0, "a word of the query")
    assert len(spans_of(handle.id)) == 1


def noted(workflow_id: str, second: float, detail: str = "result 1", run_id: str | None = None) -> None:
    start = START + timedelta(seconds=second)
    note(Note(workflow_id, run_id, "q", start, start + timedelta(seconds=0.1), detail, False))


def test_the_same_answer_again_and_again_is_one_span() -> None:
    workflow_id = f"obs-{secrets.token_hex(4)}"
    for second in (0, 1, 2):
        noted(workflow_id, second)
    noted(workflow_id, 3, "result 2")
    noted(workflow_id, 4)
    noted(workflow_id, 60)
    assert [(span.detail, (span.start - START).total_seconds()) for span in spans_of(workflow_id)] == [
        ("asked 3 times; result 1", 0), ("result 2", 3), ("result 1", 4), ("result 1", 60)
    ]  # fmt: skip


def test_a_query_without_a_run_belongs_to_the_run_that_was_the_newest() -> None:
    workflow_id = f"obs-{secrets.token_hex(4)}"
    noted(workflow_id, 1, "early")
    noted(workflow_id, 11, "late")
    noted(workflow_id, 12, "named", run_id="one")
    change = START + timedelta(seconds=10)
    assert [span.detail for span in spans_of(workflow_id, "one", until=change)] == ["early", "named"]
    assert [span.detail for span in spans_of(workflow_id, "two", since=change)] == ["late"]
    assert len(spans_of(workflow_id)) == 3


def test_the_oldest_notes_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import deque

    monkeypatch.setattr(sent_queries, "_notes", deque(maxlen=3))
    for second in range(5):
        noted("w", second, f"result {second}")
    assert [span.detail for span in spans_of("w")] == ["result 2", "result 3", "result 4"]
