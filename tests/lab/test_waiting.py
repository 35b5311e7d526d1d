"""A cell waits as long as anything moves, and gives up, with the reason, when nothing does."""

import asyncio
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from course_lib import server
from course_lib.errors import CourseError
from course_lib.lab import StillRunning
from course_lib.lab.started_runs import Started
from course_lib.lab.waiting import NotSo, Waits
from course_lib.server import Server
from course_lib.shop import Shop
from course_lib.waits.until import CELL
from course_lib.workers import start_worker
from tests.lab import flows
from tests.until import until

Begin = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]

# Seconds: a wait that took longer has waited for what moved.
LONGER = 6.0
# Waits for nothing that only comes later.
IMPATIENT = replace(CELL, working=0.0, longest=0.0)
# A workflow task that fails is tried again when its time is over.
SHORT = timedelta(seconds=2)


@pytest.fixture
def queue() -> str:
    return f"waiting-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def begin(client: Client, queue: str) -> AsyncIterator[Begin]:
    begun: list[WorkflowHandle[Any, Any]] = []

    async def begin(workflow: Any, *args: Any, **options: Any) -> WorkflowHandle[Any, Any]:
        options = {"id": uuid.uuid4().hex, "task_queue": queue, **options}
        begun.append(await client.start_workflow(workflow, args=args, **options))
        return begun[-1]

    yield begin
    for handle in begun:
        if (await handle.describe()).close_time is None:
            await handle.terminate()


def quiet(_: str) -> None:
    pass


async def test_a_result_comes_as_it_is(waits: Waits, client: Client, queue: str, begin: Begin) -> None:
    async with Worker(client, task_queue=queue, workflows=[flows.Order], activities=[flows.charge]):
        handle = await begin(flows.Order.run, "o-1")
        assert await waits.result(handle, queue, quiet) == "charge of o-1"


async def test_no_worker_is_diagnosed_not_waited_for(waits: Waits, queue: str, begin: Begin) -> None:
    said: list[str] = []
    handle = await begin(flows.Order.run, "o-1")
    with pytest.raises(StillRunning, match="has no result, and nothing has moved for") as raised:
        await asyncio.wait_for(waits.result(handle, queue, said.append), 120)
    assert raised.value.diagnosis.cause == "no_poller"
    assert queue in str(raised.value)
    assert isinstance(raised.value, CourseError), "IPython shows the message, not a traceback"
    assert any(line.startswith(f"{handle.id}: 2 s. No Worker polls") for line in said), "progress past two seconds"
    assert said[-1] == "", "and gone in the end"


async def test_a_run_that_waits_for_a_signal_is_diagnosed(
    waits: Waits, client: Client, queue: str, begin: Begin
) -> None:
    async with Worker(client, task_queue=queue, workflows=[flows.Waits]):
        handle = await begin(flows.Waits.run)
        with pytest.raises(StillRunning, match="waits for signal `approve` or update `note`, or for a timer"):
            await asyncio.wait_for(waits.result(handle, queue, quiet), 120)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workflow", "args"), [(flows.Steps, (12, 0.8)), (flows.Steps, (1, 9.0)), (flows.Parent, (12, 0.8))]
)
async def test_steps_and_timers_are_waited_for(
    waits: Waits, client: Client, queue: str, begin: Begin, workflow: Any, args: tuple[int, float]
) -> None:
    async with Worker(client, task_queue=queue, workflows=[flows.Steps, flows.Parent]):
        handle = await begin(workflow.run, *args)
        began = time.monotonic()
        assert await waits.result(handle, queue, quiet) == args[0]
        assert time.monotonic() - began > LONGER


@pytest.mark.slow
async def test_an_activity_that_computes_in_the_notebook_is_waited_for(
    waits: Waits, client: Client, queue: str, begin: Begin, monkeypatch: pytest.MonkeyPatch, course_server: Server
) -> None:
    """Nothing but the Worker's own thread moves: the activity has no heartbeat, and its limit is minutes away."""
    monkeypatch.setattr("course_lib.lab.waiting.CELL", IMPATIENT)
    worker = await start_worker(
        lambda: server.connect(course_server), queue, workflows=[flows.Computes], activities=[flows.compute]
    )
    try:
        handle = await begin(flows.Computes.run, LONGER)
        began = time.monotonic()
        assert await waits.result(handle, queue, quiet) > 0
        assert time.monotonic() - began > LONGER
    finally:
        await worker.stop()


async def test_a_silent_activity_is_no_movement(
    waits: Waits, client: Client, queue: str, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_lib.lab.waiting.CELL", IMPATIENT)
    asleep = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[flows.Computes],
            activities=[_sleeper(asleep)],
            activity_executor=pool,
        )
        async with worker:
            handle = await begin(flows.Computes.run, 1.0)
            with pytest.raises(StillRunning, match="“compute” has been running for"):
                await asyncio.wait_for(waits.result(handle, queue, quiet), 120)
            asleep.set()


def _sleeper(asleep: threading.Event) -> Any:
    from temporalio import activity

    @activity.defn(name="compute")
    def compute(_: float) -> int:
        asleep.wait(60)
        return 1

    return compute


