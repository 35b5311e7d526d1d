"""The server panel in a browser, over a server of its own: killed and started while a workflow runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from course_lib.daemons import Daemon, free_port
from tests.server.conftest import quiet_port

from .scene import Scene

# A server of its own, with a database file: the session's server has other notebooks. On a port that nobody knows, so
# that no server of this machine is found first.
OWN = """import os
os.environ["COURSE_STATE"] = {state!r}
os.environ.pop("COURSE_DB", None)
from course_lib.server import search
search._LOCAL = "127.0.0.1:{nobody}"
from course_lib.lab import Lab
lab = await Lab.open("01_workflows")"""
MODULE = """%%module slowly
import asyncio
from datetime import timedelta
from temporalio import activity, workflow


@activity.defn
async def step(number: int) -> int:
    await asyncio.sleep(0.3)
    return number


@workflow.defn
class Steps:
    @workflow.run
    async def run(self, count: int) -> str:
        for number in range(count):
            await workflow.execute_activity(step, number, start_to_close_timeout=timedelta(seconds=30))
        return f"all {count} steps done"
"""
RUN = """handle = await lab.client.start_workflow("Steps", 10, id=lab.id("steps"), task_queue=lab.task_queue)
print("it runs")
print(await lab.result(handle, patience=60))"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("own-state")
    (folder / "ports.json").write_text(f'{{"grpc": {quiet_port()}, "ui": {quiet_port()}}}')
    yield folder
    for name in ("server", "shop"):
        Daemon(name, folder).stop()


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene], own: Path) -> Scene:
    return opened(
        OWN.format(state=str(own), nobody=free_port(None)),
        MODULE,
        "worker = await lab.worker(workflows=[Steps], activities=[step])",
        "server = lab.server_panel()\nserver",
    )


@pytest.fixture
def panel(scene: Scene) -> Locator:
    return scene.output(3)


def _state(panel: Locator, words: str) -> None:
    expect(panel.locator(".tc-panel [role=status]").filter(has_text=words).first).to_be_visible(timeout=20_000)


def _press(panel: Locator, name: str, key: str = "") -> None:
    button = panel.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=20_000)
    if key:
        button.press(key)
    else:
        button.click()


@pytest.mark.core
def test_kill_and_start_while_a_workflow_runs(scene: Scene, panel: Locator) -> None:
    _state(panel, "answers")
    running = scene.run_cell(RUN)
    expect(running.get_by_text("it runs")).to_be_visible()
    _press(panel, "kill -9")
    _state(panel, "not answering since")
    expect(panel.get_by_role("button", name="Restart", exact=True)).to_be_disabled()
    expect(panel.get_by_text("by SIGKILL")).to_be_visible()
    expect(running.get_by_text("does not answer", exact=False).first).to_be_visible(timeout=10_000)
    _press(panel, "Start", "Enter")
    _state(panel, "answers")
    expect(panel.get_by_text("this notebook's client reached it after")).to_be_visible()
    expect(running.get_by_text("all 10 steps done")).to_be_visible(timeout=30_000)


def test_an_end_that_nobody_asked_for_is_seen_by_itself(scene: Scene, own: Path, panel: Locator) -> None:
    assert Daemon("server", own).kill()
    _state(panel, "not answering since")
    said = scene.run_cell("try:\n    lab.events(handle)\nexcept Exception as error:\n    print(error)")
    expect(said.get_by_text("press Start on `lab.server_panel()`")).to_be_visible(timeout=10_000)
    assert scene.faults(".tc-panel") == []
    _press(panel, "Start", " ")
    _state(panel, "answers")


def test_restart_and_kill_by_keyboard(panel: Locator) -> None:
    _press(panel, "Restart", "Enter")
    _state(panel, "restarting…")
    _state(panel, "answers")
    _press(panel, "Restart")
    # Not "Restarted at …" alone: that stands there from the first time, and a kill would fall into the second.
    _state(panel, "restarting…")
    _state(panel, "answers")
    expect(panel.get_by_text("Restarted at")).to_be_visible()
    _press(panel, "kill -9", "Enter")
    _state(panel, "not answering since")
    _press(panel, "Start")
    _state(panel, "answers")


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, panel: Locator, dark: bool) -> None:
    scene.theme(dark=dark)
    _state(panel, "answers")
    assert scene.faults(".tc-panel") == []


def test_no_button_for_a_server_of_somebody_else(scene: Scene) -> None:
    shown = scene.run_cell(
        "from dataclasses import replace\nfrom course_lib.widgets.server_panel import ServerPanel\n"
        "ServerPanel(replace(lab._server, origin='local', namespace='<img src=x>'), lab.client)"
    )
    expect(shown.get_by_text("the course did not start it")).to_be_visible()
    expect(shown.get_by_text("<img src=x>")).to_be_visible()
    expect(shown.get_by_role("button")).to_have_count(0)
    expect(shown.locator("img")).to_have_count(0)


def test_run_all_with_the_panel_open_drops_no_cell(scene: Scene) -> None:
    scene.run_all()
    _state(scene.output(3), "answers")
    assert all(cell["execution_count"] for cell in scene.saved())


def test_a_reload_leaves_a_panel_that_works(scene: Scene, panel: Locator) -> None:
    scene.saved()
    scene.reload()
    _press(panel, "kill -9")
    _state(panel, "not answering since")
    _press(panel, "Start")
    _state(panel, "answers")


def test_a_kernel_restart_is_said(scene: Scene, panel: Locator) -> None:
    scene.restart_kernel()
    expect(panel.get_by_text("no longer connected")).to_be_visible(timeout=10_000)
    # After a reload JupyterLab takes the widgets of the old kernel off the page; none may stay that can be pressed.
    expect(panel.locator("button:enabled")).to_have_count(0)
