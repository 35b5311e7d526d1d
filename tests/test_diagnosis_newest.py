"""A workflow that got stuck, and an edit that did not help: the diagnosis tells the newest failure, not the first."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from course_lib import history, server
from course_lib.cells import Modules
from course_lib.diagnosis import Diagnosis, diagnose, facts, tasks
from course_lib.workers import NotebookWorker, start_worker
from tests.conftest import no_revisions
from tests.diagnosis_flows import StuckOrder

Handle = WorkflowHandle[Any, Any]

CHECKOUT = """
from dataclasses import dataclass
from datetime import timedelta
from temporalio import activity, workflow

@dataclass
class Order:
    id: str
    amount_cents: int = 4200

@activity.defn
async def reserve(order: Order) -> str:
    return "reserved"

@workflow.defn
class Checkout:
    @workflow.run
    async def run(self, order: Order) -> int:
        await workflow.execute_activity(reserve, order, start_to_close_timeout=timedelta(seconds=10))
        return order.total_cents
"""
WRONG = CHECKOUT.replace("order.total_cents", "order.amount")
RIGHT = CHECKOUT.replace("order.total_cents", "order.amount_cents")
_STEP = "        await workflow.execute"
OTHER_STEPS = RIGHT.replace(_STEP, f"        await workflow.sleep(1)\n{_STEP}")
FIRST = "AttributeError: 'Order' object has no attribute 'total_cents'"


class Notebook:
    """A module cell and a Worker's cell that run again and again."""

    def __init__(self, client: Client, where: server.Server, folder: Path) -> None:
        self.client, self.where = client, where
        self.queue = f"newest-{secrets.token_hex(4)}"
        self.modules = Modules(folder)
        self.names: dict[str, Any] = {}

    def edit(self, source: str) -> None:
        self.modules.run("checkout", source, self.names)

    async def serve(self, workflows: Sequence[type] = ()) -> NotebookWorker:
        return await start_worker(
            lambda: server.connect(self.where), self.queue,
            workflows=workflows or [self.names["Checkout"]], activities=[self.names["reserve"]],
        )  # fmt: skip

    async def stuck(self) -> Handle:
        """Start a run, and wait until its workflow task is tried again."""
        handle = await self.client.start_workflow(
            "Checkout", self.names["Order"]("o-1"), id=f"stuck-{secrets.token_hex(4)}", task_queue=self.queue,
            task_timeout=timedelta(seconds=2),
        )  # fmt: skip
        async with asyncio.timeout(120):
            while (await handle.describe()).raw_description.pending_workflow_task.attempt < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return handle

    async def look(self, handle: Handle) -> Diagnosis:
        """Look until there was time for a replay; each look must come to an end."""
        for _ in range(10):
            async with asyncio.timeout(120):
                found = await diagnose(handle, self.client, self.queue)
            if "the first failure of a row only" not in found.what:
                break
        return found


@pytest.fixture
def notebook(client: Client, course_server: server.Server, tmp_path: Path) -> Iterator[Notebook]:
    with no_revisions():
        yield Notebook(client, course_server, tmp_path)


@pytest.fixture
async def stuck(notebook: Notebook) -> AsyncIterator[Handle]:
    """A run of the first revision that is stuck, with the Worker of that revision."""
    notebook.edit(CHECKOUT)
    worker = await notebook.serve()
    handle = await notebook.stuck()
    yield handle
    await worker.stop()
    if (await history.describe(handle)).close_time is None:
        await handle.terminate()


async def test_before_any_edit_it_is_the_recorded_failure(notebook: Notebook, stuck: Handle) -> None:
    found = await notebook.look(stuck)
    assert found.what == (
        f"The workflow task fails and is retried: {FIRST} (at checkout, line 21: return order.total_cents)"
    )
    assert found.detail("recorded") == ""


async def test_after_a_wrong_fix_it_is_the_new_error_and_a_line_that_is_in_the_cell(
    notebook: Notebook, stuck: Handle
) -> None:
    notebook.edit(WRONG)
    worker = await notebook.serve()
    found = await notebook.look(stuck)
    line = "checkout, line 21: return order.amount"
    assert found.what == (
        f"The workflow task fails and is retried: AttributeError: 'Order' object has no attribute 'amount' (at {line})"
    )
    assert found.detail("your line") == line
    assert found.detail("error then") == FIRST
    assert found.detail("error now") == "seen in a replay with revision 2 of checkout"
    assert found.detail("recorded") == "at attempt 1 by revision 1 of checkout; your code has changed since"
    assert found.detail("the Worker") == ""
    assert int(found.detail("attempt")) >= 2
    assert "run the module's cell and the Worker's cell again" in found.fix
    await worker.stop()


