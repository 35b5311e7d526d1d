"""Time travel through a long history, against the SDK's plain `Replayer` on the same history and class."""

import asyncio
import time
import tracemalloc
import uuid

from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, Worker

from course_lib import replay, server
from tests.bench.many_orders import ManyOrders, charge_order
from tests.bench.report import Row

EVENTS = 3_000
LONG = 10_000
ROUNDS = 5


def measure(where: server.Server) -> list[Row]:
    """Replay the same histories in turn, plainly and as a journey; the best of several rounds."""
    return asyncio.run(_measure(where))


async def _measure(where: server.Server) -> list[Row]:
    client = await server.connect(where)
    rows = []
    for events, wide, rounds in ((EVENTS, 1, ROUNDS), (EVENTS, 10, ROUNDS), (LONG, 20, 3)):
        history = await _long_run(client, events, wide)
        plain, ours = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            await Replayer(workflows=[ManyOrders]).replay_workflow(history)
            plain.append(time.perf_counter() - began)
            began = time.perf_counter()
            journey = await replay.journey(history, ManyOrders, timeout=120)
            ours.append(time.perf_counter() - began)
        steps = f"{len(history.events):,} events, {len(journey.steps):,} steps"
        rows.append(Row(f"time travel, {steps} / Replayer", min(ours), min(plain), "s", "≤ 2"))
        if events == LONG:
            rows.append(await _memory(history))
    return rows


async def _memory(history: WorkflowHistory) -> Row:
    """Return what a journey of a long history keeps, against the history itself as the server sends it."""
    tracemalloc.start()
    journey = await replay.journey(history, ManyOrders, timeout=300)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    sent = sum(event.ByteSize() for event in history.events)
    what = f"time travel, {len(journey.events):,} events: memory kept / history"
    return Row(what, kept / 1e6, sent / 1e6, "MB", "")


async def _long_run(client: Client, events: int, wide: int) -> WorkflowHistory:
    queue = uuid.uuid4().hex
    async with Worker(client, task_queue=queue, workflows=[ManyOrders], activities=[charge_order]):
        handle = await client.start_workflow(ManyOrders.run, args=[events, wide], id=uuid.uuid4().hex, task_queue=queue)
        await asyncio.wait_for(handle.result(), 180)
    return await handle.fetch_history()
