import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from course_lib.diagnosis import Diagnosis, diagnose
from course_lib.shop import Shop, process
from tests.diagnosis_flows import StuckOrder, charge_card, pay, pay_blocking, slow_shipment

Handle = WorkflowHandle[StuckOrder, str]


@pytest.fixture
def queue() -> str:
    return f"q-{secrets.token_hex(4)}"


@pytest.fixture
async def worker(client: Client, queue: str) -> AsyncIterator[Worker]:
    async with Worker(
        client, task_queue=queue, workflows=[StuckOrder], activities=[charge_card, slow_shipment, pay, pay_blocking],
        graceful_shutdown_timeout=timedelta(0),
    ) as running:  # fmt: skip
        yield running


async def _start(client: Client, queue: str, way: str) -> Handle:
    return await client.start_workflow(
        StuckOrder.run, way, id=f"o-{secrets.token_hex(4)}", task_queue=queue, task_timeout=timedelta(seconds=2)
    )


async def _until(handle: Handle, client: Client, queue: str, cause: str, word: str = "") -> Diagnosis:
    """Look until the diagnosis is the expected one; each look must come to an end."""
    for _ in range(40):
        async with asyncio.timeout(120):
            found = await diagnose(handle, client, queue)
        if found.cause == cause and word in str(found):
            return found
        await asyncio.sleep(0.25)
    raise AssertionError(f"never {cause} with {word!r}; last: {found}")


async def _end(handle: Handle) -> None:
    await handle.terminate()


async def test_nobody_polls_the_queue(client: Client, queue: str) -> None:
    handle = await _start(client, queue, "signal")
    found = await diagnose(handle, client, queue)
    assert found.cause == "no_poller"
    assert found.lines()[0] == f"No Worker polls the task queue “{queue}”."
    assert "lab.worker(" in found.text
    assert found.lines()[-1].startswith("Do this: start a Worker")
    await _end(handle)


@pytest.mark.usefixtures("worker")
async def test_a_signal_that_did_not_end_the_wait_is_told(client: Client, queue: str) -> None:
    handle = await _start(client, queue, "timer")
    await handle.signal("approve")
    found = await _until(handle, client, queue, "waiting", "it has got")
    assert found.detail("it has got").startswith("signal `approve` (event ")
    assert "a value of another type is dropped" in found.detail("it has got")
    await _end(handle)


@pytest.mark.usefixtures("worker")
async def test_a_typo_in_the_queue_names_both_queues(client: Client, queue: str) -> None:
    handle = await _start(client, f"{queue}-typo", "signal")
    found = await _until(handle, client, queue, "no_poller", "your Worker polls")
    assert f"“{queue}-typo”" in found.what
    assert f"polls “{queue}”" in found.fix
    assert "lab.task_queue" in found.fix
    await _end(handle)


async def test_a_stopped_worker_that_the_server_still_lists(client: Client, queue: str) -> None:
    async with Worker(client, task_queue=queue, workflows=[StuckOrder]):
        first = await _start(client, queue, "done")
        assert await first.result() == "done"
    handle = await _start(client, queue, "done")
    # At the first look, although the server still lists the Worker: a task that lies for a second tells.
    found = await diagnose(handle, client, queue)
    assert found.cause == "no_poller"
    assert queue in found.what
    assert "start a Worker" in found.fix
    await _end(handle)


