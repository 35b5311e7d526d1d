"""The worker panel in a browser: every control by mouse and by keyboard, two side by side, a log that stays text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene

OPEN = "from course_lib.lab import Lab\nlab = await Lab.open('01_workflows')"
MODULE = """%%module parcels
from datetime import timedelta
from temporalio import activity, workflow


@activity.defn
async def ship(order: str) -> str:
    print("shipping <img src=x onerror=document.title='obeyed'>", order)
    return f"shipped {order}"


@workflow.defn
class Parcel:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(ship, order, start_to_close_timeout=timedelta(seconds=10))
"""
START = "handle = await lab.client.start_workflow('Parcel', '{0}', id=lab.id('parcel'), task_queue=lab.task_queue)"


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(OPEN, MODULE, "panel = lab.worker_process('parcels')\npanel")


@pytest.fixture
def panel(scene: Scene) -> Locator:
    return scene.output(2)


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
def test_start_while_a_cell_awaits(scene: Scene, panel: Locator) -> None:
    _state(panel, "not started")
    assert panel.get_by_role("button", name="Stop", exact=True).is_disabled()
    waiting = scene.run_cell(START.format("p-1") + "\nprint(await lab.result(handle, patience=60))")
    _press(panel, "Start")  # the cell above awaits
    _state(panel, "running pid")
    expect(waiting.get_by_text("shipped p-1")).to_be_visible(timeout=20_000)
    expect(panel.get_by_text("shipping <img src=x")).to_be_visible()
    expect(panel.locator("img")).to_have_count(0)
    expect(panel.get_by_text("parcels, revision 1")).to_be_visible()
    expect(panel.get_by_text("1 activity task")).to_be_visible()


def test_freeze_and_unfreeze(panel: Locator) -> None:
    _press(panel, "Freeze", "Enter")
    _state(panel, "nothing of it runs")
    _press(panel, "Unfreeze")
    _state(panel, "running pid")
    _press(panel, "Freeze")
    _press(panel, "Unfreeze", " ")
    _state(panel, "running pid")


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, panel: Locator, dark: bool) -> None:
    scene.theme(dark=dark)
    assert scene.faults(".tc-panel") == []
    assert scene.faults(".tc-log") == []


def test_a_newer_revision_is_offered_and_taken(scene: Scene, panel: Locator) -> None:
    scene.run_cell(MODULE.replace("shipped {order}", "sent {order}"))
    expect(panel.get_by_text("revision 2 exists: restart to take it")).to_be_visible(timeout=20_000)
    assert scene.faults(".tc-panel") == []
    _press(panel, "Restart with revision 2", "Enter")
    expect(panel.get_by_text("parcels, revision 2")).to_be_visible(timeout=20_000)
    _state(panel, "running pid")
    expect(panel.get_by_role("button", name="Restart with revision 2")).to_be_hidden()
    after = scene.run_cell(START.format("p-3") + "\nawait lab.result(handle)")
    expect(after.get_by_text("sent p-3")).to_be_visible(timeout=20_000)


def test_kill_and_stop(panel: Locator) -> None:
    _press(panel, "kill -9", "Enter")
    _state(panel, "killed by SIGKILL (exit code -9)")
    _press(panel, "Start", " ")
    _state(panel, "running pid")
    _press(panel, "Stop", "Enter")
    _state(panel, "stopped (exit code 0)")
    _press(panel, "Start")
    _state(panel, "running pid")
    _press(panel, "kill -9")
    _state(panel, "killed by SIGKILL (exit code -9)")
    _press(panel, "Start", "Enter")
    _press(panel, "Stop")
    _state(panel, "stopped (exit code 0)")


def test_two_side_by_side(scene: Scene) -> None:
    row = scene.run_cell(
        "a = lab.worker_process('parcels', name='A')\nb = lab.worker_process('parcels', name='B')\nlab.workers(a, b)"
    )
    panels = row.locator(".tc-panel")
    expect(panels).to_have_count(2)
    one, two = panels.first.bounding_box(), panels.last.bounding_box()
    assert one is not None
    assert two is not None
    assert one["y"] == two["y"]
    assert one["x"] + one["width"] <= two["x"]
    for panel in (panels.first, panels.last):
        _press(panel, "Start")
        _state_of = panel.locator("[role=status]").filter(has_text="running pid")
        expect(_state_of.first).to_be_visible(timeout=20_000)
    expect(row.get_by_text("Log of Worker process “A”: ● running")).to_be_visible()
    assert scene.faults(".jp-Cell:last-of-type .tc-panel") == []
    scene.page.set_viewport_size({"width": 900, "height": 1000})
    expect(panels.last).to_be_visible()
    one, two = panels.first.bounding_box(), panels.last.bounding_box()
    assert one is not None
    assert two is not None
    assert one["y"] < two["y"]
    scene.page.set_viewport_size({"width": 1300, "height": 1000})


def test_a_reload_leaves_a_panel_that_works(scene: Scene, panel: Locator) -> None:
    scene.saved()
    scene.reload()
    _press(panel, "Start")
    _state(panel, "running pid")
    expect(panel.get_by_text("Log of Worker process “parcels”")).to_be_visible()


def test_a_kernel_restart_is_said(scene: Scene, panel: Locator) -> None:
    scene.restart_kernel()
    expect(panel.get_by_text("no longer connected")).to_be_visible(timeout=10_000)
    # After a reload JupyterLab takes the widgets of the old kernel off the page; none may stay that can be pressed.
    expect(panel.locator("button:enabled")).to_have_count(0)
