"""The live history: every event once, in order, soon; what a run leads to; a server that dies and comes back."""

import asyncio
import gc
import os
import secrets
import signal
import subprocess
import sys
import textwrap
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.worker import Worker

from course_lib import server
from course_lib.history import following
from course_lib.history.feed import Feed
from course_lib.history.run import Gap, Run
from tests.history.conftest import Start
from tests.history.feed_flows import Again, Chain, Failing, Gate, Parent, flaky
from tests.pausing import pause, unpause
from tests.until import until


@pytest.fixture
async def queue(client: Client) -> AsyncIterator[str]:
    """A task queue with a Worker for the workflows of these tests."""
    name = f"q-{secrets.token_hex(4)}"
    async with Worker(
        client, task_queue=name, workflows=[Gate, Chain, Again, Parent, Failing], activities=[flaky],
        graceful_shutdown_timeout=timedelta(0),
    ):  # fmt: skip
        yield name


@pytest.fixture
def feeds(client: Client) -> Iterator[Callable[..., Feed]]:
    """Makes feeds that are started, and closes them."""
    made: list[Feed] = []

    def make(workflow_id: str, run_id: str | None = None) -> Feed:
        made.append(Feed(client, workflow_id, run_id))
        made[-1].start()
        return made[-1]

    yield make
    for feed in made:
        feed.close()


def unique() -> str:
    return f"feed-{secrets.token_hex(4)}"


async def test_the_events_are_those_of_the_history(start: Start, feeds: Callable[..., Feed]) -> None:
    handle = await start("everything")
    feed = feeds(handle.id, handle.first_execution_run_id)
    await until(lambda: len(feed.runs[0].events) > 0, "the first event")
    await handle.signal("approve", args=["ada", 1])
    await handle.result()
    await until(lambda: feed.closed, "the end")
    assert feed.runs[0].events == list((await handle.fetch_history()).events)
    assert feed.runs[0].closed
    assert feed.runs[0].pending is None


async def test_a_listener_hears_of_every_event_until_it_unsubscribes(
    client: Client, queue: str, feeds: Callable[..., Feed]
) -> None:
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue)
    feed, heard = feeds(handle.id), []
    unsubscribe = feed.subscribe(lambda: heard.append(len(feed.runs[0].events)))
    await until(lambda: len(feed.runs[0].events) == 4, "the first workflow task")
    unsubscribe()
    unsubscribe()
    await handle.signal(Gate.open)
    await until(lambda: feed.closed, "the end")
    assert len(feed.runs[0].events) > 4
    assert heard == sorted(heard)
    assert heard[-1] == 4


async def test_a_listener_that_fails_does_not_silence_the_others(
    client: Client, queue: str, feeds: Callable[..., Feed], caplog: pytest.LogCaptureFixture
) -> None:
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue, start_signal="open")
    feed, heard = Feed(client, handle.id), []
    feed.subscribe(lambda: 1 // 0)
    feed.subscribe(lambda: heard.append(1))
    feed.start()
    await until(lambda: feed.closed, "the end")
    assert heard
    assert "could not be told" in caplog.text


async def test_starting_twice_follows_once(client: Client, queue: str, feeds: Callable[..., Feed]) -> None:
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue, start_signal="open")
    feed = feeds(handle.id)
    feed.start()
    await until(lambda: feed.closed, "the end")
    assert [event.event_id for event in feed.runs[0].events] == list(range(1, len(feed.runs[0].events) + 1))


async def test_without_a_run_id_the_newest_run_is_followed(
    client: Client, queue: str, feeds: Callable[..., Feed]
) -> None:
    workflow_id = unique()
    first = await client.start_workflow(Gate.run, id=workflow_id, task_queue=queue, start_signal="open")
    await first.result()
    second = await client.start_workflow(Gate.run, id=workflow_id, task_queue=queue, start_signal="open")
    feed = feeds(workflow_id)
    await until(lambda: feed.closed, "the end")
    assert feed.runs[0].run_id == second.first_execution_run_id
    old = feeds(workflow_id, first.first_execution_run_id)
    await until(lambda: old.closed, "the end of the older run")
    assert [run.run_id for run in old.runs] == [first.first_execution_run_id]


