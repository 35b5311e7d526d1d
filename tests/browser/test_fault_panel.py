"""The fault panel in a real JupyterLab: each control by mouse and by keyboard, and requests as they come."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from course_lib.shop import Shop, ShopUnavailable, open_shop, stop_service

from .scene import Scene

NAME = "browser-faults"
MARKUP = "<img src=x onerror=\"document.title='broken in'\">"
OPEN = f"""
from course_lib.lab import faults
from course_lib.shop import open_shop
faults.show_as_panel(get_ipython())
shop = open_shop({NAME!r})
faults.begin(shop)
shop.faults
"""
# It ends when a press on the panel lets a call fail.
CALLS = """
import asyncio, contextlib
from course_lib.shop import ShopError
met = "nothing"
async with shop.client(timeout=1) as client:
    for number in range(400):
        try:
            await client.charge(f"order-{number // 2}", 5, idempotency_key=f"pay-{number // 2}")
        except ShopError as error:
            met = str(error)
            break
        await asyncio.sleep(0.02)
    shop.faults.latency("mailer", 60.0)
    with contextlib.suppress(ShopError):
        await client.send_mail("ada@example.org", "Hi", order_id="order-slow")
print(met)
"""
SOON = 5_000  # milliseconds


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(OPEN)


@pytest.fixture
def shop() -> Shop:
    """The panel's shop, turned from outside the notebook, as another notebook would."""
    shop = open_shop(NAME)
    shop.faults.clear()
    return shop


def service(scene: Scene, name: str) -> Locator:
    return scene.page.get_by_role("group", name=name, exact=True)


def is_on(shop: Shop, kind: str, name: str) -> bool:
    frame = shop.faults.current()
    return bool(((frame.kind == kind) & (frame.service == name)).any())


@pytest.mark.core
def test_toggles_by_mouse_and_by_keyboard(scene: Scene, shop: Shop) -> None:
    payments = service(scene, "payments")
    for label, sentence in (("outage", "Every call is answered"), ("decline every card", "Every charge is declined")):
        switch = payments.get_by_role("switch", name=label)
        switch.click()
        expect(payments.get_by_text(sentence)).to_be_visible(timeout=SOON)
        switch.press("Space")
        expect(payments.get_by_text("Calm: calls go through.")).to_be_visible(timeout=SOON)
        expect(switch).not_to_be_checked()
    assert shop.faults.current().empty
    payments.get_by_role("switch", name="outage").press("Space")
    expect(payments.get_by_text("Every call is answered with 503.")).to_be_visible(timeout=SOON)
    with pytest.raises(ShopUnavailable):
        shop.blocking_client().charge("o1", 5)
    payments.get_by_role("button", name="Turn off: payments outage").press("Enter")
    expect(payments.get_by_text("Calm: calls go through.")).to_be_visible(timeout=SOON)
    expect(payments, "the button is gone: the next Tab goes on from here").to_be_focused()
    expect(payments.get_by_role("switch", name="outage")).not_to_be_checked()


def test_latency_and_error_rate_by_mouse_and_by_keyboard(scene: Scene, shop: Shop) -> None:
    mailer = service(scene, "mailer")
    seconds = mailer.get_by_label("latency in seconds")
    seconds.click()
    seconds.press("Control+a")
    seconds.type("0.3")
    seconds.press("Enter")
    expect(mailer.get_by_text("Every call takes 0.3 s longer.")).to_be_visible(timeout=SOON)
    jitter = mailer.get_by_label("up to so many seconds more")
    jitter.focus()
    for _ in range(3):
        jitter.press("ArrowUp")
    expect(mailer.get_by_text("Every call takes 0.3 to 0.6 s longer.")).to_be_visible(timeout=SOON)

    rate = mailer.get_by_role("slider", name="error rate")
    box = rate.bounding_box()
    assert box is not None
    rate.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(mailer.get_by_text("About 1 of 2 calls fails with 500.")).to_be_visible(timeout=SOON)
    rate.press("End")
    expect(mailer.get_by_text("Every call fails with 500.")).to_be_visible(timeout=SOON)
    assert shop.faults.current().rate.max() == 1.0
    rate.press("Home")
    expect(mailer.get_by_text("with 500")).to_have_count(0, timeout=SOON)


