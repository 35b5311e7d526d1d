"""Real runs to step through, recorded on a real server."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import Worker

from tests.widgets.stepper_flows import Broken, Mended, Order, Ticks, charge, ship

_LIMIT = 30.0  # seconds for anything here; it takes about one


async def order(client: Client, name: str = "o-1") -> WorkflowHistory:
    """Record an order: an activity, two signals, an activity that is tried twice."""
    queue = _name("q")
    async with Worker(client, task_queue=queue, workflows=[Order], activities=[charge, ship]):
        handle = await client.start_workflow(Order.run, name, id=_name("order"), task_queue=queue)
        await _until(handle, EventType.EVENT_TYPE_TIMER_STARTED)
        await handle.signal(Order.approve, name)
        await handle.signal(Order.approve, "grace")
        await asyncio.wait_for(handle.result(), _LIMIT)
        return await handle.fetch_history()


async def ticks(client: Client, times: int) -> WorkflowHistory:
    """Record a run of many workflow tasks."""
    queue = _name("q")
    async with Worker(client, task_queue=queue, workflows=[Ticks]):
        handle = await client.start_workflow(Ticks.run, times, id=_name("ticks"), task_queue=queue)
        await asyncio.wait_for(handle.result(), _LIMIT)
        return await handle.fetch_history()


async def mended(client: Client, name: str) -> WorkflowHistory:
    """Record a run whose workflow task fails until the code is mended."""
    queue = _name("q")
    async with Worker(client, task_queue=queue, workflows=[Broken], max_cached_workflows=0):
        handle = await client.start_workflow(
            "Mended", name, id=_name("mended"), task_queue=queue, task_timeout=timedelta(seconds=1)
        )
        await _until(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
    async with Worker(client, task_queue=queue, workflows=[Mended], max_cached_workflows=0):
        await asyncio.wait_for(handle.result(), _LIMIT)
        return await handle.fetch_history()


async def _until(handle: WorkflowHandle[Any, Any], kind: "EventType.ValueType") -> None:
    async def seen() -> None:
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.event_type == kind:
                return

    await asyncio.wait_for(seen(), _LIMIT)


def _name(base: str) -> str:
    return f"{base}-{secrets.token_hex(4)}"