async def test_a_paused_run_is_followed_when_it_goes_on(client: Client, queue: str, feeds: Callable[..., Feed]) -> None:
    handle = await client.start_workflow(Gate.run, 1, id=unique(), task_queue=queue)
    early = feeds(handle.id, handle.first_execution_run_id)
    await until(lambda: len(early.runs[0].events) > 0, "the first event")
    await pause(client, handle.id)
    late = feeds(handle.id, handle.first_execution_run_id)
    for feed in (early, late):
        await until(
            lambda feed=feed: any(e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED
                                  for e in feed.runs[0].events),
            "the pause",
        )  # fmt: skip
        assert not feed.closed
    await handle.signal(Gate.open)
    await unpause(client, handle.id)
    await handle.result()
    for feed in (early, late):
        await until(lambda feed=feed: feed.closed, "the end")
        assert feed.runs[0].events == list((await handle.fetch_history()).events)


async def test_continue_as_new_is_followed(client: Client, queue: str, feeds: Callable[..., Feed]) -> None:
    handle = await client.start_workflow(Chain.run, 2, id=unique(), task_queue=queue)
    feed = feeds(handle.id, handle.first_execution_run_id)
    await until(lambda: feed.closed, "the end of the chain")
    assert [run.relation for run in feed.runs] == ["root", "continued", "continued"]
    assert [run.parent for run in feed.runs] == [
        None, (handle.id, feed.runs[0].run_id), (handle.id, feed.runs[1].run_id)
    ]  # fmt: skip
    assert all(run.closed and run.events[0].event_id == 1 for run in feed.runs)


async def test_a_workflow_that_is_retried_is_followed(client: Client, queue: str, feeds: Callable[..., Feed]) -> None:
    from temporalio.common import RetryPolicy

    policy = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=2)
    handle = await client.start_workflow(Again.run, id=unique(), task_queue=queue, retry_policy=policy)
    feed = feeds(handle.id, handle.first_execution_run_id)
    await until(lambda: feed.closed, "the second attempt")
    assert [run.relation for run in feed.runs] == ["root", "continued"]
    assert await handle.result() == 2


async def test_a_child_is_followed(client: Client, queue: str, feeds: Callable[..., Feed]) -> None:
    handle = await client.start_workflow(Parent.run, 2, id=unique(), task_queue=queue)
    feed = feeds(handle.id)
    await until(lambda: feed.closed, "the end of the family")
    assert [(run.workflow_id, run.relation) for run in feed.runs] == [
        (handle.id, "root"), (f"{handle.id}-0", "child"), (f"{handle.id}-1", "child")
    ]  # fmt: skip
    assert feed.runs[1].parent == (handle.id, feed.runs[0].run_id)