_POLLING = """
import asyncio, sys
from temporalio.client import Client
from temporalio.worker import Worker
from tests.diagnosis_flows import StuckOrder, charge_card

async def main():
    client = await Client.connect(sys.argv[1], namespace=sys.argv[2])
    async with Worker(client, task_queue=sys.argv[3], workflows=[StuckOrder], activities=[charge_card]):
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_killed_process_that_the_server_still_lists(client: Client, queue: str) -> None:
    address = client.service_client.config.target_host
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _POLLING, address, client.namespace, queue)
    try:
        handle = await _start(client, queue, "done")
        async with asyncio.timeout(120):
            assert await handle.result() == "done"
    finally:
        process.kill()
        await process.wait()
    listed = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=1)
    )
    assert any(poller.identity.startswith(f"{process.pid}@") for poller in listed.pollers)
    handle = await _start(client, queue, "done")
    found = await diagnose(handle, client, queue)
    assert found.lines()[0] == f"No Worker polls the task queue “{queue}”."
    assert ("polling", "nobody") in found.details
    await _end(handle)


@pytest.mark.usefixtures("worker")
async def test_a_failing_workflow_task_shows_error_and_the_learners_line(client: Client, queue: str) -> None:
    handle = await _start(client, queue, "bug")
    found = await _until(handle, client, queue, "workflow_task_failing")
    assert "KeyError: 'missing'" in found.what
    assert found.detail("your line").startswith("diagnosis_flows, line ")
    assert found.detail("your line").endswith('return str({}["missing"])')
    assert int(found.detail("attempt")) >= 2
    assert "fix that line" in found.fix
    await _end(handle)


@pytest.mark.usefixtures("worker")
@pytest.mark.usefixtures("worker")
async def test_what_the_sandbox_stops_has_a_fix(client: Client, queue: str) -> None:
    handle = await _start(client, queue, "clock")
    found = await _until(handle, client, queue, "workflow_task_failing", "Cannot access datetime")
    assert found.fix.startswith("use `workflow.now()`")
    await _end(handle)


@pytest.mark.usefixtures("worker")
async def test_an_unregistered_workflow_names_the_list_to_extend(client: Client, queue: str) -> None:
    handle = await client.start_workflow(
        "ReturnsOrder", id=f"o-{secrets.token_hex(4)}", task_queue=queue, task_timeout=timedelta(seconds=2)
    )
    found = await _until(handle, client, queue, "workflow_task_failing")
    assert "workflows=[ReturnsOrder]" in found.fix
    await handle.terminate()


@pytest.mark.usefixtures("worker")
async def test_a_retried_activity_shows_attempt_error_line_and_next_try(client: Client, queue: str) -> None:
    handle = await _start(client, queue, "retry")
    found = await _until(handle, client, queue, "activity_retrying", "next attempt")
    assert "charge_card" in found.what
    assert found.detail("last error") == "ValueError: gateway says no to o-1"
    assert found.detail("attempt") == "2, without a limit"
    assert "raise ValueError" in found.detail("your line")
    assert " UTC, in " in found.detail("next attempt")
    assert "fix the cause" in found.fix
    await _end(handle)


async def test_a_retried_activity_that_nobody_polls_for_needs_a_worker_first(client: Client, queue: str) -> None:
    address = client.service_client.config.target_host
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _POLLING, address, client.namespace, queue)
    try:
        handle = await _start(client, queue, "retry")
        await _until(handle, client, queue, "activity_retrying", "next attempt")
    finally:
        process.kill()
        await process.wait()
    found = await _until(handle, client, queue, "activity_retrying", "no Worker polls")
    assert found.fix.startswith(
        "start a Worker that has it: `await lab.worker(workflows=[…], activities=[charge_card])`"
    )
    assert "ValueError" in found.what
    await _end(handle)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("way", ["pay", "pay_blocking"])
async def test_a_shop_whose_process_was_killed_is_named_and_started_again(
    client: Client, queue: str, shop: Shop, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("SHOP_URL", shop.url)
    assert process.daemon().kill() is not None
    handle = await _start(client, queue, way)
    found = await _until(handle, client, queue, "activity_retrying", "ShopUnavailable")
    assert found.lines()[0].startswith(f"The activity “{way}” fails and is retried (attempt ")
    assert found.lines()[0].endswith("the shop's process is not running.")
    assert "lab.shop.start()" in found.fix
    # The server keeps what the shop's client said, and no "Failure exceeds size limit" in its place.
    assert found.detail("last error").startswith("ShopUnavailable: payments cannot be reached: ")
    await asyncio.to_thread(shop.start)
    async with asyncio.timeout(120):
        assert await handle.result() == way
    assert shop.payments.order_id.tolist() == ["o-1"]


@pytest.mark.usefixtures("worker")
async def test_an_activity_that_nobody_polls_for(client: Client, queue: str) -> None:
    handle = await _start(client, queue, "elsewhere")
    found = await _until(handle, client, queue, "no_poller", "nobody-at-all")
    assert "nobody-at-all" in found.what
    assert "slow_shipment" in found.what
    assert "activities=[slow_shipment]" in found.fix
    await _end(handle)


@pytest.mark.usefixtures("worker")
async def test_waits_that_are_meant(client: Client, queue: str) -> None:
    signal, timer, slow, child = [await _start(client, queue, way) for way in ("signal", "timer", "slow", "child")]
    found = await _until(signal, client, queue, "waiting", "signal `approve`")
    assert 'handle.signal("approve"' in found.fix
    found = await _until(timer, client, queue, "waiting", "timer")
    assert "fires in " in found.what
    assert "UTC" in found.detail("timer")
    found = await _until(slow, client, queue, "waiting", "slow_shipment")
    assert "has been running for" in found.what
    found = await _until(child, client, queue, "waiting", "child workflow")
    assert f"{child.id}-child" in found.detail("child")
    for handle in (signal, timer, slow, child):
        await _end(handle)


async def test_a_wait_with_two_ends_says_both(client: Client, queue: str) -> None:
    async with Worker(client, task_queue=queue, workflows=[StuckOrder]):
        handle = await _start(client, queue, "deadline")
        found = await _until(handle, client, queue, "waiting", "timer")
        assert found.what.startswith("The workflow waits for signal `approve`, or for a timer that fires in ")
        assert found.fix == 'send it: `await handle.signal("approve", …)`, or wait that long.'
        await _end(handle)


def _versioned(client: Client, queue: str, build: str, identity: str) -> Worker:
    config = WorkerDeploymentConfig(WorkerDeploymentVersion(queue, build), True, VersioningBehavior.PINNED)
    return Worker(client, task_queue=queue, workflows=[StuckOrder], deployment_config=config, identity=identity)


async def _route(client: Client, queue: str, build: str) -> None:
    """Make a version current as soon as the server knows it."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=queue, build_id=build
    )
    for _ in range(100):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
            return
        except RPCError:
            await asyncio.sleep(0.1)
    raise AssertionError("the version never became known")


