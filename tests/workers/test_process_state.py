"""What a worker process has done, by its own word; and frozen, nothing of it runs."""

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
from temporalio.client import Client, WorkflowHandle

from course_lib.errors import CourseError
from course_lib.server import Server
from course_lib.workers import WorkerProcess
from tests.until import until

Make = Callable[..., WorkerProcess]


@pytest.fixture
async def make(course_server: Server, queue: str, folder: Path) -> AsyncIterator[Make]:
    made: list[WorkerProcess] = []

    def make(**options: Any) -> WorkerProcess:
        made.append(WorkerProcess(["orders__r1"], course_server, task_queue=queue, folder=folder, **options))
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
        "import asyncio, os, sys\nfrom pathlib import Path\nfrom course_lib.server import Server\n"
        "from course_lib.workers import WorkerProcess\n"
        "async def main():\n"
        f"    process = WorkerProcess(['orders__r1'], Server({address!r}), task_queue='frozen', "
        f"folder=Path({str(folder)!r}))\n"
        "    await process.start()\n    process.freeze()\n    print(process.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\nasyncio.run(main())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(parent.communicate(), 120)
    pid = int(output)
    await until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
