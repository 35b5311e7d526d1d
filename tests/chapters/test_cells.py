"""Cells of chapters that a learner may run after something went wrong above them, in a real kernel."""

from collections.abc import Iterator

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from course_lib import paths
from course_lib.grading.sources import edition_of
from course_lib.server import Server
from tests.lab.test_lab_in_a_kernel import Notebook


@pytest.fixture
def notebook(course_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.setenv("CI", "1")  # nobody is there to press a button
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        yield Notebook(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_cancelled_orders_of_chapter_04_do_not_meet_the_bad_day_of_an_interrupted_cell(notebook: Notebook) -> None:
    file = paths.root() / "solutions" / "04_sagas.ipynb"
    chapter = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    code = [cell for cell in chapter.cells if cell.cell_type == "code"]
    cells = {cell.id: edition_of(cell.source, "solution", cell.id) for cell in code}
    before = list(cells)[: list(cells).index("cancel-run")]
    assert "Temporal is ready" in notebook.run(cells["open"])
    for name in before:
        if cells[name].startswith("%%module"):
            notebook.run(cells[name])
    # What the cells between define, without what they run; and the faults of an interrupted `bad-day`.
    failure, saga = cells["failure-run"], cells["saga-run"]
    shown = notebook.run(
        f"{failure[: failure.index('await ')]}\n{saga.splitlines()[0]}\n"
        "lab.shop.faults.outage('warehouse', operation='ship')\nlab.shop.faults.outage('payments')\n'ready'"
    )
    assert shown.strip().endswith("'ready'"), shown
    shown = notebook.run(cells["cancel-run"])
    assert shown.count(" ended: ") == 2, shown[-3000:]
    assert "CourseError" not in shown, shown[-3000:]
