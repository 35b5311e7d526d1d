"""The message panel in a real JupyterLab, on a real run: every control by mouse and keyboard, light, dark, restart."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene

OPEN = 'from course_lib import Lab\nlab = await Lab.open("00_start_here")'
MODULE = """%%module approvals
import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from temporalio import workflow

class Tier(StrEnum):
    PLAIN = "plain"
    GOLD = "gold"

@dataclass
class Address:
    street: str
    zip: int = 10115

@dataclass
class Approval:
    by: str
    level: int = 1
    urgent: bool = False
    tier: Tier = Tier.GOLD
    address: Address | None = None
    notes: list[str] = field(default_factory=list)

@workflow.defn
class Approvals:
    def __init__(self) -> None:
        self.approved: list[Approval] = []
        self.street = "Main Street 1"
        self.stopped = False

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self.stopped)
        return len(self.approved)

    @workflow.signal
    def approve(self, approval: Approval) -> None:
        \"\"\"Say yes to the order.\"\"\"
        self.approved.append(approval)

    @workflow.signal
    def remark(self, text: str) -> None:
        \"\"\"Leave a remark <img src=x onerror=document.title=/broken/.source>.\"\"\"
        self.street = text

    @workflow.signal
    def stop(self) -> None:
        \"\"\"End the run.\"\"\"
        self.stopped = True

    @workflow.query
    def status(self) -> list[Approval]:
        \"\"\"Return all approvals.\"\"\"
        return self.approved

    @workflow.query
    def street_now(self) -> str:
        return self.street

    @workflow.update
    async def change_address(self, street: str) -> str:
        \"\"\"Send the parcel elsewhere.\"\"\"
        before, self.street = self.street, street
        return f"moved from {before}"

    @change_address.validator
    def check_street(self, street: str) -> None:
        if not street:
            raise ValueError("a street is needed")
