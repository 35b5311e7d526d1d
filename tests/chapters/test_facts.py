"""What chapters say of Temporal and no cell shows, seen on the server and SDK that the course pins."""

import asyncio
import secrets

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Worker

from tests.chapters.facts import Raises, TimesOut, hang, timed_out

LIMIT = 120.0


@pytest.mark.slow
@pytest.mark.parametrize(("which", "said"), [("start_to_close", "StartToClose"), ("heartbeat", "Heartbeat")])
async def test_03_an_async_call_that_hangs_is_cancelled_after_its_timeout(
    client: Client, which: str, said: str
) -> None:
    queue = secrets.token_hex(5)
    async with Worker(client, task_queue=queue, workflows=[TimesOut], activities=[hang]):
        assert said in await client.execute_workflow(TimesOut.run, which, id=queue, task_queue=queue)
        async with asyncio.timeout(LIMIT):
            while which not in timed_out:  # noqa: ASYNC110 - when the Worker ends it would be cancelled, too
                await asyncio.sleep(0.1)
    assert timed_out[which]


async def test_03_a_timeout_error_fails_the_workflow_and_not_its_task(client: Client) -> None:
    queue = secrets.token_hex(5)
    async with Worker(client, task_queue=queue, workflows=[Raises]):
        handle = await client.start_workflow(Raises.run, id=queue, task_queue=queue)
        async with asyncio.timeout(LIMIT):
            async for event in handle.fetch_history_events(wait_new_event=True):
                assert not event.HasField("workflow_task_failed_event_attributes")
                if event.HasField("workflow_execution_failed_event_attributes"):
                    break
    assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED
