"""The live timeline in a real JupyterLab: it grows, zooms, is asked, and says when it no longer can."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene

FLOW = """%%module orders
import asyncio
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

SOON = timedelta(seconds=20)

@activity.defn
async def charge(order: dict) -> str:
    await asyncio.sleep(0.2)
    return f"charge-{order['id']}"

@activity.defn
async def ship(order: dict) -> str:
    if activity.info().attempt < 3:
        raise ApplicationError("no <b>truck</b>", type="ShopUnavailable")
    return "parcel"

@workflow.defn
class Mail:
    @workflow.run
    async def run(self, to: str) -> str:
        return f"mail to {to}"

@workflow.defn
class OrderWorkflow:
    def __init__(self) -> None:
        self.approved = False

    @workflow.signal
    def approve(self, who: str) -> None:
        self.approved = True

    @workflow.query
    def state(self) -> str:
        return "approved" if self.approved else "waiting"

    @workflow.run
    async def run(self, order: dict) -> str:
        await workflow.execute_activity(charge, order, start_to_close_timeout=SOON)
        await workflow.execute_activity(ship, order, start_to_close_timeout=SOON,
                                        retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200)))
        await workflow.wait_condition(lambda: self.approved)
        await workflow.execute_child_workflow(Mail.run, "ada", id=f"{workflow.info().workflow_id}-mail")
        return "done"
"""

OPEN = "from course_lib import Lab\nlab = await Lab.open('01_workflows')"
START = """
worker = await lab.worker(workflows=[OrderWorkflow, Mail], activities=[charge, ship])
order = {"id": "o-1", "note": "<img src=x onerror=document.body.remove()>"}
async def start():
    return await lab.client.start_workflow(OrderWorkflow.run, order, id=lab.id("order"), task_queue=lab.task_queue)
