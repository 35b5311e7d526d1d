"""Real workflows from module cells, sandbox on, on a real server."""

import asyncio
import os
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Replayer, Worker

from tests.cells.conftest import Notebook

pytestmark = pytest.mark.asyncio(loop_scope="session")

TYPES = """
from dataclasses import dataclass

@dataclass
class Order:
    sku: str
    quantity: int
"""

PAYMENTS = """
import httpx
from temporalio import activity
from orders_types import Order

@activity.defn
async def charge(order: Order) -> str:
    return f"charged {order.quantity} {order.sku} with httpx {bool(httpx.__version__)}"

@activity.defn
def refund(order: Order) -> str:
    return f"refunded {order.sku}"
"""

ORDERS = """
from datetime import timedelta
from temporalio import workflow
from orders_types import Order
from rules import label

with workflow.unsafe.imports_passed_through():
    from payments import charge

@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order: Order) -> str:
        paid = await workflow.execute_activity(charge, order, start_to_close_timeout=timedelta(seconds=5))
        return f"{label(order)}: {paid}, {workflow.unsafe.in_sandbox()}"
"""

RULES = """
from orders_types import Order

def label(order: Order) -> str:
    return f"first {type(order).__module__}"
"""

PAID = "charged 2 tea with httpx True, True"


def shop(notebook: Notebook) -> None:
    for name, source in (("orders_types", TYPES), ("rules", RULES), ("payments", PAYMENTS), ("orders", ORDERS)):
        notebook.run(name, source)


async def run(client: Client, queue: str, workflow: object, order: object) -> object:
    return await client.execute_workflow(
        workflow.run,
        order,
        id=f"order-{uuid.uuid4()}",
        task_queue=queue,
        execution_timeout=timedelta(seconds=20),
    )


async def test_modules_import_each_other_in_the_sandbox_and_an_old_worker_keeps_old_code(
    notebook: Notebook, temporal: Client
) -> None:
    shop(notebook)
    names = notebook.names
    order = names["Order"]("tea", 2)
    old = names["OrderWorkflow"]
    async with Worker(temporal, task_queue="old", workflows=[old], activities=[names["charge"]]):
        assert await run(temporal, "old", old, order) == f"first orders_types__r1: {PAID}"
        notebook.run("rules", RULES.replace("first", "second"))
        notebook.run("orders", ORDERS)
        new = names["OrderWorkflow"]
        assert new is not old
        # The old Worker loads its modules afresh for this run, after the edit, and still gets the old ones.
        assert await run(temporal, "old", old, order) == f"first orders_types__r1: {PAID}"
        async with Worker(temporal, task_queue="new", workflows=[new], activities=[names["charge"]]):
            assert await run(temporal, "new", new, order) == f"second orders_types__r1: {PAID}"


async def test_the_sandbox_is_on_in_a_module_and_in_its_siblings(notebook: Notebook, temporal: Client) -> None:
    notebook.run("clock", "import datetime\n\ndef now():\n    return datetime.datetime.now()\n")
    notebook.run(
        "orders",
        "from temporalio import workflow\nfrom clock import now\n\n"
        "@workflow.defn(failure_exception_types=[Exception])\nclass OrderWorkflow:\n"
        "    @workflow.run\n    async def run(self, order: str) -> str:\n        return str(now())\n",
    )
    order = notebook.names["OrderWorkflow"]
    async with Worker(temporal, task_queue="strict", workflows=[order]):
        with pytest.raises(WorkflowFailureError) as caught:
            await run(temporal, "strict", order, "tea")
    assert "Cannot access datetime.datetime.now" in str(caught.value.cause)


async def test_a_failure_in_the_history_shows_the_learners_line(notebook: Notebook, temporal: Client) -> None:
    notebook.run(
        "orders",
        "from temporalio import workflow\nfrom temporalio.exceptions import ApplicationError\n\n"
        "@workflow.defn\nclass OrderWorkflow:\n    @workflow.run\n    async def run(self, order: str) -> str:\n"
        "        raise ApplicationError('no tea')\n",
    )
    order = notebook.names["OrderWorkflow"]
    async with Worker(temporal, task_queue="line", workflows=[order]):
        with pytest.raises(WorkflowFailureError) as caught:
            await run(temporal, "line", order, "tea")
    trace = caught.value.cause.failure.stack_trace
    assert 'orders__r1.py", line 9, in run' in trace
    assert "raise ApplicationError('no tea')" in trace


async def test_a_child_process_and_a_replay_run_the_same_revision(notebook: Notebook, temporal: Client) -> None:
    shop(notebook)
    names, old = notebook.names, notebook.modules.latest("orders")
    handle_id = f"order-{uuid.uuid4()}"
    notebook.run("rules", RULES.replace("first", "second"))
    worker = f"""
import asyncio, importlib
from temporalio.client import Client
from temporalio.worker import Worker
async def main():
    orders = importlib.import_module({old!r})
    client = await Client.connect({temporal.service_client.config.target_host!r})
    async with Worker(client, task_queue="child", workflows=[orders.OrderWorkflow], activities=[orders.charge]):
        handle = client.get_workflow_handle({handle_id!r})
        print(await handle.result())
        await asyncio.sleep(0.05)
asyncio.run(main())
"""
    handle = await temporal.start_workflow(
        "OrderWorkflow",
        names["Order"]("tea", 2),
        id=handle_id,
        task_queue="child",
        execution_timeout=timedelta(seconds=30),
    )
    child = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", worker],
        env={**os.environ, "PYTHONPATH": str(notebook.modules.folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert child.stdout == f"first orders_types__r1: {PAID}\n", child.stderr
    await Replayer(workflows=[names["OrderWorkflow"]]).replay_workflow(await handle.fetch_history())


async def test_a_sync_activity_from_a_module_runs_in_a_thread(notebook: Notebook, temporal: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    notebook.run("orders_types", TYPES)
    notebook.run("payments", PAYMENTS)
    refunds = ORDERS.replace("charge", "refund")
    notebook.run("rules", RULES)
    notebook.run("orders", refunds)
    names = notebook.names
    assert Path(names["refund"].__code__.co_filename).name == "payments__r1.py"
    with ThreadPoolExecutor(2) as pool:
        async with Worker(
            temporal,
            task_queue="sync",
            workflows=[names["OrderWorkflow"]],
            activities=[names["refund"]],
            activity_executor=pool,
        ):
            told = await run(temporal, "sync", names["OrderWorkflow"], names["Order"]("tea", 1))
    assert told == "first orders_types__r1: refunded tea, True"