@pytest.mark.slow
async def test_what_fails_again_and_again_is_no_movement(
    waits: Waits, client: Client, queue: str, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_lib.lab.waiting.CELL", replace(CELL, retries=3))
    workflows = [flows.Broken, flows.Retried, flows.Waits]
    async with Worker(client, task_queue=queue, workflows=workflows, activities=[flows.declined]):
        broken = await begin(flows.Broken.run, task_timeout=SHORT)
        retried = await begin(flows.Retried.run, "o-1")
        with pytest.raises(StillRunning, match="there were only attempts that fail") as raised:
            await asyncio.wait_for(waits.result(broken, queue, quiet), 90)
        assert raised.value.diagnosis.cause == "workflow_task_failing"
        with pytest.raises(StillRunning, match="there were only attempts that fail") as raised:
            await asyncio.wait_for(waits.result(retried, queue, quiet), 90)
        assert raised.value.diagnosis.cause == "activity_retrying"
        # What they keep busy, the Worker, holds up no wait for another run.
        waiting = await begin(flows.Waits.run)
        with pytest.raises(StillRunning, match="waits for signal"):
            await asyncio.wait_for(waits.result(waiting, queue, quiet), 120)


@pytest.mark.slow
async def test_a_run_that_is_repaired_is_waited_for_however_often_it_has_failed(
    waits: Waits, client: Client, queue: str, begin: Begin
) -> None:
    handle = await begin(flows.Order.run, "o-1", task_timeout=SHORT)

    async def failed() -> bool:
        return (await handle.describe()).raw_description.pending_workflow_task.attempt > 4

    async with Worker(client, task_queue=queue, workflows=[flows.Waits]):  # without Order
        await until(failed, "four tries have failed")
    async with Worker(client, task_queue=queue, workflows=[flows.Order], activities=[flows.charge]):
        assert await waits.result(handle, queue, quiet) == "charge of o-1"


async def test_a_failure_lists_its_causes(waits: Waits, client: Client, queue: str, begin: Begin) -> None:
    async with Worker(client, task_queue=queue, workflows=[flows.Declined], activities=[flows.declined]):
        handle = await begin(flows.Declined.run, "o-1")
        with pytest.raises(WorkflowFailureError) as raised:
            await waits.result(handle, queue, quiet)
    assert any("the card of o-1 is declined" in note for note in raised.value.__notes__)


async def test_cancelling_the_wait_leaves_the_workflow_alone(waits: Waits, queue: str, begin: Begin) -> None:
    handle = await begin(flows.Order.run, "o-1")
    waiting = asyncio.create_task(waits.result(handle, queue, quiet))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 120)
    assert (await handle.describe()).close_time is None


async def test_until_names_what_did_not_come(waits: Waits) -> None:
    said: list[str] = []
    with pytest.raises(NotSo, match=r"This is still not so: step 3 is done\. Nothing has moved for \d+ s\."):
        await asyncio.wait_for(waits.until(lambda: False, "step 3 is done", said.append), 120)
    assert said[0] == "Waiting for this to be so: step 3 is done. 2 s."


async def test_a_condition_that_raises_is_not_swallowed(waits: Waits) -> None:
    with pytest.raises(ZeroDivisionError):
        await waits.until(lambda: 1 / 0 > 0, "it divides", quiet)


@pytest.mark.slow
async def test_until_waits_while_a_run_moves_that_was_started_from_here(
    course_server: Server, shop: Shop, queue: str
) -> None:
    started = Started()
    client = await server.connect(course_server, interceptors=[started])
    waits = Waits(client, course_server, shop, started)
    async with Worker(client, task_queue=queue, workflows=[flows.Steps, flows.Waits]):
        left = await client.start_workflow(flows.Waits.run, id=uuid.uuid4().hex, task_queue=queue)
        handle = await client.start_workflow(flows.Steps.run, args=[20, 0.8], id=uuid.uuid4().hex, task_queue=queue)
        assert started.runs == [left, handle]

        async def ended() -> bool:
            return (await handle.describe()).close_time is not None

        began = time.monotonic()
        await waits.until(ended, "all steps are done", quiet)
        assert time.monotonic() - began > 15, "each of them is shorter than what a wait for nothing takes"
        with pytest.raises(NotSo):
            await asyncio.wait_for(waits.until(lambda: False, "more", quiet), 120)
    assert started.runs == [left], "what has ended is looked at no more"
    await left.terminate()


@pytest.mark.slow
async def test_until_waits_while_the_shop_works(waits: Waits, shop: Shop) -> None:
    shop.faults.latency("warehouse", seconds=8)

    async def order() -> None:
        async with shop.client(timeout=60) as api:
            await api.reserve_stock("o-1", "teapot", idempotency_key="o-1")

    ordering = asyncio.create_task(order())
    await waits.until(lambda: len(shop.reservations) == 1, "the teapot is reserved", quiet)
    await ordering


async def test_a_run_that_an_update_started_is_known(course_server: Server, queue: str) -> None:
    started = Started()
    client = await server.connect(course_server, interceptors=[started])
    start = WithStartWorkflowOperation(
        flows.Waits.run, id=queue, task_queue=queue, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    async with Worker(client, task_queue=queue, workflows=[flows.Waits]):
        answer = await client.execute_update_with_start_workflow(flows.Waits.note, 7, start_workflow_operation=start)
        assert answer == 7
    assert [run.id for run in started.runs] == [queue]
    await started.runs[0].terminate()
