"""The shop's faults in a real kernel: shown as a panel, and gone at every end of a chapter."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from course_lib import shop as shops
from course_lib.server import Server

from .test_lab_in_a_kernel import LIMIT, MODULE, OPEN, Notebook

PASS_ALL = """
from course_lib import grading
for exercise in grading.chapter(lab.chapter).exercises:
    lab._progress.record(grading.Verdict(exercise.id, grading.Outcome.PASSED, "ok", (), "", 0.1))
"""


@pytest.fixture(scope="module")
def notebook(course_server: Server) -> Iterator[Notebook]:
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        book = Notebook(manager, client)
        assert "Faults cleared" not in book.run(OPEN)
        yield book
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_switches_are_shown_as_the_panel(notebook: Notebook) -> None:
    notebook.run('lab.shop.faults.outage("payments")')
    shown = notebook.run("lab.shop.faults")
    assert "Shop faults, seed 1" in shown
    assert "Every call is answered with 503." in shown
    assert "Calm: calls go through." in shown


def test_an_export_is_the_end_of_the_chapter(notebook: Notebook, tmp_path: Path) -> None:
    notebook.run(f'import os\nos.environ["COURSE_EXPORTS"] = {str(tmp_path)!r}')
    notebook.run('lab.shop.faults.outage("payments")')
    notebook.run(MODULE)
    export = "_ = lab.export('faults-test', start=Parcel, example='\"o-1\"')"
    assert "Faults cleared: payments outage" in notebook.run(export)
    assert "Faults cleared" not in notebook.run(export)
    assert (tmp_path / "faults-test" / "README.md").is_file()


def test_progress_ends_the_chapter_only_when_every_exercise_is_passed(notebook: Notebook) -> None:
    notebook.run('lab.shop.faults.outage("warehouse")')
    assert "Faults cleared" not in notebook.run("lab.progress()")
    notebook.run(PASS_ALL)
    assert "Faults cleared: warehouse outage" in notebook.run("lab.progress()")
    notebook.run("lab._progress.reset()")


@pytest.mark.slow
def test_a_cell_that_gives_up_turns_off_what_it_turned_on(notebook: Notebook) -> None:
    notebook.run('lab.shop.faults.latency("mailer", 0.1)')
    shown = notebook.run(
        'lab.shop.faults.outage("payments")\nlab.shop.faults.decline(order_id="o-1")\n'
        'await lab.until(lambda: False, "the moon is blue")'
    )
    assert "This is still not so: the moon is blue." in shown
    assert "Faults cleared: payments outage, payments declines" in shown
    assert "The cell that turned them on was given up." in shown
    on = "print(*lab.shop.faults.current()['service'])"
    assert notebook.run(on).split() == ["mailer"]
    # An error of the learner's own, and a wait whose end the cell expects, leave the switches alone.
    notebook.run('lab.shop.faults.outage("payments")\n1 / 0')
    assert sorted(notebook.run(on).split()) == ["mailer", "payments"]
    notebook.run(
        "from course_lib.errors import CourseError\nlab.shop.faults.outage('identity')\n"
        "try:\n    await lab.until(lambda: False)\nexcept CourseError:\n    pass"
    )
    assert sorted(notebook.run(on).split()) == ["identity", "mailer", "payments"]
    notebook.run("lab.shop.faults.clear()")


def test_the_end_of_the_kernel_ends_the_faults_and_what_a_kill_left_is_told(notebook: Notebook) -> None:
    name = notebook.run("print(lab.shop.name)").strip()
    notebook.run('lab.shop.faults.outage("payments")')
    _restart(notebook, now=False)
    assert shops.open_shop(name).faults.current().empty
    assert "Faults cleared" not in notebook.run(OPEN)
    notebook.run('lab.shop.faults.outage("mailer")')
    _restart(notebook, now=True)  # SIGKILL
    assert "Faults cleared: mailer outage" in notebook.run(OPEN)
    notebook.run('lab.shop.faults.outage("mailer")')
    assert "Faults cleared: mailer outage" in notebook.run("await lab.close()")


def _restart(notebook: Notebook, *, now: bool) -> None:
    notebook.manager.restart_kernel(now=now)
    notebook.client.wait_for_ready(timeout=LIMIT)
    with contextlib.suppress(Exception):
        while notebook.client.get_iopub_msg(timeout=0.5):
            pass
