"""A workflow that is stuck on a bug is retried soon, however long it has been stuck: chapters fix it live."""

import asyncio
import secrets
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from tests.diagnosis_flows import StuckOrder

ENOUGH = 7  # tries; with the server's own growing pauses the seventh comes after 40 s, with the course's after 6 s


async def test_the_tries_of_a_failing_workflow_task_do_not_become_rare(client: Client) -> None:
    queue = f"q-{secrets.token_hex(4)}"
    async with Worker(client, task_queue=queue, workflows=[StuckOrder], graceful_shutdown_timeout=timedelta(0)):
        handle = await client.start_workflow(
            StuckOrder.run, "bug", id=queue, task_queue=queue, task_timeout=timedelta(seconds=1)
        )
        async with asyncio.timeout(25):
            while (await handle.describe()).raw_description.pending_workflow_task.attempt < ENOUGH:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        await handle.terminate()
