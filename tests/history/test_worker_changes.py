"""Who worked on a run, and when it was replayed: from the histories of real Workers that come and go."""

import secrets
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from course_lib import server as servers
from course_lib.history.worker_changes import Mark, marks
from tests.history.feed_flows import Failing, Gate, flaky


async def found(handle: WorkflowHandle[object, object]) -> list[Mark]:
    """Return the marks of a run; each must name a WorkflowTaskStarted event and its time."""
    events = {event.event_id: event for event in (await handle.fetch_history()).events}
    told = marks(events.values())
    for mark in told:
        assert events[mark.event].event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
        assert mark.time.timestamp() == pytest.approx(events[mark.event].event_time.ToMicroseconds() / 1e6)
    return told


def worker(client: Client, queue: str, **options: object) -> Worker:
    """Return a Worker that gives up its runs soon after it is stopped."""
    return Worker(
        client, task_queue=queue, workflows=[Gate, Failing], activities=[flaky],
        graceful_shutdown_timeout=timedelta(0), **options,  # type: ignore[arg-type]
    )  # fmt: skip


async def test_one_worker_leaves_no_mark(client: Client) -> None:
    queue = secrets.token_hex(4)
    async with worker(client, queue):
        handle = await client.start_workflow(Gate.run, id=f"marks-{queue}", task_queue=queue)
        await handle.query(Gate.is_open)
        await handle.signal(Gate.open)
        await handle.result()
    assert await found(handle) == []


async def test_a_task_that_came_as_the_answer_to_the_one_before_is_the_same_worker(client: Client) -> None:
    queue = secrets.token_hex(4)
    async with worker(client, queue):
        handle = await client.start_workflow(Gate.run, id=f"marks-{queue}", task_queue=queue)
        await handle.query(Gate.is_open)
        await handle.signal(Gate.open)
        await handle.result()
    events = list((await handle.fetch_history()).events)
    started = [event for event in events if event.HasField("workflow_task_started_event_attributes")]
    # So the server writes it when an update came while a task was under way; it cannot be brought about at will.
    started[-1].workflow_task_started_event_attributes.identity = ""
    assert len(started) > 1
    assert marks(events) == []


async def test_another_worker_that_takes_over_is_marked_and_replays(course_server: servers.Server) -> None:
    queue = secrets.token_hex(4)
    first = await servers.connect(course_server, identity="first")
    second = await servers.connect(course_server, identity="second")
    async with worker(first, queue):
        handle = await first.start_workflow(Gate.run, id=f"marks-{queue}", task_queue=queue)
        await handle.query(Gate.is_open)
    await handle.signal(Gate.open)
    async with worker(second, queue):
        await handle.result()
    (mark,) = await found(handle)
    assert mark.kind == "worker"
    assert "Worker second took over from first" in mark.text
    assert "replayed events 1 to 4" in mark.text


async def test_a_task_that_failed_is_replayed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = secrets.token_hex(4)
    monkeypatch.setattr(Failing, "mended", False)
    async with worker(client, queue):
        handle = await client.start_workflow(Failing.run, True, id=f"marks-{queue}", task_queue=queue)
        await handle.query(Failing.is_open)
        await handle.signal(Failing.open)
        await handle.result()
    (mark,) = await found(handle)
    assert mark.kind == "replay"
    assert "replayed events 1 to 4" in mark.text


async def test_a_task_that_nobody_took_goes_to_the_shared_queue(course_server: servers.Server) -> None:
    from temporalio.api.common.v1 import WorkflowExecution
    from temporalio.api.workflowservice.v1 import ResetStickyTaskQueueRequest

    queue = secrets.token_hex(4)
    client = await servers.connect(course_server, identity="same")
    async with worker(client, queue):
        handle = await client.start_workflow(Gate.run, 2, id=f"marks-{queue}", task_queue=queue)
        await handle.query(Gate.is_open)
        await handle.signal(Gate.open)
        await handle.query(Gate.is_open)
        execution = WorkflowExecution(workflow_id=handle.id)
        request = ResetStickyTaskQueueRequest(namespace=client.namespace, execution=execution)
        await client.workflow_service.reset_sticky_task_queue(request)
        await handle.signal(Gate.open)
        await handle.result()
    (mark,) = await found(handle)
    assert mark.kind == "replay"
    assert "the queue that all Workers share" in mark.text
