"""The Lab in a real kernel: open, run, look, interrupt; a batch of queued cells, as Run All sends them."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from course_lib.server import Server

LIMIT = 240.0

OPEN = 'from course_lib import Lab\nlab = await Lab.open("00_start_here")'
MODULE = """%%module parcels
from temporalio import workflow


@workflow.defn
class Parcel:
    @workflow.run
    async def run(self, order: str) -> str:
        return f"parcel of {order}"
"""
MESSAGES = """
    @workflow.signal
    def stamp(self, cents: int) -> None:
        '''Put a stamp on it.'''
"""
RUN = """await lab.worker(workflows=[Parcel])
handle = await lab.client.start_workflow(Parcel.run, "o-1", id=lab.id("parcel"), task_queue=lab.task_queue)
print(await lab.result(handle))
"""


class Notebook:
    """Cells of one kernel, and what they showed."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client

    def run(self, source: str) -> str:
        """Run one cell and return what it showed as text; an error is shown as text, too."""
        shown: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                shown.append(content["text"])
            elif message["msg_type"] in ("display_data", "execute_result", "update_display_data"):
                shown.append(content["data"].get("text/plain", ""))
            elif message["msg_type"] == "error":
                shown.append("\n".join(content["traceback"]))

        self.client.execute_interactive(source, timeout=LIMIT, output_hook=hook, allow_stdin=False)
        return "\n".join(shown)


@pytest.fixture(scope="module")
def notebook(course_server: Server) -> Iterator[Notebook]:
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        book = Notebook(manager, client)
        assert "Temporal is ready" in book.run(OPEN)
        yield book
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_queued_batch_drops_no_cell(notebook: Notebook) -> None:
    cells = [OPEN, MODULE, RUN, "lab.timeline(handle)", "len(lab.events(handle))", "print('the last cell')"]
    ids = [notebook.client.execute(source) for source in cells]
    replies = {}
    deadline = time.monotonic() + LIMIT
    while len(replies) < len(ids) and time.monotonic() < deadline:
        reply = notebook.client.get_shell_msg(timeout=LIMIT)
        replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
    assert [replies.get(one) for one in ids] == ["ok"] * len(ids)


def test_every_cell_runs_twice(notebook: Notebook) -> None:
    for _ in range(2):
        assert "revision" in notebook.run(MODULE)
        assert "parcel of o-1" in notebook.run(RUN)


def test_looking_shows_the_run(notebook: Notebook) -> None:
    notebook.run(MODULE)
    notebook.run(RUN)
    assert "completed" in notebook.run("lab.timeline(handle)")
    assert "WorkflowExecutionCompleted" in notebook.run("print(lab.events(handle)['type'].to_list())")


def test_a_table_with_bars_is_a_table_as_text_too(notebook: Notebook) -> None:
    notebook.run("import pandas as pd")
    shown = notebook.run('pd.DataFrame({"planned s": [1.0], "actual s": [1.018]}, index=["try 2"]).style.bar()')
    assert shown.split() == ["planned", "s", "actual", "s", "try", "2", "1.0", "1.02"]


def interrupt(notebook: Notebook, source: str) -> tuple[list[str], str]:
    """Run a cell, interrupt it when it has printed something, and return its traceback and all that it showed."""
    message = notebook.client.execute(source)
    shown: list[str] = []
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        heard = notebook.client.get_iopub_msg(timeout=LIMIT)
        if heard["parent_header"].get("msg_id") != message:
            continue
        if heard["msg_type"] == "stream" and not shown:
            notebook.manager.interrupt_kernel()
        if heard["msg_type"] in ("stream", "display_data"):
            shown.append(str(heard["content"].get("text", heard["content"].get("data", {}).get("text/plain"))))
        if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
            break
    reply = notebook.client.get_shell_msg(timeout=LIMIT)
    assert reply["content"]["status"] == "error"
    return reply["content"]["traceback"], "\n".join(shown)


def test_interrupt_stops_a_bare_await_and_the_lab_lives_on(notebook: Notebook) -> None:
    notebook.run("import asyncio")
    trace, _ = interrupt(notebook, "print('waiting', flush=True)\nawait asyncio.sleep(600)")
    assert trace == [
        "Interrupted at line 2, “await asyncio.sleep(600)”. What runs on the server goes on. "
        "Run the cell again when you like."
    ]
    notebook.run(MODULE)
    assert "parcel of o-1" in notebook.run(RUN)


