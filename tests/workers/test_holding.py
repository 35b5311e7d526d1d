"""Paused: it takes no new task and finishes what it has, by the history's word. Frozen: nothing of it runs."""

import asyncio
import contextlib
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from temporalio.api.enums.v1 import PendingWorkflowTaskState
from temporalio.client import Client, WorkflowHandle

from course_lib.errors import CourseError
from course_lib.workers import WorkerProcess
from tests.until import until

from .conftest import activity_runs

Make = Callable[..., WorkerProcess]


@pytest.fixture
async def make(address: str, queue: str, folder: Path) -> AsyncIterator[Make]:
    made: list[WorkerProcess] = []

    def make(**options: Any) -> WorkerProcess:
        made.append(WorkerProcess(["orders__r1"], task_queue=queue, address=address, folder=folder, **options))
        return made[-1]

    yield make
    for process in made:
        process.kill()
        with contextlib.suppress(CourseError):
            await process.wait_exit(5)


async def _order(client: Client, queue: str) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow("OrderWorkflow", "o-1", id=uuid.uuid4().hex, task_queue=queue)


async def _events(handle: WorkflowHandle[Any, Any]) -> list[Any]:
    return [event async for event in handle.fetch_history_events()]


async def _started_by(handle: WorkflowHandle[Any, Any]) -> str:
    """Return who took the first workflow task."""
    events = await _events(handle)
    return next(
        event.workflow_task_started_event_attributes.identity
        for event in events
        if event.HasField("workflow_task_started_event_attributes")
    )


async def _untaken(handle: WorkflowHandle[Any, Any]) -> bool:
    described = await handle.describe()
    state = described.raw_description.pending_workflow_task.state
    return described.history_length == 2 and state == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED


async def test_a_paused_worker_takes_no_task_until_it_resumes(make: Make, client: Client, queue: str) -> None:
    paused, other = make(identity="the-paused-one"), make(identity="the-other-one")
    await paused.start()
    pid = paused.pid
    await paused.pause()
    assert (paused.state, paused.running, paused.alive, paused.pid) == ("paused", False, True, pid)
    assert paused.describe().startswith(f"paused pid {pid} · ")
    assert paused.describe().endswith("takes no task")
    waiting = [await _order(client, queue) for _ in range(5)]
    # A second Worker proves that the queue is served at once by one that polls: it takes all of them and the paused
    # one, which had five polls open, not one.
    await other.start()
    await asyncio.wait_for(asyncio.gather(*(handle.result() for handle in waiting)), 120)
    assert {await _started_by(handle) for handle in waiting} == {"the-other-one"}
    await other.stop()
    left = await _order(client, queue)
    assert await _untaken(left)
    await paused.resume()
    assert (paused.state, paused.running, paused.pid) == ("running", True, pid)
    assert await asyncio.wait_for(left.result(), 20) == "charge of o-1, reserved o-1"
    assert await _started_by(left) == "the-paused-one"


@pytest.mark.parametrize("activity", ["wait_long", "block_thread"])
async def test_a_pause_lets_a_running_activity_finish(make: Make, client: Client, queue: str, activity: str) -> None:
    process = make()
    await process.start()
    long = await client.start_workflow("CallWorkflow", args=[activity, 2.5], id=uuid.uuid4().hex, task_queue=queue)
    await until(lambda: activity_runs(long))
    await process.pause()
    assert process.draining
    assert "finishes an activity" in process.describe()
    fresh = await _order(client, queue)
    await until(lambda: not process.draining)
    assert await _untaken(fresh)
    # The activity has completed on its first attempt; the workflow itself waits for a Worker.
    kinds = [event.WhichOneof("attributes") for event in await _events(long)]
    assert "activity_task_completed_event_attributes" in kinds
    await process.resume()
    await asyncio.wait_for(asyncio.gather(long.result(), fresh.result()), 120)
    starts = [e for e in await _events(long) if e.HasField("activity_task_started_event_attributes")]
    assert [event.activity_task_started_event_attributes.attempt for event in starts] == [1]


