"""The schedule panel in a browser: every control by mouse and by keyboard, on a schedule that the notebook made."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene

OPEN = """from course_lib.lab import Lab
lab = await Lab.open("01_workflows")"""
MODULE = """%%module nights
from temporalio import workflow


@workflow.defn
class Nightly:
    @workflow.run
    async def run(self) -> str:
        return "reported"
"""
SCHEDULE = """from temporalio.client import *
worker = await lab.worker(workflows=[Nightly])
calendar = ScheduleCalendarSpec(hour=[ScheduleRange(2)], minute=[ScheduleRange(30)])
action = ScheduleActionStartWorkflow(Nightly.run, id=lab.id("nightly"), task_queue=lab.task_queue)
spec = ScheduleSpec(calendars=[calendar], time_zone_name="Europe/Berlin")
schedule = await lab.client.create_schedule(lab.id("nightly"), Schedule(action=action, spec=spec))
print("made")
"""


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(OPEN, MODULE, SCHEDULE, "panel = lab.schedule_panel(schedule)\npanel")


@pytest.fixture
def panel(scene: Scene) -> Locator:
    return scene.output(3)


def _press(panel: Locator, name: str, key: str = "") -> None:
    button = panel.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=20_000)
    if key:
        button.press(key)
    else:
        button.click()


def _state(panel: Locator, words: str) -> None:
    expect(panel.locator(".tc-panel [role=status]").filter(has_text=words).first).to_be_visible(timeout=20_000)


def _rows(panel: Locator, count: int) -> None:
    table = panel.get_by_role("table", name="Recent runs")
    expect(table.get_by_text("Completed")).to_have_count(count, timeout=30_000)


@pytest.mark.core
def test_pause_with_a_note_resume_and_trigger(panel: Locator) -> None:
    next_times = panel.get_by_role("table", name="Next times")
    expect(next_times.locator("tr")).to_have_count(6)
    panel.get_by_label("note").fill("stocktaking")
    _press(panel, "Pause")
    _state(panel, "paused: stocktaking")
    expect(next_times).to_have_count(0)
    _press(panel, "Trigger", "Enter")
    _rows(panel, 1)
    _press(panel, "Resume", " ")
    _state(panel, "acts when due")
    expect(next_times.locator("tr")).to_have_count(6)


def test_backfill_by_keyboard_and_a_timeline(panel: Locator) -> None:
    _press(panel, "Backfill", "Enter")
    expect(panel.get_by_text("is no time")).to_be_visible(timeout=20_000)
    panel.get_by_label("from", exact=True).fill("2026-03-02T02:30+01:00")
    panel.get_by_label("to", exact=True).fill("2026-03-03T02:30+01:00")
    _press(panel, "Backfill")
    _rows(panel, 3)
    expect(panel.get_by_text("is no time")).to_have_count(0)
    panel.get_by_label("run", exact=True).select_option(index=0)
    _press(panel, "Timeline", "Enter")
    expect(panel.get_by_role("group", name="Timeline of")).to_be_visible(timeout=20_000)


def test_code_presses_and_the_panel_shows_it(scene: Scene, panel: Locator) -> None:
    scene.run_cell('await panel.pause("by code")\nprint(panel)')
    _state(panel, "paused: by code")
    scene.run_cell("await panel.resume()")
    _state(panel, "acts when due")


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, panel: Locator, dark: bool) -> None:
    scene.theme(dark=dark)
    _state(panel, "acts when due")
    assert scene.faults(".tc-panel") == []