async def test_the_number_of_runs_has_a_limit(
    client: Client, queue: str, feeds: Callable[..., Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_RUNS", 2)
    handle = await client.start_workflow(Parent.run, 3, id=unique(), task_queue=queue)
    feed = feeds(handle.id)
    await until(lambda: feed.closed, "the end of the family")
    assert len(feed.runs) == 2
    assert feed.left_out == 2


async def test_retries_of_an_activity_are_seen_before_the_history_has_them(
    client: Client, queue: str, feeds: Callable[..., Feed]
) -> None:
    handle = await client.start_workflow(Gate.run, "flaky", id=unique(), task_queue=queue)
    feed = feeds(handle.id)
    seen: set[int] = set()

    def look() -> bool:
        pending = feed.runs[0].pending
        seen.update(activity.attempt for activity in (pending.activities.values() if pending else ()))
        return feed.closed

    await until(look, "the end")
    assert max(seen) >= 2
    assert feed.runs[0].pending is None


async def test_a_workflow_task_that_fails_again_and_again_is_seen(
    client: Client, queue: str, feeds: Callable[..., Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = await client.start_workflow(Failing.run, id=unique(), task_queue=queue, task_timeout=timedelta(seconds=1))
    feed = feeds(handle.id)

    def attempt() -> int:
        pending = feed.runs[0].pending
        return pending.workflow_task.attempt if pending and pending.workflow_task else 0

    await until(lambda: attempt() >= 3, "the third attempt")
    # What was told of the second attempt is replaced by what was written at last.
    monkeypatch.setattr(Failing, "mended", True)
    await until(lambda: feed.closed, "the end")
    assert feed.runs[0].events == list((await handle.fetch_history()).events)


async def test_a_workflow_that_nobody_knows(feeds: Callable[..., Feed]) -> None:
    feed = feeds("no-such-workflow")
    await until(lambda: feed.closed, "the answer")
    assert "knows no workflow 'no-such-workflow'" in feed.runs[0].error
    assert not feed.runs[0].closed
    feed = feeds("no-such-workflow", "not a run id")
    await until(lambda: feed.closed, "the answer")
    assert "Invalid RunId" in feed.runs[0].error


async def test_a_closed_feed_stops(client: Client, queue: str, feeds: Callable[..., Feed]) -> None:
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue)
    feed = feeds(handle.id)
    await until(lambda: len(feed.runs[0].events) == 4, "the first workflow task")
    tasks = set(feed._follower._tasks)
    feed.close()
    feed.close()
    assert feed.closed
    await until(lambda: all(task.done() for task in tasks), "the end of its tasks")
    await handle.signal(Gate.open)
    await handle.result()
    assert len(feed.runs[0].events) == 4
    feed.start()
    assert not feed._follower._tasks


async def test_a_dropped_feed_stops_even_with_listeners_that_hold_it(client: Client, queue: str) -> None:
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue)
    held = [Feed(client, handle.id)]
    follower, gone = held[0]._follower, weakref.ref(held[0])
    held[0].subscribe(lambda feed=held[0]: feed.runs)  # type: ignore[misc]  # a circle: it holds the feed
    held[0].start()
    await until(lambda: len(follower.runs[0].events) == 4, "the first workflow task")
    tasks = set(follower._tasks)
    held.clear()
    gc.collect()
    assert gone() is None
    await until(lambda: all(task.done() for task in tasks), "the end of its tasks")
    await handle.terminate()


def test_what_is_known_is_not_taken_twice_and_a_gap_is_noticed() -> None:
    from temporalio.api.enums.v1 import EventType
    from temporalio.api.history.v1 import HistoryEvent

    def events(*numbers: int, kind: int = EventType.EVENT_TYPE_TIMER_STARTED) -> list[HistoryEvent]:
        return [HistoryEvent(event_id=number, event_type=kind) for number in numbers]  # type: ignore[arg-type]

    run = Run("w", "r", "root", None)
    assert len(run.take(events(1, 2, 3))) == 3
    assert len(run.take(events(1, 2, 3))) == 0
    assert [event.event_id for event in run.take(events(2, 3, 4))] == [4]
    before = run.events
    told = run.take(events(4, 5, kind=EventType.EVENT_TYPE_TIMER_FIRED))
    assert [event.event_id for event in told] == [4, 5]
    assert run.events is not before
    assert [event.event_id for event in run.events] == [1, 2, 3, 4, 5]
    with pytest.raises(Gap):
        run.take(events(7))


async def test_a_killed_server_is_said_and_its_return_loses_nothing(
    on_disk: Path,
) -> None:
    where = await server.ensure()
    client = await server.connect(where)
    queue = unique()
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue)
    feed = Feed(client, handle.id, handle.first_execution_run_id)
    feed.start()
    await until(lambda: len(feed.runs[0].events) == 2, "the first events")
    assert where.pid
    os.kill(where.pid, signal.SIGKILL)
    await until(lambda: "does not answer" in feed.runs[0].error, "a word about the server")
    assert not feed.closed
    assert len(feed.runs[0].events) == 2
    again = await server.ensure()
    assert again.address == where.address
    worker_client = await server.connect(again)
    await until(lambda: feed.runs[0].error == "", "the server's return")
    async with Worker(
        worker_client, task_queue=queue, workflows=[Gate], activities=[flaky], graceful_shutdown_timeout=timedelta(0)
    ):
        fresh = worker_client.get_workflow_handle(handle.id)
        await fresh.signal("open")
        await fresh.result()
        await until(lambda: feed.closed, "the end")
        assert feed.runs[0].events == list((await fresh.fetch_history()).events)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a child process are POSIX")
async def test_a_process_that_ends_with_an_open_feed_ends_well(client: Client, queue: str) -> None:
    handle = await client.start_workflow(Gate.run, id=unique(), task_queue=queue)
    script = f"""
        import asyncio
        from temporalio.client import Client
        from course_lib.history.feed import Feed

        async def main():
            client = await Client.connect({client.service_client.config.target_host!r}, namespace={client.namespace!r})
            feed = Feed(client, {handle.id!r})
            feed.start()
            async with asyncio.timeout(120):
                while len(feed.runs[0].events) < 4:
                    await asyncio.sleep(0.01)
            return feed

        feed = asyncio.run(main())
        print(len(feed.runs[0].events))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4\n", "")
    await handle.terminate()
