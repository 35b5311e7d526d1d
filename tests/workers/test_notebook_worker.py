"""The in-notebook Worker: replaced quickly whatever runs, its death noticed, never half started."""

import asyncio
import importlib
import threading
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from course_lib.errors import CourseError
from course_lib.workers import NotebookWorker, running_workers, start_worker
from tests.until import until

from .conftest import activity_runs

Start = Callable[..., Awaitable[NotebookWorker]]


@pytest.fixture
def orders(folder: Path) -> ModuleType:
    return importlib.import_module("orders__r1")


@pytest.fixture
def start(address: str, queue: str, orders: ModuleType) -> Start:
    everything: dict[str, Any] = {
        "workflows": [orders.OrderWorkflow, orders.CallWorkflow],
        "activities": [
            orders.charge,
            orders.block_loop,
            orders.block_thread,
            orders.wait_long,
            orders.Warehouse().reserve,
        ],
    }

    async def start(**changes: Any) -> NotebookWorker:
        return await start_worker(lambda: Client.connect(address), queue, **{**everything, **changes})

    return start


async def _order(client: Client, queue: str) -> str:
    run = client.execute_workflow("OrderWorkflow", "o-1", id=uuid.uuid4().hex, task_queue=queue)
    return str(await asyncio.wait_for(run, 120))


async def _scheduled(client: Client, queue: str, name: str, seconds: float) -> Any:
    """Start a workflow and return its handle once its activity runs."""
    handle = await client.start_workflow("CallWorkflow", args=[name, seconds], id=uuid.uuid4().hex, task_queue=queue)
    await until(lambda: activity_runs(handle))
    return handle


async def test_runs_both_kinds_of_activity_on_a_thread_of_its_own(start: Start, client: Client, queue: str) -> None:
    worker = await start()
    assert worker.running
    assert worker._thread is not threading.current_thread()
    assert await _order(client, queue) == "charge of o-1, reserved o-1"
    assert await worker.stop()
    assert not worker.running


@pytest.mark.parametrize(("name", "left_behind"), [("wait_long", False), ("block_loop", True), ("block_thread", True)])
async def test_replacement_does_not_wait_for_a_running_activity(
    start: Start, client: Client, queue: str, name: str, left_behind: bool
) -> None:
    first = await start()
    handle = await _scheduled(client, queue, name, 20.0)
    said: list[str] = []
    second = await start(say=said.append)
    assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING  # the activity takes longer
    assert second.running
    assert not first.running
    assert bool(said) == left_behind
    if left_behind:
        assert "takes no new task" in said[0]
        assert "orders, line" in said[0]
        assert "time.sleep(seconds)" in said[0]
    # The one left behind takes nothing: every order is finished by the new Worker.
    for _ in range(8):
        assert await _order(client, queue) == "charge of o-1, reserved o-1"


async def test_two_cells_racing_leave_one_worker(start: Start, client: Client, queue: str) -> None:
    outcomes = await asyncio.gather(start(), start(), return_exceptions=True)
    assert [worker.task_queue for worker in running_workers()] == [queue]
    for outcome in outcomes:
        assert isinstance(outcome, NotebookWorker | CourseError)
    assert await _order(client, queue) == "charge of o-1, reserved o-1"


async def test_an_invalid_worker_names_the_line_and_spares_the_earlier_one(
    start: Start, folder: Path, client: Client, queue: str
) -> None:
    earlier = await start()
    (folder / "unsafe__r4.py").write_text(
        "import random\nfrom temporalio import workflow\n\nrandom.random()\n\n"
        "@workflow.defn\nclass Unsafe:\n    @workflow.run\n    async def run(self) -> None: ...\n"
    )
    unsafe = importlib.import_module("unsafe__r4")
    with pytest.raises(CourseError) as caught:
        await start(workflows=[unsafe.Unsafe])
    assert "random.random" in caught.value.what
    assert caught.value.tried == (
        "unsafe, line 4: random.random()",
        "the earlier Worker on this queue keeps running, with the earlier code",
    )
    assert earlier.running
    assert await _order(client, queue) == "charge of o-1, reserved o-1"


async def test_a_module_that_never_ends_importing_is_named(start: Start, folder: Path) -> None:
    (folder / "endless__r1.py").write_text(
        "import time\nfrom temporalio import workflow\n\n"
        "if workflow.unsafe.in_sandbox():\n    with workflow.unsafe.sandbox_unrestricted():\n        time.sleep(4)\n\n"
        "@workflow.defn\nclass Endless:\n    @workflow.run\n    async def run(self) -> None: ...\n"
    )
    endless = importlib.import_module("endless__r1")
    with pytest.raises(CourseError, match="did not begin to poll and has stood still for 1 s") as caught:
        await start(workflows=[endless.Endless], patience=1.0)
    assert caught.value.tried == ("its thread is at endless, line 6: time.sleep(4)",)
    assert running_workers() == []


async def test_death_is_said_on_the_callers_loop(start: Start, client: Client, queue: str) -> None:
    def refuse() -> None:
        raise RuntimeError("no thread today")

    reasons: list[tuple[str, threading.Thread]] = []
    told = asyncio.Event()

    def on_death(reason: str) -> None:
        reasons.append((reason, threading.current_thread()))
        told.set()

    broken = ThreadPoolExecutor(1, initializer=refuse)
    worker = await start(activity_executor=broken, on_death=on_death, max_concurrent_activities=1)
    await client.start_workflow("CallWorkflow", args=["block_thread", 0.1], id=uuid.uuid4().hex, task_queue=queue)
    await asyncio.wait_for(told.wait(), 120)
    assert "died" in reasons[0][0]
    assert queue in reasons[0][0]
    assert reasons[0][1] is threading.current_thread()
    assert not worker.running
    assert worker.error is not None
    assert "dead" in repr(worker)


async def test_a_stopped_worker_is_not_reported_dead(start: Start) -> None:
    reasons: list[str] = []
    worker = await start(on_death=reasons.append)
    await worker.stop()
    await asyncio.sleep(0)
    assert reasons == []


async def test_cancelled_start_leaves_nothing(start: Start, address: str, queue: str) -> None:
    gate = threading.Event()

    async def slow() -> Client:
        gate.set()
        await asyncio.sleep(30)
        raise AssertionError("not reached")

    before = {thread for thread in threading.enumerate() if thread.name.startswith("course-worker")}
    task = asyncio.ensure_future(start_worker(slow, queue, activities=[_note]))
    await asyncio.get_running_loop().run_in_executor(None, gate.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    mine = [t for t in threading.enumerate() if t.name.startswith("course-worker") and t not in before]
    for thread in mine:
        await asyncio.get_running_loop().run_in_executor(None, thread.join, 5)
        assert not thread.is_alive()
    assert running_workers() == []


async def test_options_reach_the_sdk(start: Start) -> None:
    worker = await start(max_cached_workflows=0, graceful_shutdown_timeout=timedelta(seconds=1), identity="mine")
    assert worker._worker is not None
    config = worker._worker.config()
    assert config["max_cached_workflows"] == 0
    assert config["graceful_shutdown_timeout"] == timedelta(seconds=1)
    assert config["identity"] == "mine"
    # A second start under the same identity must not take the first one's polls for its own.
    assert (await start(identity="mine")).running


async def test_unknown_option_is_an_error_with_its_name(start: Start) -> None:
    with pytest.raises(CourseError, match="max_cached_workflow"):
        await start(max_cached_workflow=1)


def _note() -> None: ...
