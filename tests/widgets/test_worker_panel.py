"""The panel's buttons act on a real child process, react at once and say errors in words."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from course_lib.server import Server
from course_lib.widgets.worker_panel import WorkerPanel
from course_lib.workers import WorkerProcess

MODULE = """
from temporalio import activity

print("<b>markup</b> & more")


@activity.defn
async def ship() -> None: ...
"""

Make = Callable[[str], WorkerPanel]


@pytest.fixture
async def make(course_server: Server, tmp_path: Path) -> AsyncIterator[Make]:
    panels: list[WorkerPanel] = []

    def make(source: str) -> WorkerPanel:
        (tmp_path / "shipping__r3.py").write_text(source)
        process = WorkerProcess(
            ["shipping__r3"], course_server, task_queue=f"panel-{uuid.uuid4().hex[:6]}", folder=tmp_path
        )
        panels.append(WorkerPanel(process))
        return panels[-1]

    yield make
    for panel in panels:
        if panel.kill():
            await panel.process.wait_exit(5)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 - the panel is read as a learner's eye reads it
            await asyncio.sleep(0.02)


def _pressable(panel: WorkerPanel) -> list[str]:
    return [
        button.description
        for button in (panel.start_button, panel.stop_button, panel.kill_button)
        if not button.disabled
    ]


async def test_start_kill_start_stop(make: Make) -> None:
    panel = make(MODULE)
    assert repr(panel).startswith("Worker process shipping: ○ not started\n  shipping, revision 3 · task queue panel-")
    assert "\n  buttons: Start" in repr(panel)
    assert _pressable(panel) == ["Start"]

    panel.start_button.click()
    assert "◌ starting…" in panel._state.value  # at once, before anything was awaited
    assert _pressable(panel) == []
    panel.start_button.click()  # an impatient second click does nothing
    await _until(lambda: "● running pid" in panel._state.value)
    assert f"pid {panel.process.pid}" in panel._state.value
    assert _pressable(panel) == ["Stop", "kill -9"]
    # The learner's own print, with its markup as text.
    await _until(lambda: "<b>markup</b> & more" in panel.log.last())
    assert "&lt;b&gt;markup&lt;/b&gt; &amp; more" in panel.log._repr_mimebundle_()["text/html"]
    assert "<b>markup" not in panel.log._repr_mimebundle_()["text/html"]

    panel.kill_button.click()
    await _until(lambda: "✖ killed by SIGKILL (exit code -9)" in panel._state.value)
    assert _pressable(panel) == ["Start"]
    assert "killed by SIGKILL (exit code -9)" in repr(panel)

    panel.start_button.click()
    await _until(lambda: panel.running and _pressable(panel) == ["Stop", "kill -9"])
    panel.stop_button.click()
    assert "◌ stopping…" in panel._state.value
    await _until(lambda: "■ stopped (exit code 0)" in panel._state.value)
    assert _pressable(panel) == ["Start"]
    assert panel.error == ""


async def test_a_failed_start_is_said_in_the_panel(make: Make) -> None:
    panel = make("price = <b>1</b>\n")
    panel.start_button.click()
    await _until(lambda: bool(panel._error_line.value))
    assert "SyntaxError" in panel._error_line.value
    assert "shipping, line 1" in panel._error_line.value
    assert "&lt;b&gt;1&lt;/b&gt;" in panel._error_line.value
    assert "SyntaxError" in repr(panel)
    assert _pressable(panel) == ["Start"]


async def test_an_end_from_outside_is_shown(make: Make) -> None:
    panel = make(MODULE)
    await panel.start()
    panel.process._child.popen.terminate()  # type: ignore[union-attr]
    await _until(lambda: not panel.running and "running" not in panel._state.value)
    assert "✖ died: ended with exit code 0" in panel._state.value
    assert _pressable(panel) == ["Start"]


async def test_seconds_go_on(make: Make) -> None:
    panel = make(MODULE)
    await panel.start()
    await _until(lambda: "running pid" in panel._state.value)
    panel.on_view(True)
    state, before = panel._state.value, panel._facts.value
    await _until(lambda: panel._facts.value != before and "up " in panel._facts.value)
    # A screen reader reads each change of the state aloud: the seconds are no part of it.
    assert panel._state.value == state
    panel.on_view(False)


async def test_works_on_the_loop_of_a_waiting_cell(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click acts while the cell that awaits holds the loop's only task."""
    panel = make(MODULE)
    waiting: Awaitable[int] = asyncio.ensure_future(_first_exit(panel))
    panel.start_button.click()
    await _until(lambda: panel.running)
    panel.kill_button.click()
    assert await asyncio.wait_for(waiting, 10) == -9


async def _first_exit(panel: WorkerPanel) -> int:
    await _until(lambda: panel.process.pid is not None)
    return await panel.process.wait_exit(10)


async def test_freeze_by_button(make: Make) -> None:
    panel = make(MODULE)
    assert panel.freeze_button.disabled
    await panel.start()
    await _until(lambda: not panel.freeze_button.disabled)
    pid = panel.process.pid
    panel.freeze_button.click()
    assert f"❄ frozen pid {pid}: nothing of it runs" in panel._state.value
    assert panel.freeze_button.description == "Unfreeze"
    assert _pressable(panel) == ["Stop", "kill -9"]
    panel.freeze_button.click()
    assert f"● running pid {pid}" in panel._state.value
    assert panel.error == ""


async def test_a_newer_revision_is_offered(course_server: Server, tmp_path: Path) -> None:
    for number in (3, 4):
        (tmp_path / f"shipping__r{number}.py").write_text(f"{MODULE}\nprint('this is revision {number}')\n")
    newest = ["shipping__r3"]
    queue = f"panel-{uuid.uuid4().hex[:6]}"
    process = WorkerProcess(["shipping__r3"], course_server, task_queue=queue, folder=tmp_path)
    panel = WorkerPanel(process, newest=lambda: newest)
    try:
        assert panel.newest_button.layout.display == "none"
        assert "shipping, revision 3" in panel._facts.value
        await panel.start()
        newest[:] = ["shipping__r4"]
        panel.changed()
        await _until(lambda: panel.newest_button.description == "Restart with revision 4")
        assert panel.newest_button.layout.display is None
        assert "(revision 4 exists: restart to take it)" in repr(panel)
        before = process.pid
        panel.newest_button.click()
        await _until(lambda: panel.running and process.pid != before and not panel.busy)
        assert panel.error == ""
        assert "shipping, revision 4" in panel._facts.value
        assert panel.newest_button.layout.display == "none"
        assert "this is revision 4" in process.lines
    finally:
        await panel.stop()


async def test_facts_name_pid_identity_tasks_and_queue(make: Make) -> None:
    panel = make(MODULE)
    await panel.start()
    process = panel.process
    await _until(lambda: f"worker-process-{process.pid}@" in panel._facts.value)
    assert " · up " in panel._facts.value
    assert "0 workflow tasks, 0 activity tasks" in panel._facts.value
    assert f"task queue {process.task_queue}" in panel._facts.value
    static = panel.static()
    assert f"running pid {process.pid}" in static.html
    assert "shipping, revision 3" in static.text


def test_a_title_with_markup_stays_text(tmp_path: Path) -> None:
    process = WorkerProcess(
        ["a__r1"], Server("127.0.0.1:1"), task_queue="<img src=x onerror=alert(1)>", folder=tmp_path
    )
    panel = WorkerPanel(process, title="<img src=x onerror=alert(1)>")
    for shown in (panel._state.value, panel._facts.value, panel.static().html):
        assert "<img" not in shown
        assert "&lt;img" in shown
