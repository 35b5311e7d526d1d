"""A result, or within the limit the reason why there is none."""

import asyncio
import uuid

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from course_lib.errors import CourseError
from course_lib.lab import StillRunning
from course_lib.lab.waiting import result
from tests.lab.flows import Declined, Order, charge, declined


@pytest.fixture
def queue() -> str:
    return f"waiting-{uuid.uuid4().hex[:8]}"


async def test_a_result_comes_as_it_is(client: Client, queue: str) -> None:
    said: list[str] = []
    async with Worker(client, task_queue=queue, workflows=[Order], activities=[charge]):
        handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue=queue)
        assert await result(handle, client, queue, 20.0, said.append) == "charge of o-1"


async def test_no_worker_is_diagnosed_not_waited_for(client: Client, queue: str) -> None:
    said: list[str] = []
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue=queue)
    with pytest.raises(StillRunning) as raised:
        await asyncio.wait_for(result(handle, client, queue, 3.5, said.append), 20)
    assert raised.value.diagnosis.cause == "no_poller"
    assert queue in str(raised.value)
    assert isinstance(raised.value, CourseError), "IPython shows the message, not a traceback"
    assert any("of at most 3.5 s" in line for line in said), "progress is shown past two seconds"
    await handle.terminate()


async def test_a_failure_lists_its_causes(client: Client, queue: str) -> None:
    said: list[str] = []
    async with Worker(client, task_queue=queue, workflows=[Declined], activities=[declined]):
        handle = await client.start_workflow(Declined.run, "o-1", id=uuid.uuid4().hex, task_queue=queue)
        with pytest.raises(WorkflowFailureError) as raised:
            await result(handle, client, queue, 20.0, said.append)
    assert any("the card of o-1 is declined" in note for note in raised.value.__notes__)


async def test_cancelling_the_wait_leaves_the_workflow_alone(client: Client, queue: str) -> None:
    handle = await client.start_workflow(Order.run, "o-1", id=uuid.uuid4().hex, task_queue=queue)
    waiting = asyncio.create_task(result(handle, client, queue, 30.0, lambda _: None))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 5)
    description = await handle.describe()
    assert description.status is not None
    assert description.status.name == "RUNNING"
    await handle.terminate()
