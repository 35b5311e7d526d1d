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
            ["shipping__r3"], task_queue=f"panel-{uuid.uuid4().hex[:6]}", address=course_server.address, folder=tmp_path
        )
        panels.append(WorkerPanel(process))
        return panels[-1]

    yield make
    for panel in panels:
        if panel.kill():
            await panel.process.wait_exit(5)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
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
    assert repr(panel).startswith("Worker process shipping: ○ not started\n  buttons: Start")
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
    await _until(lambda: bool(panel._error.value))
    assert "SyntaxError" in panel._error.value
    assert "shipping, line 1" in panel._error.value
    assert "&lt;b&gt;1&lt;/b&gt;" in panel._error.value
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
    before = panel._state.value
    await _until(lambda: panel._state.value != before and "running pid" in panel._state.value)


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