"""
BAD = "<img src=x onerror=document.title=/broken/.source>"
PANEL = """worker = await lab.worker(workflows=[Approvals])
handle = await lab.client.start_workflow(Approvals.run, id=lab.id("order"), task_queue=lab.task_queue)
panel = lab.messages(handle)
panel"""


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    made = opened(OPEN, MODULE, PANEL)
    made.page.locator(".tcm").scroll_into_view_if_needed()
    return made


def _card(scene: Scene, name: str) -> Locator:
    return scene.page.locator(".tcm-card").filter(has=scene.page.locator("code", has_text=re.compile(f"^{name}$")))


def _said(scene: Scene, name: str) -> Locator:
    return _card(scene, name).locator(".tcm-said")


def _press(scene: Scene, name: str, button: str) -> Locator:
    return _card(scene, name).get_by_role("button", name=button, exact=True)


@pytest.mark.core
def test_by_mouse(scene: Scene) -> None:
    card = _card(scene, "approve")
    card.get_by_label("by").fill("ada")
    card.get_by_label("urgent").click()
    card.get_by_label("tier").select_option("PLAIN")
    card.get_by_label("address", exact=True).click()
    card.get_by_label("street").fill("Elm Street")
    card.get_by_role("button", name="Add").click()
    card.get_by_role("button", name="Add").click()
    card.get_by_label("notes 1").fill("to go")
    card.get_by_label("notes 2").fill("call first")
    card.get_by_role("button", name="Remove").first.click()
    # The second is renamed before the first is gone, so for a moment there are two of that name.
    expect(card.get_by_label("notes 2")).to_have_count(0)
    expect(card.get_by_label("notes 1")).to_have_count(1)
    expect(card.get_by_label("notes 1")).to_have_value("call first")
    _press(scene, "approve", "Signal").click()
    expect(_said(scene, "approve")).to_contain_text(re.compile(r"sent at \d\d:\d\d:\d\d, event \d+"))
    _press(scene, "status", "Query").click()
    answer = _said(scene, "status")
    expect(answer).to_contain_text("by='ada'")
    expect(answer).to_contain_text("urgent=True")
    expect(answer).to_contain_text("Tier.PLAIN")
    expect(answer).to_contain_text("Address(street='Elm Street', zip=10115)")
    expect(answer).to_contain_text("notes=['call first']")
    _press(scene, "change_address", "Update").click()
    expect(_said(scene, "change_address")).to_contain_text("rejected: a street is needed")
    _card(scene, "change_address").get_by_label("street").fill("Oak Street")
    _press(scene, "change_address", "Update").click()
    expect(_said(scene, "change_address")).to_contain_text("'moved from Main Street 1'")


@pytest.mark.core
def test_by_keyboard(scene: Scene) -> None:
    remark = _card(scene, "remark").get_by_label("text")
    remark.press_sequentially("by Enter")
    remark.press("Enter")
    expect(_said(scene, "remark")).to_contain_text("event")
    remark.press("Tab")
    expect(_press(scene, "remark", "Signal")).to_be_focused()
    before = _said(scene, "remark").inner_text()
    scene.page.keyboard.press("Space")
    expect(_said(scene, "remark")).not_to_have_text(before)
    _press(scene, "street_now", "Query").press("Enter")
    expect(_said(scene, "street_now")).to_contain_text("'by Enter'")
    card = _card(scene, "approve")
    card.get_by_label("address", exact=True).press("Space")
    expect(card.get_by_label("street")).to_have_count(0)
    card.get_by_role("button", name="Add").press("Enter")
    expect(card.get_by_label("notes 2")).to_be_visible()
    card.get_by_role("button", name="Remove").last.press("Enter")
    expect(card.get_by_label("notes 2")).to_have_count(0)
    street = _card(scene, "change_address").get_by_label("street")
    street.fill("Pine Street")
    street.press("Tab")
    scene.page.keyboard.press("Enter")
    expect(_said(scene, "change_address")).to_contain_text("'moved from by Enter'")


def test_a_fault_stands_at_its_field_and_nothing_is_sent(scene: Scene) -> None:
    card = _card(scene, "approve")
    before = scene.page.locator(".tcm [role=status]").first.inner_text()
    card.get_by_label("level").fill("three")
    _press(scene, "approve", "Signal").click()
    expect(card.get_by_role("alert")).to_have_text("✗ type a whole number, for example 3")
    expect(_said(scene, "approve")).to_contain_text("nothing was sent")
    assert scene.page.locator(".tcm [role=status]").first.inner_text() == before, "no event came"


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, dark: bool) -> None:
    scene.theme(dark=dark)
    assert scene.faults(".tcm") == []


def test_a_query_is_asked_again_and_again_while_a_cell_awaits(scene: Scene) -> None:
    scene.run_cell("import asyncio\nfor _ in range(12):\n    await asyncio.sleep(0.5)")
    card = _card(scene, "street_now")
    card.get_by_label("every 2 s").press("Space")
    remark = _card(scene, "remark")
    remark.get_by_label("text").fill(BAD)
    _press(scene, "remark", "Signal").click()
    expect(_said(scene, "street_now")).to_contain_text(BAD)
    expect(card.get_by_label("every 2 s")).to_be_checked()
    card.get_by_label("every 2 s").click()
    assert scene.page.locator(".tcm img").count() == 0
    assert "broken" not in scene.page.title()


@pytest.mark.core
def test_run_all_again_drops_no_cell_and_leaves_a_panel_that_works(scene: Scene) -> None:
    scene.page.locator(".jp-Notebook .jp-CodeCell").first.click()
    scene.run_all()
    scene.page.locator(".tcm").scroll_into_view_if_needed()
    _press(scene, "street_now", "Query").click()
    expect(_said(scene, "street_now")).to_contain_text("'Main Street 1'")


def test_a_worker_that_stops_and_one_that_comes(scene: Scene) -> None:
    scene.run_cell("_ = await worker.stop()")
    expect(scene.page.locator(".tcm")).to_contain_text("queries need one.")
    expect(_press(scene, "status", "Query")).to_be_disabled()
    expect(_press(scene, "change_address", "Update")).to_be_disabled()
    _card(scene, "remark").get_by_label("text").fill("stored")
    _press(scene, "remark", "Signal").click()
    expect(_said(scene, "remark")).to_contain_text("event")
    scene.run_cell("worker = await lab.worker(workflows=[Approvals])")
    expect(_press(scene, "street_now", "Query")).to_be_enabled()
    _press(scene, "street_now", "Query").click()
    expect(_said(scene, "street_now")).to_contain_text("'stored'")


def test_reload_leaves_a_panel_that_works_or_says_why_not(scene: Scene) -> None:
    scene.saved()
    scene.open()
    panel = scene.page.locator(".tcm")
    panel.scroll_into_view_if_needed()
    _press(scene, "street_now", "Query").click()
    expect(_said(scene, "street_now")).to_contain_text("'stored'")


def test_cancel_terminate_and_the_end(scene: Scene) -> None:
    panel = scene.page.locator(".tcm")
    panel.get_by_role("button", name="Cancel").press("Enter")
    expect(panel).to_contain_text("closed (canceled)")
    expect(panel.get_by_role("button", name="Terminate")).to_be_disabled()
    expect(_press(scene, "approve", "Signal")).to_be_disabled()
    _press(scene, "street_now", "Query").click()
    expect(_said(scene, "street_now")).to_contain_text("'stored'")
    panel = scene.run_cell(PANEL.partition("\n")[2]).locator(".tcm")
    panel.scroll_into_view_if_needed()
    panel.get_by_label("reason").fill("enough")
    panel.get_by_role("button", name="Terminate").click()
    expect(panel).to_contain_text("closed (terminated)")


def test_a_kernel_restart_is_said_and_disables_the_controls(scene: Scene) -> None:
    scene.restart_kernel()
    panel = scene.page.locator(".tcm").last
    expect(panel).to_contain_text("no longer connected")
    expect(panel.get_by_role("button", name="Query").first).to_be_disabled()
    expect(panel.get_by_label("reason")).to_be_disabled()
