"""A history of 10,000 events in the live timeline: painted soon, zoomed into, asked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from course_lib import loops
from course_lib import server as servers
from tests.bench.histories import long_run

from .scene import Scene

OPEN = "from course_lib import Lab\nlab = await Lab.open('01_workflows')"

# Runs in the page: how long from the request of the cell to the first bar on the screen.
WATCH = """() => {
    window.painted = new Promise(done => {
        const began = performance.now();
        new MutationObserver((_, self) => {
            if (!document.querySelector(".tl-live .tl-bar")) return;
            self.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - began) / 1000)));
        }).observe(document.body, {subtree: true, childList: true});
    });
}"""


@pytest.fixture(scope="module")
def workflow_id(state: Path) -> str:
    async def run() -> str:
        return str((await long_run(await servers.connect(await servers.ensure()))).id)

    return loops.background().run(run(), 150)  # this thread has a loop already: playwright's


# The run that makes the history takes as long as ten other tests.
@pytest.mark.timeout(300)
def test_ten_thousand_events(
    workflow_id: str, opened: Callable[..., Scene], capsys: pytest.CaptureFixture[str]
) -> None:
    scene = opened(OPEN, f"handle = lab.client.get_workflow_handle('{workflow_id}')")
    page = scene.page
    page.evaluate(WATCH)
    view = scene.run_cell("lab.timeline(handle)").locator(".tl-live")
    took = page.evaluate("window.painted")
    with capsys.disabled():
        print(f"\nlab.timeline of 10,000 events, from the cell's start to the first paint: {took:.2f} s")

    lane = view.get_by_role("button", name=re.compile(r"activity charge_card, [\d,]+: .*zoom in"))
    expect(lane).to_be_visible()
    assert view.locator("[data-key]").count() < 600  # windowed, however long the history is
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 20)
    bar = view.get_by_role("button", name=re.compile("^activity charge_card: completed")).first
    page.keyboard.down("Control")
    for _ in range(20):
        page.mouse.wheel(0, -300)
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        if bar.is_visible():  # deeper, the mouse might stand between two bars
            break
    page.keyboard.up("Control")
    expect(bar).to_be_visible()
    assert view.locator("[data-key]").count() < 3_000
    bar.focus()
    expect(view.locator(".tl-card")).to_contain_text(re.compile('result "charge of order-'), timeout=10_000)
    page.keyboard.press("Enter")
    expect(view.locator(".tl-details")).to_contain_text("ActivityTaskScheduled")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    expect(lane).to_be_visible()
    # By keyboard alone: Enter on a lane that is too dense goes into it.
    lane.press("Enter")
    expect(view.get_by_role("button", name="Fit")).to_be_enabled()