def test_an_interrupted_wait_for_an_update_is_one_line_and_ends_the_faults_of_its_cell(notebook: Notebook) -> None:
    notebook.run('lab.shop.faults.latency("mailer", 0.1)')
    source = (
        "lab.shop.faults.outage('payments')\n"
        "nobody = await lab.client.start_workflow('Nobody', id=lab.id('n'), task_queue='nobody-polls')\n"
        "print('waiting', flush=True)\n"
        "await nobody.execute_update('never')"
    )
    trace, shown = interrupt(notebook, source)
    assert len(trace) == 1
    assert trace[0].startswith("Interrupted at line 4, “await nobody.execute_update('never')”.")
    assert "Faults cleared: payments outage" in shown
    assert "The cell that turned them on was interrupted." in shown
    assert notebook.run("print(*lab.shop.faults.current()['service'])").split() == ["mailer"]
    notebook.run("lab.shop.faults.clear()\nawait nobody.terminate()")


@pytest.mark.parametrize(
    ("cell", "said", "advice"),
    [
        (MODULE.replace("async def run", "def run"), "must be an async function", "write `async def` instead of `def`"),
        ("await lab.client.get_workflow_handle('nobody').describe()", "workflow not found for ID", "look at the ID"),
        ("await lab.worker(workflows=Parcel)", "'type' object is not iterable", "`workflows=[Order]`"),
        (
            "await lab.client.start_workflow('P', id='p', task_queue='q', run_timeout=4)",
            "Expected a timedelta object got int",
            "`timedelta(seconds=…)`",
        ),
        ("timedelta(4)", "name 'timedelta' is not defined", "from datetime import timedelta"),
        ("await lab.until(True, 'it is so')", "'bool' object is not callable", "`lambda: …`"),
        (
            "run = await lab.client.start_workflow(\n"
            "    'Parcel', 'o-9', id=lab.id('p'), task_queue=lab.task_queue, result_type=int\n)\n"
            "await lab.result(run)",
            "Expected value to be int",
            "correct the type",
        ),
    ],
)
def test_an_error_that_is_well_known_says_what_to_do(notebook: Notebook, cell: str, said: str, advice: str) -> None:
    notebook.run(MODULE)
    notebook.run(RUN)
    shown = notebook.run(cell)
    assert said in shown
    assert f"Do this: {advice}" in shown or advice in shown.partition("Do this: ")[2]
    assert "Do this" not in notebook.run("raise ValueError('of my own')")


def test_a_worker_of_a_class_in_a_plain_cell_says_where_it_belongs(notebook: Notebook) -> None:
    shown = notebook.run(f"{MODULE.partition(chr(10))[2]}\nawait lab.worker(workflows=[Parcel])")
    assert "Do this: write `%%module orders` (any name)" in shown


def test_a_forgotten_await_is_named_before_the_cell_runs(notebook: Notebook) -> None:
    shown = notebook.run("%matplotlib?\nlab.result(7)")
    assert "Line 2: an `await` is missing. Write `await` in front of `lab.result(…)`" in shown


def test_a_task_that_the_learner_cancels_keeps_its_traceback(notebook: Notebook) -> None:
    shown = notebook.run("import asyncio\ntask = asyncio.create_task(asyncio.sleep(60))\ntask.cancel()\nawait task")
    assert "CancelledError" in shown
    assert "Interrupted" not in shown


def test_a_worker_process_takes_the_place_of_the_notebooks_worker(notebook: Notebook) -> None:
    notebook.run(MODULE)
    notebook.run(RUN)
    shown = notebook.run("process = lab.worker_process('parcels')\nawait process.start()")
    assert "Stopped the Worker in this notebook" in shown
    assert "running" in notebook.run("print(process.process.describe())")
    shown = notebook.run(RUN)
    assert "Stopped the worker process of parcels" in shown
    assert "parcel of o-1" in shown


def test_a_class_stands_for_the_revision_that_it_is_from(notebook: Notebook) -> None:
    notebook.run(MODULE)
    notebook.run("before = Parcel")
    notebook.run(MODULE.replace("parcel of", "letter of"))
    notebook.run("process = lab.worker_process(before, name='old')\nawait process.start()")
    run = (
        "run = await lab.client.start_workflow('Parcel', 'o-1', id=lab.id('parcel'), task_queue=lab.task_queue)\n"
        "print(await lab.result(run))"
    )
    assert "parcel of o-1" in notebook.run(run)
    # Nothing newer is offered for a process whose code was named.
    assert "Restart with" not in notebook.run("print(process.text())")
    notebook.run("await process.process.stop()")
    notebook.run("from pathlib import Path")
    shown = notebook.run("lab.worker_process(Path)")
    assert "Path is not from a module cell" in shown