handle = await start()
"""
NAME = "activity ship, attempt 3: completed"


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    made = opened(OPEN, FLOW, START, "lab.timeline(handle)")
    expect(view_of(made).get_by_role("button", name=NAME)).to_be_visible(timeout=15_000)
    return made


def view_of(scene: Scene) -> Locator:
    return scene.page.locator(".tl-live").first


@pytest.fixture
def view(scene: Scene) -> Locator:
    found = view_of(scene)
    close, fit = found.get_by_role("button", name="Close"), found.get_by_role("button", name="Fit")
    if close.is_visible():
        close.click()
    if fit.is_enabled():
        fit.click()
    scene.page.mouse.move(2, 2)
    found.scroll_into_view_if_needed()
    return found


def first_tick(view: Locator) -> str:
    return view.locator(".tl-tick").first.inner_text()


@pytest.mark.core
def test_it_goes_on_with_the_clock(scene: Scene, view: Locator) -> None:
    expect(view.locator(".tl-badge")).to_have_text("▶ running")
    facts = view.locator(".tl-head .tc-quiet").nth(1)
    before = facts.inner_text()
    expect(facts).not_to_have_text(before, timeout=8_000)
    expect(view.locator(".tl-now")).to_be_visible()


def test_buttons_and_keys_zoom_and_pan(scene: Scene, view: Locator) -> None:
    keys = scene.page.keyboard
    zoom_in, fit = view.get_by_role("button", name="Zoom in"), view.get_by_role("button", name="Fit")
    expect(fit).to_be_disabled()
    zoom_in.click()
    expect(fit).to_be_enabled()
    zoom_in.press("Enter")
    view.get_by_role("button", name="Follow").press("Enter")  # else it goes on with the clock by itself
    view.locator(".tl-body").focus()
    keys.press("Home")
    expect(view.locator(".tl-tick").first).to_have_text("0")
    keys.press("+")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(view.locator(".tl-tick").first).not_to_have_text("0")
    keys.press("Home")
    expect(view.locator(".tl-tick").first).to_have_text("0")
    keys.press("End")
    expect(view.locator(".tl-tick").first).not_to_have_text("0")
    keys.press("0")
    expect(fit).to_be_disabled()
    view.get_by_role("button", name="Zoom in").click()
    view.get_by_role("button", name="Zoom out").dblclick()
    view.locator(".tl-body").focus()
    for _ in range(4):  # the run goes on: on a busy machine it grows faster than two clicks zoom out
        keys.press("-")
    expect(fit).to_be_disabled()


def test_the_wheel_zooms_a_drag_pans_and_follow_is_left_and_taken_up(scene: Scene, view: Locator) -> None:
    mouse, follow = scene.page.mouse, view.get_by_role("button", name="Follow")
    expect(follow).to_have_attribute("aria-pressed", "true")
    box = view.locator(".tl-plot").bounding_box()
    assert box is not None
    mouse.move(box["x"] + 40, box["y"] + 40)
    scene.page.keyboard.down("Control")
    for _ in range(5):
        mouse.wheel(0, -200)
    scene.page.keyboard.up("Control")
    expect(view.get_by_role("button", name="Fit")).to_be_enabled()
    mouse.move(box["x"] + 300, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + 500, box["y"] + 40, steps=4)
    mouse.up()
    expect(follow).to_have_attribute("aria-pressed", "false")
    expect(view.locator(".tl-details")).to_be_hidden()  # a drag is no click
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "true")
    expect(view.locator(".tl-now")).to_be_visible()


@pytest.mark.core
def test_hover_and_focus_show_a_card_and_arrows_go_from_bar_to_bar(scene: Scene, view: Locator) -> None:
    keys, card = scene.page.keyboard, view.locator(".tl-card")
    view.get_by_role("button", name="activity charge").hover()
    expect(card).to_be_visible()
    expect(card).to_contain_text("activity charge")
    expect(card).to_contain_text('result "charge-o-1"')
    expect(card).to_contain_text("<img src=x onerror=document.body.remove()>")
    expect(card).to_contain_text("#5–7")
    scene.page.mouse.move(2, 2)
    expect(card).to_be_hidden()
    view.get_by_role("button", name=NAME).focus()
    keys.press("ArrowLeft")
    expect(view.get_by_role("button", name="activity ship, attempt 2: failed")).to_be_focused()
    expect(card).to_contain_text("attempt 2")
    expect(card).to_contain_text("no <b>truck</b>")
    keys.press("Home")
    expect(view.get_by_role("button", name="activity ship, attempt 1: failed")).to_be_focused()
    keys.press("ArrowUp")
    expect(view.get_by_role("button", name="activity charge")).to_be_focused()
    keys.press("Escape")
    expect(card).to_be_hidden()
    assert view.locator("[tabindex='0'][data-key]").count() == 1
    assert scene.page.locator(".jp-Notebook img, .tl-live img").count() == 0


@pytest.mark.core
def test_click_and_enter_open_the_events_and_escape_closes_them(scene: Scene, view: Locator) -> None:
    details, bar = view.locator(".tl-details"), view.get_by_role("button", name="activity charge")
    bar.click()
    expect(bar).to_have_class(re.compile("tl-chosen"))
    for said in ("Event 5 ActivityTaskScheduled", "Event 6 ActivityTaskStarted", "Event 7 ActivityTaskCompleted"):
        expect(details).to_contain_text(said)
    expect(details).to_contain_text('"note": "<img src=x onerror=document.body.remove()>"')
    assert details.locator("img").count() == 0
    details.get_by_role("button", name="Close").press("Enter")
    expect(details).to_be_hidden()
    expect(bar).to_be_focused()
    bar.press("Enter")
    expect(details).to_be_visible()
    scene.page.keyboard.press("Escape")
    scene.page.keyboard.press("Escape")
    expect(details).to_be_hidden()


def test_events_of_the_table_and_bars_select_each_other(scene: Scene, view: Locator) -> None:
    toggle = view.get_by_role("button", name="Events", exact=True)
    toggle.click()
    table = scene.page.locator(".et").first
    expect(table).to_be_visible()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    view.get_by_role("button", name="activity charge").click()
    expect(table.locator("[aria-selected=true]")).to_contain_text("ActivityTaskScheduled")
    table.get_by_text("ActivityTaskStarted").last.click()
    expect(view.locator(".tl-chosen")).to_have_attribute("aria-label", re.compile("activity ship, attempt 3"))
    toggle.press("Enter")
    expect(table).to_be_hidden()


def test_the_table_says_what_the_picture_shows(view: Locator) -> None:
    view.get_by_text("As a table").click()
    table = view.locator(".tl-table")
    expect(table).to_contain_text("ship, attempt 2")
    expect(table).to_contain_text("✗ failed")
    expect(table).to_contain_text('result "charge-o-1"')
    view.get_by_text("As a table").press("Enter")
    expect(table).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, view: Locator, dark: bool) -> None:
    scene.theme(dark=dark)
    view.get_by_role("button", name="activity charge").click()
    expect(view.locator(".tl-details")).to_contain_text("Event 5")
    view.get_by_role("button", name="activity ship, attempt 2").focus()
    assert scene.faults(".tl-live") == []


def test_what_an_idle_open_timeline_costs(scene: Scene, view: Locator, capsys: pytest.CaptureFixture[str]) -> None:
    scene.theme(dark=False)
    expect(view.locator(".tl-badge")).to_have_text("▶ running")
    cost = scene.run_cell(
        "import asyncio, psutil\nme = psutil.Process()\nbefore = sum(me.cpu_times()[:2])\nawait asyncio.sleep(8)\n"
        "print(f'kernel {(sum(me.cpu_times()[:2]) - before) / 8:.2%}')"
    )
    tools = scene.page.context.new_cdp_session(scene.page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})  # what it computes, not how long it waits for it

    def spent() -> float:
        metrics = tools.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))

    def page() -> float:
        before = spent()
        scene.page.wait_for_timeout(3_500)
        return (spent() - before) / 3.5

    scene.cells().first.scroll_into_view_if_needed()
    plain = page()  # the timeline is out of sight
    view.scroll_into_view_if_needed()
    looked_at = page()
    expect(cost).to_contain_text(re.compile(r"kernel [\d.]+%"), timeout=10_000)
    with capsys.disabled():
        print(
            f"\nidle open timeline: {cost.inner_text().strip()}, page {looked_at:.2%} of a core "
            f"({plain:.2%} when it is out of sight)"
        )
    expect(view.locator(".tl-badge")).to_have_text("▶ running")


# The moment, in milliseconds since 1970, at which the signal can be seen.
SEEN = """() => {
    window.seen = new Promise(done => new MutationObserver((_, self) => {
        if (!document.querySelector('.tl-live [aria-label^="signal approve"]')) return;
        self.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())));
    }).observe(document.body, {subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label"]}));
}"""


@pytest.mark.core
def test_it_grows_while_a_cell_awaits_with_queries_signals_and_children(
    scene: Scene, view: Locator, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.page.evaluate(SEEN)
    cell = scene.run_cell(
        "import asyncio\nawait handle.query(OrderWorkflow.state)\nawait asyncio.sleep(0.5)\n"
        "await handle.signal(OrderWorkflow.approve, 'ada')\nawait asyncio.sleep(6)\nframe = lab.events(handle)\n"
        "print('at', frame[frame.type == 'WorkflowExecutionSignaled'].time.iloc[0].timestamp() * 1000)"
    )
    expect(view.get_by_role("button", name="signal approve")).to_be_visible(timeout=5_000)
    seen = scene.page.evaluate("window.seen")
    expect(view.get_by_role("button", name="query state")).to_be_visible()
    expect(view.get_by_role("button", name="workflow Mail: completed")).to_be_visible(timeout=5_000)
    expect(view.locator(".tl-badge")).to_have_text("✓ completed")
    expect(view.get_by_role("status")).to_contain_text("✓ completed")
    expect(view.get_by_role("button", name="Follow")).to_be_hidden()
    children = view.get_by_role("button", name="Child runs (1)")
    children.click()
    expect(view.get_by_role("button", name="child workflow order")).to_be_visible()
    children.press("Enter")
    expect(view.get_by_role("button", name="workflow Mail: completed")).to_be_visible()
    expect(cell).to_contain_text(re.compile(r"at [\d.]+"), timeout=10_000)
    with capsys.disabled():
        print(f"\nfrom the history to the screen: {seen - float(cell.inner_text().split()[-1]):.0f} ms")


def test_after_a_reload_it_goes_on(scene: Scene) -> None:
    cell = scene.cells().count()
    latest = scene.run_cell("handle = await start()\nlab.timeline(handle)").locator(".tl-live")
    expect(latest.get_by_role("button", name=NAME)).to_be_visible(timeout=10_000)
    scene.saved()
    scene.open()
    scene.cells().nth(cell).scroll_into_view_if_needed()
    latest = scene.output(cell).locator(".tl-live")
    expect(latest.locator(".tl-badge")).to_have_text("▶ running")
    scene.run_cell("await handle.signal(OrderWorkflow.approve, 'ada')")
    expect(latest.locator(".tl-badge")).to_have_text("✓ completed", timeout=10_000)


def test_two_runs_side_by_side_and_a_restart_leaves_the_picture_and_says_so(scene: Scene) -> None:
    scene.run_cell("other = await start()\nlab.compare(handle, other)")
    both = scene.page.locator(".tl-live").last
    expect(both.locator(".tl-remarks")).to_contain_text("B ▶ running")
    clock = both.get_by_role("button", name="By clock")
    clock.click()
    expect(clock).to_have_attribute("aria-pressed", "true")
    clock.press("Enter")
    expect(clock).to_have_attribute("aria-pressed", "false")
    assert scene.faults(".tl-live") == []
    scene.restart_kernel()
    expect(both.get_by_role("status")).to_contain_text("no longer grows", timeout=10_000)
    expect(both.get_by_role("button", name="Follow")).to_be_disabled()
    expect(both.get_by_role("button", name="activity charge").first).to_be_visible()
