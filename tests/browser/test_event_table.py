"""The event table in a real JupyterLab: every control by mouse and by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene

SETUP = """
from course_lib import Lab
lab = await Lab.open("00_start_here")
"""
FLOW = """
%%module table_flow
from datetime import timedelta
from temporalio import activity, workflow

BAD = "<img src=x onerror=\\"document.title='obeyed'\\">"

@activity.defn
async def charge(number: int) -> str:
    if number == 1 and activity.info().attempt < 2:
        raise ValueError("declined " + BAD)
    return f"charged {number}"

@workflow.defn
class TableFlow:
    def __init__(self) -> None:
        self.notes: list[str] = []

    @workflow.signal
    def add(self, note: str) -> None:
        self.notes.append(note)

    @workflow.run
    async def run(self, given: dict) -> None:
        soon = timedelta(seconds=10)
        await workflow.execute_activity(charge, 1, start_to_close_timeout=soon)
        done = 0
        while True:
            await workflow.wait_condition(lambda: len(self.notes) > done)
            done += 1
            await workflow.execute_activity(charge, done + 1, start_to_close_timeout=soon)
"""
RUN = """
from table_flow import BAD
worker = await lab.worker(workflows=[TableFlow], activities=[charge])
handle = await lab.client.start_workflow(
    TableFlow.run, {"bad": BAD}, id=lab.id("table"), task_queue=lab.task_queue
)
for number in range(6):
    await handle.signal(TableFlow.add, f"note {number}")
async def quiet():
    return (await handle.describe()).history_length > 40
await lab.until(quiet, "the first notes are carried out")
"""
TABLE = "table = lab.event_table(handle)\ntable"


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(*(cell.strip() for cell in (SETUP, FLOW, RUN, TABLE)))


@pytest.fixture
def table(scene: Scene) -> Locator:
    """The table, with nothing filtered, chosen or opened."""
    table = scene.page.locator(".et").first
    expect(table.locator(".et-body .et-row").first).to_be_visible()
    table.get_by_role("combobox", name="Show").select_option("all")
    table.get_by_label("Filter events").fill("")
    table.scroll_into_view_if_needed()
    if table.locator(".et-opened").is_visible():
        table.get_by_role("button", name="Close").click()
    return table


def total(table: Locator) -> int:
    found = re.search(r"([\d,]+) events", table.locator(".et-count").inner_text())
    assert found, table.locator(".et-count").inner_text()
    return int(found[1].replace(",", ""))


@pytest.mark.core
def test_the_newest_event_is_visible_and_new_ones_come_while_a_cell_awaits(scene: Scene, table: Locator) -> None:
    before = total(table)
    expect(table.locator(f'.et-row[data-event="{before}"]')).to_be_in_viewport()
    scene.run_cell('import asyncio; await handle.signal(TableFlow.add, "live one"); await asyncio.sleep(4)')
    table.scroll_into_view_if_needed()
    expect(table.locator(".et-row", has_text="live one")).to_be_in_viewport(timeout=3_000)
    assert total(table) > before


def test_a_reader_who_looks_at_old_events_is_not_moved(scene: Scene, table: Locator) -> None:
    grid = table.get_by_role("grid")
    grid.evaluate("grid => grid.scrollTop = 0")
    expect(table.locator('.et-row[data-event="1"]')).to_be_in_viewport()
    scene.run_cell('await handle.signal(TableFlow.add, "another one")')
    table.scroll_into_view_if_needed()
    new = table.get_by_role("button", name="new")
    expect(new).to_be_visible()
    expect(table.locator('.et-row[data-event="1"]')).to_be_in_viewport()
    new.press("Enter")
    expect(table.locator(".et-row", has_text="another one")).to_be_in_viewport()
    expect(new).to_be_hidden()


def test_the_filter_by_mouse_and_by_keyboard(scene: Scene, table: Locator) -> None:
    everything = total(table)
    table.get_by_role("combobox", name="Show").select_option("activity")
    expect(table.locator(".et-count")).to_contain_text(f"of {everything}")
    assert all("Activity" in row for row in table.locator(".et-body .et-row").all_inner_texts())
    shown = table.get_by_role("combobox", name="Show")
    shown.focus()
    shown.press("End")
    expect(table.locator(".et-count")).to_contain_text(f"of {everything}")
    assert all("declined" in row for row in table.locator(".et-body .et-row").all_inner_texts())
    shown.select_option("all")
    table.get_by_label("Filter events").press_sequentially("signaled note 3")
    expect(table.locator(".et-count")).to_have_text(f"1 of {everything}")
    table.get_by_label("Filter events").fill("#3")
    expect(table.locator(".et-body .et-row")).to_have_attribute("data-event", "3")
    table.get_by_label("Filter events").fill("nothing has this")
    expect(table.get_by_text("No event fits the filter.")).to_be_visible()
    table.get_by_label("Filter events").press("Escape")
    expect(table.locator(".et-count")).to_have_text(f"{everything} events")


@pytest.mark.core
def test_an_event_opens_by_mouse(scene: Scene, table: Locator) -> None:
    table.get_by_label("Filter events").fill("ActivityTaskCompleted")
    table.locator(".et-body .et-row").first.click()
    opened = table.get_by_role("region", name="Opened event")
    expect(opened).to_contain_text('"charged 1"')
    table.get_by_label("Filter events").fill("ActivityTaskCompleted charged")
    opened.get_by_role("button", name=re.compile(r"^event \d+$")).first.click()
    expect(opened.get_by_role("heading")).to_contain_text("ActivityTaskScheduled")
    expect(table.get_by_label("Filter events")).to_have_value("")  # what is pointed at must be there to be seen
    expect(table.locator(".et-chosen")).to_be_in_viewport()
    opened.get_by_role("button", name="Close").click()
    expect(opened).to_be_hidden()


@pytest.mark.core
def test_an_event_opens_by_keyboard(scene: Scene, table: Locator) -> None:
    grid = table.get_by_role("grid")
    table.get_by_label("Filter events").focus()
    scene.page.keyboard.press("ArrowDown")
    expect(grid).to_be_focused()
    scene.page.keyboard.press("Home")
    expect(table.locator(".et-chosen")).to_have_attribute("data-event", "1")
    scene.page.keyboard.press("Enter")
    opened = table.get_by_role("region", name="Opened event")
    expect(opened).to_contain_text("TableFlow")
    scene.page.keyboard.press("ArrowDown")
    expect(opened).to_contain_text("Event 2 WorkflowTaskScheduled")
    expect(grid).to_have_attribute("aria-activedescendant", re.compile("-2$"))
    scene.page.keyboard.press("End")
    expect(table.locator(".et-chosen")).to_have_attribute("data-event", str(total(table)))
    scene.page.keyboard.press("PageUp")
    scene.page.keyboard.press("ArrowUp")
    scene.page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    expect(grid).to_be_focused()


def test_selection_goes_both_ways(scene: Scene, table: Locator) -> None:
    out = scene.run_cell(
        "seen = []\ntable.widget.on_select(lambda run, event: seen.append((run, event)))\ntable.widget.selected = 3"
    )
    table.scroll_into_view_if_needed()
    expect(table.locator(".et-chosen")).to_have_attribute("data-event", "3")
    expect(table.locator(".et-chosen")).to_be_in_viewport()
    table.get_by_role("grid").press("ArrowDown")
    expect(table.locator(".et-chosen")).to_have_attribute("data-event", "4")
    out = scene.run_cell("print(seen[-1])")
    expect(out).to_contain_text("(0, 4)")


@pytest.mark.core
def test_markup_in_a_payload_stays_text(scene: Scene, table: Locator) -> None:
    table.get_by_label("Filter events").fill("onerror")
    table.locator(".et-body .et-row").first.click()
    expect(table.get_by_role("region", name="Opened event")).to_contain_text("<img src=x onerror=")
    assert scene.page.locator(".et img").count() == 0
    assert scene.page.title() != "obeyed"


BIG = """
from temporalio.client import WorkflowHistory
recorded = list((await handle.fetch_history()).events)
events = []
for number in range(1, 10_001):
    events.append(type(recorded[0]).FromString(recorded[(number - 1) % len(recorded)].SerializeToString()))
    events[-1].event_id = number