@pytest.mark.slow
def test_versioned_processes_side_by_side_get_what_the_command_routes_to_them(notebook: Notebook) -> None:
    notebook.run(MODULE)
    notebook.run("before = Parcel")
    notebook.run(MODULE.replace("parcel of", "letter of"))
    notebook.run(
        "from temporalio.common import VersioningBehavior, WorkerDeploymentVersion\n"
        "from temporalio.worker import WorkerDeploymentConfig\n"
        "def config(build):\n"
        "    version = WorkerDeploymentVersion('parcels', build)\n"
        "    return WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)\n"
        # A queue of its own: once a version is current there, a Worker without versioning gets no more tasks from it.
        "queue = lab.id('versions')\n"
        "one = lab.worker_process(before, name='1', task_queue=queue, deployment_config=config('1'))\n"
        "two = lab.worker_process(Parcel, name='2', task_queue=queue, deployment_config=config('2'))\n"
        "await one.start()\nawait two.start()"
    )
    run = (
        "run = await lab.client.start_workflow('Parcel', 'o-1', id=lab.id('parcel'), task_queue=queue)\n"
        "print(await lab.result(run))"
    )
    options = "worker deployment set-current-version --deployment-name parcels --yes --build-id"
    for build, word in (("1", "parcel"), ("2", "letter"), ("1", "parcel")):
        shown = notebook.run(f"await lab.temporal('{options} {build}')")
        assert f"$ temporal {options} {build}" in shown
        assert "Successfully set" in shown
        assert f"{word} of o-1" in notebook.run(run)
    shown = notebook.run(f"await lab.temporal('{options} 3')")
    assert "was refused" in shown
    notebook.run("await one.process.stop()\nawait two.process.stop()")


def test_a_workflow_without_a_worker_is_diagnosed_in_words(notebook: Notebook) -> None:
    shown = notebook.run(
        "lost = await lab.client.start_workflow('Lost', id=lab.id('lost'), task_queue='nobody')\nawait lab.result(lost)"
    )
    assert "StillRunning" in shown
    assert "nobody" in shown
    assert "Do this" in shown
    assert "course_lib/lab" not in shown, "no traceback through the course's own code"
    notebook.run("await lost.terminate()")


def test_an_unknown_chapter_is_refused_before_anything_starts(notebook: Notebook) -> None:
    shown = notebook.run('await Lab.open("99_nothing")')
    assert "There is no chapter '99_nothing'" in shown


def test_pasted_asyncio_run_works_between_lab_cells(notebook: Notebook) -> None:
    shown = notebook.run("async def main():\n    return 'pasted'\nprint(asyncio.run(main()))")
    assert "pasted" in shown
    notebook.run(MODULE)
    assert "parcel of o-1" in notebook.run(RUN)


def test_a_kernel_restart_finds_the_same_queue_and_shop(notebook: Notebook) -> None:
    before = notebook.run("print(lab.task_queue, lab.shop.name)")
    notebook.manager.restart_kernel(now=True)
    notebook.client.wait_for_ready(timeout=LIMIT)
    with contextlib.suppress(Exception):
        while notebook.client.get_iopub_msg(timeout=0.5):
            pass
    notebook.run(OPEN)
    assert notebook.run("print(lab.task_queue, lab.shop.name)") == before


def test_the_message_panel_finds_the_class_of_a_module_cell_from_an_id_alone(notebook: Notebook) -> None:
    notebook.run(MODULE.replace("class Parcel", "class Letter").replace("parcels", "letters") + MESSAGES)
    shown = notebook.run(
        "panel = lab.messages(lab.client.get_workflow_handle((await lab.client.start_workflow("
        'Letter.run, "o-1", id=lab.id("letter"), task_queue="nobody-polls-it")).id))\n'
        'print(await panel.send("stamp", cents="95"))\npanel'
    )
    assert "sent at" in shown
    assert "stamp(cents: int): Put a stamp on it." in shown
    assert "No Worker polls “nobody-polls-it”: a signal is stored, and handled when one comes." in shown
    assert "cents: type a whole number" in notebook.run('panel.send("stamp", "many")')
