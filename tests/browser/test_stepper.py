"""Time travel in a real JupyterLab: by mouse, by keyboard, with a busy kernel, without a kernel."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .scene import Scene

OPEN = """
from course_lib import Lab
lab = await Lab.open("00_start_here")
"""

ORDERS = """%%module stepped
from datetime import timedelta
from temporalio import activity, workflow

@activity.defn
async def charge(order: str) -> str:
    return f"charge of {order}"

@activity.defn
async def ship(order: str) -> str:
    return f"parcel of {order}"

@workflow.defn
class OrderWorkflow:
    def __init__(self) -> None:
        self.state = "new"

    @workflow.run
    async def run(self, order: str) -> str:
        limit = timedelta(seconds=10)
        self.state = await workflow.execute_activity(charge, order, start_to_close_timeout=limit)
        await workflow.sleep(0.1)
        return await workflow.execute_activity(ship, order, start_to_close_timeout=limit)
"""

RUN = """
await lab.worker(workflows=[OrderWorkflow], activities=[charge, ship])
handle = await lab.client.start_workflow(
    OrderWorkflow.run, "<img src=x onerror=window.fired=1>", id=lab.id("order"), task_queue=lab.task_queue)
await lab.result(handle)
lab.step_through(handle)
"""

EDITED = ORDERS.replace("await workflow.sleep(0.1)", "await workflow.execute_activity(ship, order, "
                        "start_to_close_timeout=limit)")  # fmt: skip
AGAIN = "lab.step_through(handle)"

_SLIDER = "Step"


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(OPEN, ORDERS, RUN, EDITED, AGAIN)


@pytest.fixture
def view(scene: Scene) -> Locator:
    """The stepper of the plain run, at its first step."""
    view = scene.page.locator(".tc-st").first
    _slider(view).press("Home")
    expect(_status(view)).to_contain_text("Step 1 of 4")
    return view


def _status(view: Locator) -> Locator:
    return view.get_by_role("status")


def _slider(view: Locator, name: str = _SLIDER) -> Locator:
    return view.get_by_role("slider", name=name)


def _busy(page: Page) -> Locator:
    return page.get_by_text("Python 3 (ipykernel) | Busy")


@pytest.mark.core
def test_the_buttons_step_through_the_run(view: Locator) -> None:
    expect(view.locator(".st-wait")).to_contain_text("waits here: activity charge")
    view.get_by_role("button", name="Next").click()
    expect(_status(view)).to_contain_text("waits for timer 100 ms")
    expect(view.locator(".st-facts")).to_contain_text("changed")
    expect(view.locator(".st-wait")).to_have_count(1)
    view.get_by_role("button", name="Last").click()
    expect(_status(view)).to_contain_text("Step 4 of 4")
    view.get_by_role("button", name="Previous").click()
    expect(_status(view)).to_contain_text("Step 3 of 4")
    view.get_by_role("button", name="First").click()
    expect(_status(view)).to_contain_text("Step 1 of 4")


@pytest.mark.core
def test_the_keyboard_steps_through_the_run(scene: Scene, view: Locator) -> None:
    slider = _slider(view)
    slider.focus()
    cells = scene.cells().count()
    for key, place in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", 4), ("Home", 1)]:
        slider.press(key)
        expect(_status(view)).to_contain_text(f"Step {place} of 4")
        expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^step {place} of 4: "))
        expect(slider).to_be_focused()  # JupyterLab did not take the key for its cells
    following = view.get_by_role("button", name="Next")
    following.press("Enter")
    following.press("ArrowRight")
    expect(_status(view)).to_contain_text("Step 3 of 4")
    view.locator(".st-code").press("Home")
    expect(_status(view)).to_contain_text("Step 1 of 4")
    assert scene.cells().count() == cells


def test_events_are_the_fine_steps(view: Locator) -> None:
    events = _slider(view, "Event")
    events.press("Home")
    expect(view.locator(".st-event")).to_contain_text("Event 1 · WorkflowExecutionStarted")
    view.get_by_role("button", name=re.compile("^event 7,")).click()
    expect(view.locator(".st-event")).to_contain_text("Event 7 · ActivityTaskCompleted")
    expect(_status(view)).to_contain_text("Step 2 of 4")
    expect(view.get_by_role("button", name=re.compile("^event 8,.*not seen yet"))).to_be_visible()
    view.get_by_role("button", name=re.compile("^event 7,")).press("ArrowRight")
    current = view.locator(".st-chip[aria-current]")
    expect(current).to_be_focused()
    expect(current).to_have_text(re.compile("8$"))
    events.press("ArrowRight")
    expect(events).to_have_attribute("aria-valuetext", re.compile("^event 9: WorkflowTaskStarted"))


def test_play_runs_to_the_end_and_a_hand_stops_it(scene: Scene, view: Locator) -> None:
    _slider(view).press("Space")
    expect(view.get_by_role("button", name="Pause")).to_be_visible()
    expect(_status(view)).to_contain_text("Step 2 of 4")
    view.get_by_role("button", name="Previous").click()
    expect(view.get_by_role("button", name="Play")).to_be_visible()
    view.get_by_role("button", name="Last").click()
    view.get_by_role("button", name="Previous").click()
    view.get_by_role("button", name="Play").press("Enter")
    expect(_status(view)).to_contain_text("Step 4 of 4")
    expect(view.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.core
def test_an_edit_shows_both_sides_where_they_part(scene: Scene) -> None:
    view = scene.page.locator(".tc-st").nth(1)
    parting = view.get_by_role("group", name="Where code and history part")
    expect(parting).to_contain_text("activity ship")
    expect(parting).to_contain_text("event 11")
    expect(view.locator(".st-line.st-part")).to_contain_text("execute_activity(ship")
    expect(view.locator(".st-line.st-part")).to_contain_text("now: activity ship")
    following = view.get_by_role("button", name="Next")
    expect(following).to_have_attribute("aria-disabled", "true")
    view.get_by_role("button", name="Previous").click()
    expect(parting).to_be_hidden()
    view.get_by_role("button", name="Show it").press("Enter")
    expect(parting).to_be_visible()


def test_a_payload_stays_text(scene: Scene, view: Locator) -> None:
    view.get_by_role("button", name="Next").click()
    expect(view.locator(".st-facts")).to_contain_text("<img src=x onerror=window.fired=1>")
    assert view.locator("img").count() == 0
    assert scene.page.evaluate("window.fired") is None


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, view: Locator, dark: bool) -> None:
    scene.theme(dark=dark)
    view.get_by_role("button", name="Next").click()
    assert scene.faults(".tc-st") == []


def test_a_cell_that_runs_again_keeps_one_widget(scene: Scene) -> None:
    count = (
        "from ipywidgets.widgets.widget import _instances\n"
        "[type(widget).__name__ for widget in _instances.values()].count('StepperWidget')"
    )
    expect(scene.run_cell(count)).to_contain_text("2")
    scene.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 4")
    scene.command("notebook:run-cell")
    expect(scene.run_cell(count)).to_contain_text("2")
    expect(scene.page.locator(".tc-st")).to_have_count(2)


def test_jupyterlabs_own_short_cuts_still_work_in_it(scene: Scene, view: Locator) -> None:
    scene.run_cell("1")
    scene.page.locator(".jp-mod-dirty").first.wait_for(state="attached")
    _slider(view).press("Control+s")
    expect(scene.page.locator(".jp-mod-dirty")).to_have_count(0)


def test_a_reload_of_the_page_brings_it_back(scene: Scene, view: Locator) -> None:
    scene.saved()
    scene.open()
    _slider(view).press("End")
    expect(_status(view)).to_contain_text("Step 4 of 4")


def test_it_steps_while_the_kernel_computes_and_after_it_is_gone(scene: Scene, view: Locator) -> None:
    scene.run_cell("import threading; threading.Event().wait(60)")
    _busy(scene.page).wait_for()
    view.get_by_role("button", name="Next").click()
    expect(_status(view)).to_contain_text("Step 2 of 4")
    scene.restart_kernel()
    view.get_by_role("button", name="Next").click()
    expect(_status(view)).to_contain_text("Step 3 of 4")