lab.event_table(WorkflowHistory("big", events))
"""


def test_ten_thousand_events_are_as_light_as_thirty(scene: Scene) -> None:
    big = scene.run_cell(BIG.strip()).locator(".et")
    expect(big.locator(".et-count")).to_have_text("10,000 events", timeout=15_000)
    big.scroll_into_view_if_needed()
    grid, rows = big.get_by_role("grid"), big.locator(".et-body .et-row")
    expect(grid).to_have_attribute("aria-rowcount", "10001")
    grid.press("End")
    expect(big.locator('.et-row[data-event="10000"]')).to_be_in_viewport()
    grid.press("PageUp")
    expect(big.locator(".et-chosen")).to_be_in_viewport()
    assert rows.count() < 60
    big.get_by_label("Filter events").fill("#7777")
    expect(big.locator('.et-row[data-event="7777"]')).to_be_in_viewport()
    assert rows.count() == 1


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, table: Locator, dark: bool) -> None:
    scene.theme(dark=dark)
    table.get_by_role("combobox", name="Show").select_option("failure")
    assert scene.faults(".et") == []
    table.get_by_role("combobox", name="Show").select_option("all")
    table.get_by_role("grid").press("Home")
    table.get_by_role("grid").press("Enter")
    assert scene.faults(".et") == []


def test_a_reload_and_a_restart(scene: Scene, table: Locator) -> None:
    before = total(table)
    scene.saved()
    scene.reload()
    table = scene.page.locator(".et").first
    expect(table.locator(".et-count")).to_have_text(f"{before} events")
    table.get_by_role("grid").press("Home")
    table.get_by_role("grid").press("Enter")
    expect(table.get_by_role("region", name="Opened event")).to_contain_text("TableFlow")
    scene.restart_kernel()
    expect(table.get_by_text("no longer grows")).to_be_visible()
    table.get_by_label("Filter events").fill("signaled")
    expect(table.locator(".et-count")).to_contain_text(f"of {before}")