async def test_a_wrong_fix_that_no_worker_runs_yet(notebook: Notebook, stuck: Handle) -> None:
    notebook.edit(WRONG)
    found = await notebook.look(stuck)
    assert "no attribute 'amount' (at checkout, line 21: return order.amount)" in found.what
    assert found.detail("the Worker") == "still runs an older revision: run its cell again, too"


async def test_a_right_fix_that_no_worker_runs_yet(notebook: Notebook, stuck: Handle) -> None:
    notebook.edit(RIGHT)
    found = await notebook.look(stuck)
    assert found.what == f"The Worker still runs an older revision of your code, which fails: {FIRST}."
    assert found.fix.startswith("run the Worker's cell again: revision 2 of checkout gets past that error")
    assert found.detail("your line") == "", "the line is no longer in the cell"


async def test_a_right_fix_that_a_worker_runs(notebook: Notebook, stuck: Handle, client: Client) -> None:
    described = await history.describe(stuck)
    then = tasks.recorded(await facts.newest_events(client, stuck.id, described.run_id))
    assert then is not None
    notebook.edit(RIGHT)
    worker = await notebook.serve()
    # As it stood at that moment: the server's next attempt may be over before anybody can look.
    polled = facts.Pollers(notebook.queue, (await _pollers(client, notebook.queue)))
    found = await tasks.find(stuck, described, then, polled, notebook.queue, 2)
    assert found.what == f"The workflow task failed ({FIRST}), but revision 2 of checkout gets past that error."
    assert found.fix == "wait: the server's next attempt succeeds by itself."
    async with asyncio.timeout(120):
        assert await stuck.result() == 4200
    await worker.stop()


async def test_a_right_fix_and_no_worker(notebook: Notebook, client: Client) -> None:
    notebook.edit(CHECKOUT)
    worker = await notebook.serve()
    handle = await notebook.stuck()
    await worker.stop()
    notebook.edit(RIGHT)
    found = await notebook.look(handle)
    assert found.what == f"The workflow task failed ({FIRST}), and no Worker polls now."
    assert found.fix.startswith("run the Worker's cell: revision 2 of checkout gets past that error")
    await handle.terminate()


async def test_a_fix_that_does_not_fit_the_history(notebook: Notebook, stuck: Handle) -> None:
    notebook.edit(OTHER_STEPS)
    worker = await notebook.serve()
    found = await notebook.look(stuck)
    assert "now asks for a timer of 1 s; the history has at event 5 that activity `reserve` was asked for" in found.what
    assert found.detail("your line") == "checkout, line 20: await workflow.sleep(1)"
    assert found.detail("error then") == FIRST
    await worker.stop()


async def test_a_worker_without_the_class_is_not_said_to_get_past_it(notebook: Notebook, client: Client) -> None:
    notebook.edit(CHECKOUT)
    handle = await client.start_workflow(
        "Checkout", notebook.names["Order"]("o-1"), id=f"stuck-{secrets.token_hex(4)}", task_queue=notebook.queue,
        task_timeout=timedelta(seconds=2),
    )  # fmt: skip
    for _ in range(2):  # the cell runs twice, and its list still lacks the class
        worker = await notebook.serve(workflows=[StuckOrder])
    async with asyncio.timeout(120):
        while (await handle.describe()).raw_description.pending_workflow_task.attempt < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    found = await notebook.look(handle)
    assert "is not registered" in found.what
    assert "workflows=[Checkout]" in found.fix
    await worker.stop()
    await handle.terminate()


async def test_without_the_class_at_hand_it_says_how_old_the_record_is(client: Client) -> None:
    queue = f"newest-{secrets.token_hex(4)}"
    # By its identity a Worker that the course's notebooks started, so it is known to have ended when it has.
    first = f"notebook-{os.getpid()}@{socket.gethostname()}"
    async with Worker(client, task_queue=queue, workflows=[StuckOrder], identity=first):
        handle = await client.start_workflow(
            StuckOrder.run, "bug", id=f"stuck-{secrets.token_hex(4)}", task_queue=queue,
            task_timeout=timedelta(seconds=2),
        )  # fmt: skip
        async with asyncio.timeout(120):
            while (await handle.describe()).raw_description.pending_workflow_task.attempt < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    async with Worker(client, task_queue=queue, workflows=[StuckOrder], identity="the second"):
        async with asyncio.timeout(120):
            while True:
                found = await diagnose(handle, client, queue)
                if found.detail("recorded"):
                    break
                await asyncio.sleep(0.1)  # the server lists a Worker a moment after it began
    assert "The server records the first failure of a row only: KeyError: 'missing' (at diagnosis_flows, " in found.what
    assert found.detail("recorded") == f"at attempt 1 by “{first}”, which polls no more"
    assert "Worker's log" in found.fix
    await handle.terminate()


async def _pollers(client: Client, queue: str) -> list[Any]:
    asked = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=1)
    )
    return list(asked.pollers)