def test_the_next_calls_by_mouse_and_by_keyboard(scene: Scene, shop: Shop) -> None:
    for name, label, sentence in (
        ("warehouse", "done, but the answer is lost", "calls are done, but no answer comes"),
        ("identity", "delivered twice", "calls arrive twice"),
    ):
        row = service(scene, name)
        times = row.get_by_role("spinbutton", name=f"{label}, for how many calls")
        times.fill("2")
        row.get_by_role("button", name=f"{label}, next 2 calls").click()
        expect(row.get_by_text(f"The next 2 {sentence}")).to_be_visible(timeout=SOON)
        times.fill("3")
        times.press("Enter")
        expect(row.get_by_text(f"The next 3 {sentence}")).to_be_visible(timeout=SOON)
    with shop.blocking_client() as client:
        client.create_account("ada@example.org")
    left = service(scene, "identity").get_by_text("The next 2 calls arrive twice")
    expect(left, "a call uses one up, and the panel sees it").to_be_visible(timeout=SOON)


def test_scenarios_seed_and_all_calm_by_mouse_and_by_keyboard(scene: Scene, shop: Shop) -> None:
    page = scene.page
    scenario = page.get_by_label("Scenario", exact=True)
    scenario.select_option("flaky")
    expect(page.get_by_text("one call in five fails, at every service")).to_be_visible()
    page.get_by_role("button", name="Set the scenario").click()
    expect(page.get_by_text("About 1 of 5 calls fails with 500.")).to_have_count(4, timeout=SOON)
    calm = page.get_by_role("button", name="All calm")
    calm.press("Enter")
    expect(page.get_by_text("Calm: calls go through.")).to_have_count(4, timeout=SOON)
    expect(scenario).to_have_value("calm")
    scenario.focus()
    scenario.press("f")  # a select's own typing: the first option with f
    expect(scenario).to_have_value("flaky")
    page.get_by_role("button", name="Set the scenario").press("Space")
    expect(page.get_by_text("About 1 of 5 calls fails with 500.")).to_have_count(4, timeout=SOON)
    calm.click()
    expect(page.get_by_text("Calm: calls go through.")).to_have_count(4, timeout=SOON)
    seed = page.get_by_label("Seed")
    seed.fill("42")
    seed.press("Enter")
    expect(page.locator(".tc-faults [role=status]").filter(has_text="Set: seed seed 42")).to_have_count(1)
    assert shop._ask("GET", "/admin/faults", None)["seed"] == 42


def test_what_others_turn_is_seen_and_a_field_that_is_typed_in_is_left_alone(scene: Scene, shop: Shop) -> None:
    seconds = service(scene, "payments").get_by_label("latency in seconds")
    seconds.click()
    seconds.type("7")
    shop.faults.latency("payments", 0.5)
    shop.faults.outage("warehouse", order_id=MARKUP)
    expect(service(scene, "payments").get_by_text("Every call takes 0.5 s longer.")).to_be_visible(timeout=SOON)
    expect(service(scene, "warehouse").get_by_text(f"Every call for {MARKUP} is answered")).to_be_visible(timeout=SOON)
    expect(seconds).to_have_value(re.compile("7"))
    service(scene, "warehouse").get_by_role("button", name="Turn off: warehouse outage").press("Enter")
    expect(service(scene, "warehouse").get_by_text("Calm")).to_be_visible(timeout=SOON)
    seconds.fill("0")
    seconds.press("Enter")
    expect(service(scene, "payments").get_by_text("Calm")).to_be_visible(timeout=SOON)


def test_a_value_that_the_shop_refuses_is_said(scene: Scene, shop: Shop) -> None:
    seconds = service(scene, "identity").get_by_label("latency in seconds")
    seconds.fill("4000")
    seconds.press("Enter")
    expect(scene.page.get_by_text("Seconds must be between 0 and 3600.")).to_be_visible(timeout=SOON)
    expect(seconds, "the control shows what the shop has").to_have_value("0", timeout=SOON)


