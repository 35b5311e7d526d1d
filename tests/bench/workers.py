"""The in-notebook Worker against a plain script: latency of one workflow, and workflows a second."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from course_lib import server
from tests.bench.kernels import Kernel, kernel
from tests.bench.report import Row

ROUNDS = 5
_LIMIT = 120.0

MODULE = """
from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def charge_card(order: str) -> str:
    return f"charge of {order}"


@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(charge_card, order, start_to_close_timeout=timedelta(seconds=10))
"""

# The same measurement on both sides: a warm-up, one workflow after the other, then many at once.
MEASURE = """
import asyncio, json, time, uuid

async def measure(client, queue, workflow):
    async def one():
        return await client.execute_workflow(workflow, "o-1", id=uuid.uuid4().hex, task_queue=queue)
    for _ in range(20):
        await one()
    spent = []
    for _ in range(60):
        began = time.perf_counter()
        await one()
        spent.append(time.perf_counter() - began)
    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(150)))
    return {"p50": sorted(spent)[len(spent) // 2], "rate": 150 / (time.perf_counter() - began)}
"""

SCRIPT = """
import sys, uuid
from temporalio.client import Client
from temporalio.worker import Worker
from bench_orders import OrderWorkflow, charge_card

async def main():
    client, queue = await Client.connect(sys.argv[1]), uuid.uuid4().hex
    async with Worker(client, task_queue=queue, workflows=[OrderWorkflow], activities=[charge_card]):
        print(json.dumps(await measure(client, queue, OrderWorkflow.run)))
    await asyncio.sleep(0.05)

if __name__ == "__main__":
    asyncio.run(main())
"""

OPEN = """
import os
from course_lib import Lab
lab = await Lab.open("00_start_here")
"""

CELL = """
import uuid
queue = uuid.uuid4().hex
worker = await lab.worker(workflows=[OrderWorkflow], activities=[charge_card], task_queue=queue)
result = await measure(lab.client, queue, OrderWorkflow.run)
await worker.stop()
print(json.dumps(result))
"""


def measure(where: server.Server) -> list[Row]:
    """Alternate both sides, so that whatever else the machine does meets both, and compare the medians."""
    import tempfile

    ours: list[dict[str, float]] = []
    plain: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name, kernel() as notebook:
        folder = Path(name)
        (folder / "bench_orders.py").write_text(MODULE)
        (folder / "bench_script.py").write_text(MEASURE + SCRIPT)
        notebook.run(OPEN + MEASURE)
        notebook.run(f"%%module bench_orders\n{MODULE}")
        for _ in range(ROUNDS):
            plain.append(_script(folder, where.address))
            ours.append(_notebook(notebook))
    return [
        _row("in-notebook Worker / plain script: workflow p50", ours, plain, "p50", "s", "≤ 1.05"),
        _row("in-notebook Worker / plain script: workflows a second", ours, plain, "rate", "/s", "≥ 0.95"),
    ]


def _script(folder: Path, address: str) -> dict[str, float]:
    command = [sys.executable, "bench_script.py", address]
    done = subprocess.run(command, cwd=folder, timeout=_LIMIT, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _notebook(notebook: Kernel) -> dict[str, float]:
    found: dict[str, float] = notebook.run(CELL)
    return found


def _row(what: str, ours: list[dict[str, float]], plain: list[dict[str, float]], key: str, unit: str, aim: str) -> Row:
    return Row(what, *(statistics.median(side[key] for side in sides) for sides in (ours, plain)), unit, aim)
