"""What a wait looks at: each Worker that this process has started, for as long as it lives."""

import os
import uuid
from pathlib import Path

from temporalio import activity
from temporalio.client import Client

from course_lib.server import Server
from course_lib.workers import WorkerProcess, moving, start_worker


@activity.defn
async def nothing() -> None: ...


async def test_the_threads_of_a_worker_here(address: str, queue: str) -> None:
    before, started = moving.movers(), moving.stir()[0]
    worker = await start_worker(lambda: Client.connect(address), queue, activities=[nothing])
    new = [mover for mover in moving.movers() if mover not in before]
    assert (os.getpid(), worker._thread.native_id) in new
    assert moving.stir()[0] != started
    await worker.stop()
    assert not set(new) & set(moving.movers())


async def test_a_worker_process_moves_while_it_starts_and_stops(course_server: Server, folder: Path) -> None:
    process = WorkerProcess(["orders__r1"], course_server, task_queue=uuid.uuid4().hex, folder=folder)
    seen: list[tuple[str, float]] = []
    process.subscribe(lambda: seen.append((process.state, moving.stir()[1])))
    await process.start()
    assert process.pid in moving.movers()
    pid, running = process.pid, moving.stir()
    assert running[1] == 0, "it will not change by itself"
    await process.stop()
    assert pid not in moving.movers()
    assert moving.stir()[0] != running[0]
    due = dict(seen)
    assert due["starting"] > 0
    assert due["stopping"] > 0
