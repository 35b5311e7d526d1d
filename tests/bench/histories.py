"""A history of 10,000 events: as a DataFrame and as a timeline, against fetching it."""

import asyncio
import time
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Worker

from course_lib import history, server
from course_lib.widgets.timeline import timeline_view
from tests.bench.report import Row

EVENTS = 10_000
ROUNDS = 9


@activity.defn
async def charge_card(order: str) -> str:
    """One step of an order, as in the chapters."""
    return f"charge of {order}"


@workflow.defn
class ManyCharges:
    """Makes a long history of what the chapters' histories are made of: activities, a hundred at a time."""

    @workflow.run
    async def run(self, events: int) -> None:
        """Run activities until the history is long enough."""
        limit = timedelta(seconds=60)
        while workflow.info().get_current_history_length() < events:
            orders = [f"order-{number}" for number in range(100)]
            calls = [workflow.execute_activity(charge_card, order, start_to_close_timeout=limit) for order in orders]
            await asyncio.gather(*calls)


def measure(where: server.Server) -> list[Row]:
    """Fetch, then turn the same events into a frame and into a picture; the best of several rounds."""
    return asyncio.run(_measure(where))


async def _measure(where: server.Server) -> list[Row]:
    client = await server.connect(where)
    handle = await long_run(client)
    fetched, framed, drawn = [], [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        recorded: WorkflowHistory = await history.fetch(handle)
        fetched.append(time.perf_counter() - began)
        began = time.perf_counter()
        history.events_frame(recorded)
        framed.append(time.perf_counter() - began)
        began = time.perf_counter()
        timeline_view(recorded, title="bench")
        drawn.append(time.perf_counter() - began)
    count = len(recorded.events)
    # The best of each, as `timeit` advises: a pass of the garbage collector over 10,000 protobuf messages, whenever it
    # comes, costs as much as the frame.
    base = min(fetched)
    both = min(a + b for a, b in zip(framed, drawn, strict=True))
    return [
        Row(f"history of {count:,} events: frame / fetch", min(framed), base, "s", ""),
        Row(f"history of {count:,} events: timeline / fetch", min(drawn), base, "s", ""),
        Row(f"history of {count:,} events: frame and timeline / fetch", both, base, "s", "≤ 1.5"),
    ]


async def long_run(client: Client):  # type: ignore[no-untyped-def]
    """Run `ManyCharges` to its end and return its handle."""
    queue = uuid.uuid4().hex
    async with Worker(client, task_queue=queue, workflows=[ManyCharges], activities=[charge_card]):
        handle = await client.start_workflow(ManyCharges.run, EVENTS, id=uuid.uuid4().hex, task_queue=queue)
        await asyncio.wait_for(handle.result(), 120)
    return handle