@pytest.mark.core
def test_requests_come_while_a_cell_awaits_and_controls_work(scene: Scene, shop: Shop) -> None:
    shop.reset()
    page = scene.page
    output = scene.run_cell(CALLS)
    lines = page.get_by_role("region", name="Requests").get_by_role("row")
    expect(lines.filter(has_text="order-1").first).to_be_visible(timeout=SOON)
    expect(lines.filter(has_text="seen before 200 answered from memory").first).to_be_attached(timeout=SOON)
    service(scene, "payments").get_by_role("switch", name="outage").press("Space")
    expect(lines.filter(has_text="▼ down 503").first).to_be_attached(timeout=SOON)
    expect(page.locator(".tf-counts")).to_contain_text("1 down")
    expect(lines.filter(has_text="waiting for up to 60.0 s")).to_be_attached(timeout=SOON)
    expect(lines.filter(has_text="client gave up nothing was done")).to_be_attached(timeout=SOON)
    expect(output).to_contain_text("payments is down.", timeout=SOON)


def test_the_filter_and_markup_in_an_order(scene: Scene, shop: Shop) -> None:
    shop.reset()
    with shop.blocking_client() as client:
        client.charge(MARKUP, 5, idempotency_key=MARKUP)
        client.send_mail("ada@example.org", "Hi", order_id="o-mail")
    page = scene.page
    lines = page.get_by_role("region", name="Requests").get_by_role("row")
    expect(lines.filter(has_text="<img src=x").first).to_be_attached(timeout=SOON)
    filter_ = page.get_by_label("Requests of which service")
    filter_.select_option("mailer")
    expect(lines).to_have_count(2, timeout=SOON)  # the head and one request
    expect(lines.last).to_contain_text("mailer send_mail")
    filter_.focus()
    filter_.press("Home")
    expect(lines.filter(has_text="payments charge").first).to_be_attached(timeout=SOON)
    assert page.locator(".jp-OutputArea-output img").count() == 0
    assert page.title() != "broken in"


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, shop: Shop, dark: bool) -> None:
    shop.faults.scenario("bad friday")
    expect(scene.page.get_by_text("The next 2 charge calls are done")).to_be_visible(timeout=SOON)
    scene.theme(dark=dark)
    assert scene.faults(".tc-panel") == []


def test_a_shop_that_is_gone_is_said_and_goes_on_when_it_is_started(scene: Scene, shop: Shop) -> None:
    shop.faults.outage("mailer")
    page = scene.page
    stop_service()
    expect(page.get_by_text("The shop's process has ended.")).to_be_visible(timeout=SOON)
    switch = service(scene, "mailer").get_by_role("switch", name="outage")
    expect(switch).to_be_disabled()
    assert scene.faults(".tc-panel") == []
    page.get_by_role("button", name="Start the shop again").press("Enter")
    expect(page.get_by_text("The shop's process has ended.")).to_have_count(0)
    expect(switch).to_be_enabled()
    expect(switch, "nothing was lost").to_be_checked()
    switch.click()
    expect(service(scene, "mailer").get_by_text("Calm")).to_be_visible(timeout=SOON)


def test_after_a_reload_it_works_and_a_restart_is_said(scene: Scene, shop: Shop) -> None:
    scene.run_cell("shop.faults.outage('identity')\nshop.faults")  # the same panel a second time
    expect(scene.page.get_by_role("group", name="identity", exact=True)).to_have_count(2)
    saved = json.dumps([cell["outputs"] for cell in scene.saved()])
    assert "Calm: calls go through." in saved, "the file holds the panel in words"
    scene.reload()
    first = service(scene, "identity").first
    expect(first.get_by_role("switch", name="outage")).to_be_checked(timeout=20_000)
    first.get_by_role("switch", name="outage").press("Space")
    expect(first.get_by_text("Calm")).to_be_visible(timeout=SOON)
    shop.faults.outage("payments")
    scene.restart_kernel()
    expect(scene.page.get_by_text("no longer connected").first).to_be_visible()
    expect(first.get_by_role("switch", name="outage")).to_be_disabled()
    assert not is_on(open_shop(NAME), "outage", "payments"), "the end of the kernel ended the faults"
