"""An executed notebook keeps the logs of Workers in both kinds, though other threads wrote them."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

SETUP = """
import asyncio, sys
from pathlib import Path
folder, address = {folder!r}, {address!r}
sys.path.insert(0, folder)
from temporalio.client import Client
from course_lib import telemetry
from course_lib.server import Server
from course_lib.widgets.log_view import LogView, follow_logs
from course_lib.widgets.worker_panel import WorkerPanel
from course_lib.workers import WorkerProcess, start_worker
import orders__r1 as orders
telemetry.install()
client = await Client.connect(address)
"""


def _texts(cell: nbformat.NotebookNode) -> str:
    return "\n".join(output["data"]["text/plain"] for output in cell.outputs if "data" in output)


def _printed(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


async def test_logs_and_state_are_in_the_executed_notebook(folder: Path, address: str) -> None:
    cells = [
        SETUP.format(folder=str(folder), address=address),
        # The view is displayed by one cell and written during later ones.
        "view = LogView('Worker log')\nfollow_logs(view)\nview",
        "worker = await start_worker(lambda: Client.connect(address), 'nb', activities=[orders.charge, "
        "orders.Warehouse().reserve], workflows=[orders.OrderWorkflow])",
        "await client.execute_workflow('OrderWorkflow', 'o-1', id='nb-1', task_queue='nb')",
        "child = WorkerProcess(['orders__r1'], Server(address), task_queue='nb2', folder=Path(folder))\n"
        "panel = WorkerPanel(child)\npanel",
        "panel.start_button.click()\n"
        "print('while it starts:', panel.summary(), panel.start_button.disabled)\n"
        "async def until(state):\n"
        "    while panel.process.state != state or panel.busy: await asyncio.sleep(0.05)\n"
        "await asyncio.wait_for(until('running'), 20)\n"
        "print(await client.execute_workflow('OrderWorkflow', 'o-2', id='nb-2', task_queue='nb2'))",
        "panel.kill_button.click()\nprint(await panel.process.wait_exit(10))",
        "await worker.stop()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    await NotebookClient(notebook, timeout=240, kernel_name="python3").async_execute()

    assert "charged o-1" in _texts(notebook.cells[1])
    shown = _texts(notebook.cells[4])
    assert "charging o-2" in shown
    assert "✖ killed by SIGKILL (exit code -9)" in shown
    assert "while it starts: Worker process orders: ◌ starting… True" in _printed(notebook.cells[5])
    assert "charge of o-2, reserved o-2" in _printed(notebook.cells[5])
    assert _printed(notebook.cells[6]).strip() == "-9"
    assert "Error" not in "".join(_printed(cell) for cell in notebook.cells)
