"""Real runs to step through, recorded on a real server."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import Worker

from tests.widgets.stepper_flows import Broken, Mended, Order, Ticks, charge, ship

_LIMIT = 120.0  # seconds for anything here; it takes about one


async def order(client: Client, number: str = "o-1") -> WorkflowHistory:
    """Record an order: an activity, two signals, an activity that is tried twice."""
    queue = name("q")
    async with Worker(client, task_queue=queue, workflows=[Order], activities=[charge, ship]):
        handle = await client.start_workflow(Order.run, number, id=name("order"), task_queue=queue)
        await _until(handle, EventType.EVENT_TYPE_TIMER_STARTED)
        await handle.signal(Order.approve, number)
        await _until(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 3)  # else both may come in one task
        await handle.signal(Order.approve, "grace")
        await asyncio.wait_for(handle.result(), _LIMIT)
        return await handle.fetch_history()


async def ticks(client: Client, times: int) -> WorkflowHistory:
    """Record a run of many workflow tasks."""
    queue = name("q")
    async with Worker(client, task_queue=queue, workflows=[Ticks]):
        handle = await client.start_workflow(Ticks.run, times, id=name("ticks"), task_queue=queue)
        await asyncio.wait_for(handle.result(), _LIMIT)
        return await handle.fetch_history()


async def broken(client: Client, number: str) -> WorkflowHistory:
    """Record a run whose workflow task fails, and is tried again in vain."""
    return await (await _fail(client, name("q"), number)).fetch_history()


async def mended(client: Client, number: str) -> WorkflowHistory:
    """Record a run whose workflow task fails until the code is mended."""
    queue = name("q")
    handle = await _fail(client, queue, number)
    async with Worker(client, task_queue=queue, workflows=[Mended], max_cached_workflows=0):
        await asyncio.wait_for(handle.result(), _LIMIT)
        return await handle.fetch_history()


async def _fail(client: Client, queue: str, number: str) -> WorkflowHandle[Any, Any]:
    async with Worker(client, task_queue=queue, workflows=[Broken], max_cached_workflows=0):
        handle = await client.start_workflow(
            "Mended", number, id=name("mended"), task_queue=queue, task_timeout=timedelta(seconds=1)
        )
        await _until(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        return handle


async def _until(handle: WorkflowHandle[Any, Any], kind: "EventType.ValueType", times: int = 1) -> None:
    async def seen() -> None:
        left = times
        async for event in handle.fetch_history_events(wait_new_event=True):
            left -= event.event_type == kind
            if not left:
                return

    await asyncio.wait_for(seen(), _LIMIT)


def name(base: str) -> str:
    """Return a name that no other test has."""
    return f"{base}-{secrets.token_hex(4)}"