async def test_a_queue_that_is_routed_to_a_version_that_nobody_runs(client: Client, queue: str) -> None:
    # By its identity a Worker that the course's notebooks started, so it is known to have ended when it has.
    async with _versioned(client, queue, "1", f"notebook-{os.getpid()}@{socket.gethostname()}"):
        await _route(client, queue, "1")
        pinned = await _start(client, queue, "signal")
        await _until(pinned, client, queue, "waiting", "approve")
    async with Worker(client, task_queue=queue, workflows=[StuckOrder]):
        stuck = await _start(client, queue, "signal")
        found = await _until(stuck, client, queue, "no_poller", "without a version, last seen")
        assert found.what == (
            f"The task queue “{queue}” is routed to version {queue}:1, and no Worker of that version polls."
        )
        assert "set-current-version" in found.fix
    async with _versioned(client, queue, "2", "second"):
        await _route(client, queue, "2")
        await pinned.signal(StuckOrder.approve)
        # The server lists a Worker that has just begun a moment later.
        found = await _until(pinned, client, queue, "no_poller", f"second of version {queue}:2, last seen")
        assert found.what == f"The workflow is pinned to version {queue}:1, and no Worker of that version polls."
        assert "goes to no other version" in found.fix
        for handle in (pinned, stuck):
            await _end(handle)


@pytest.mark.usefixtures("worker")
async def test_a_workflow_that_has_ended(client: Client, queue: str) -> None:
    done, failed = await _start(client, queue, "done"), await _start(client, queue, "fail")
    await done.result()
    found = await diagnose(done, client, queue)
    assert found.cause == "closed"
    assert "completed" in found.what
    found = await _until(failed, client, queue, "closed")
    assert found.detail("failure") == "OutOfStock: out of stock"
    assert found.fix == ""
    found = await _until(await _start(client, queue, "slip"), client, queue, "closed")
    assert found.fix == "add at the top: from datetime import timedelta"


async def test_an_unknown_workflow(client: Client, queue: str) -> None:
    found = await diagnose(client.get_workflow_handle("never-started"), client, queue)
    assert found.cause == "not_found"
    assert "never-started" in found.what


async def test_a_server_that_is_gone_is_said_within_the_limit(queue: str) -> None:
    with socket.socket() as listening:  # accepts connections, never answers
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        silent = await Client.connect(address, lazy=True)
        async with asyncio.timeout(120):
            found = await diagnose(silent.get_workflow_handle("order-1"), silent, queue)
    assert found.cause == "server_gone"
    assert address in found.what
    assert "course server start" in found.fix