async def test_a_stop_ends_what_a_pause_had_spared(make: Make, client: Client, queue: str) -> None:
    process = make()
    await process.start()
    long = await client.start_workflow("CallWorkflow", args=["wait_long", 60], id=uuid.uuid4().hex, task_queue=queue)
    await until(lambda: activity_runs(long))
    await process.pause()
    assert process.draining
    assert await process.stop(10) == 0
    assert process.describe() == "stopped (exit code 0)"
    await long.terminate()


async def test_resume_goes_on_beside_an_activity_that_still_runs(make: Make, client: Client, queue: str) -> None:
    process = make()
    await process.start()
    long = await client.start_workflow("CallWorkflow", args=["wait_long", 3], id=uuid.uuid4().hex, task_queue=queue)
    await until(lambda: activity_runs(long))
    await process.pause()
    await process.resume()
    fresh = await _order(client, queue)
    assert await asyncio.wait_for(fresh.result(), 20) == "charge of o-1, reserved o-1"
    await asyncio.wait_for(long.result(), 120)


async def test_asked_twice_or_of_nobody(make: Make) -> None:
    process = make()
    with pytest.raises(CourseError, match="nothing to pause"):
        await process.pause()
    await process.start()
    await process.resume()
    await process.pause()
    await process.pause()
    await process.start()  # a held process goes on: no second one is started
    assert process.running
    process.kill()
    await process.wait_exit(5)
    with pytest.raises(CourseError, match="nothing to resume"):
        await process.resume()


async def test_a_paused_process_that_dies_is_told(make: Make) -> None:
    deaths: list[str] = []
    process = make(on_death=deaths.append)
    await process.start()
    await process.pause()
    assert process.pid is not None
    os.kill(process.pid, 9)
    await process.wait_exit(5)
    await until(lambda: bool(deaths))
    assert process.describe() == "died: killed by SIGKILL (exit code -9)"


async def test_tasks_are_counted_by_the_sdks_own_metrics(make: Make, client: Client, queue: str) -> None:
    process = make()
    await process.start()
    assert process.known_as == f"worker-process-{process.pid}@{os.uname().nodename}"
    handle = await _order(client, queue)
    await asyncio.wait_for(handle.result(), 120)
    events = await _events(handle)
    workflow_tasks = sum(event.HasField("workflow_task_started_event_attributes") for event in events)
    await until(lambda: process.tasks == (workflow_tasks, 2))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_a_frozen_process_does_nothing_until_it_goes_on(make: Make, client: Client, queue: str) -> None:
    process = make()
    assert not process.freeze()
    await process.start()
    assert process.freeze()
    assert not process.freeze()
    assert not process.running
    assert process.alive
    assert process.describe() == f"frozen pid {process.pid}: nothing of it runs"
    await until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
    with pytest.raises(CourseError, match="frozen"):
        await process.pause()
    handle = await _order(client, queue)
    assert process.thaw()
    assert not process.thaw()
    assert await asyncio.wait_for(handle.result(), 30) == "charge of o-1, reserved o-1"
    process.freeze()
    assert await process.stop() == 0
    await process.start()
    process.freeze()
    process.kill()
    assert await process.wait_exit(5) == -9
    assert not process.frozen


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_a_frozen_process_ends_with_the_one_that_started_it(address: str, folder: Path) -> None:
    code = (
        "import asyncio, os, sys\nfrom pathlib import Path\nfrom course_lib.workers import WorkerProcess\n"
        "async def main():\n"
        f"    process = WorkerProcess(['orders__r1'], task_queue='frozen', address={address!r}, "
        f"folder=Path({str(folder)!r}))\n"
        "    await process.start()\n    process.freeze()\n    print(process.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\nasyncio.run(main())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(parent.communicate(), 120)
    pid = int(output)
    await until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
