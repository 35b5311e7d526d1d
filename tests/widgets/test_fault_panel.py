"""Every control sets the real switch of the real shop, and the next real call meets it; whoever turned it is seen."""

import asyncio
from typing import Any

import pytest

from course_lib.errors import CourseError
from course_lib.lab import faults as ends
from course_lib.shop import CardDeclined, Shop, ShopError, ShopTimeout, ShopUnavailable, open_shop, stop_service
from course_lib.shop.scenarios import SCENARIOS
from course_lib.widgets.fault_panel import FaultPanel, fault_panel
from tests.until import until

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def panel(shop: Shop) -> FaultPanel:
    panel = fault_panel(shop)
    panel.build()
    return panel


def row(panel: FaultPanel, service: str) -> dict[str, Any]:
    panel.refresh()
    panel.draw()
    return next(one for one in panel.switches.state["services"] if one["name"] == service)


def click(panel: FaultPanel, control: str, **asked: Any) -> str:
    """Send what the browser sends, and return the token that says when it is done."""
    token = f"t{len(panel._done)}"
    panel._heard(None, {"press": {"control": control, **asked}, "token": token}, [])
    return token


def press(panel: FaultPanel, control: str, service: str | None = None, **values: Any) -> None:
    panel.press(control, service, values).result(120)


def meets(shop: Shop, service: str = "payments") -> str:
    with shop.blocking_client(timeout=5) as client:
        try:
            if service == "payments":
                client.charge("o1", 5)
            else:
                client.ship("o1")
        except ShopError as error:
            return type(error).__name__
    return "ok"


@pytest.mark.parametrize(
    ("control", "values", "met", "sentence"),
    [
        ("outage", {"on": True}, "ShopUnavailable", "Every call is answered with 503."),
        ("decline", {"on": True}, "CardDeclined", "Every charge is declined with 402."),
        ("error_rate", {"rate": 1.0}, "ShopUnavailable", "Every call fails with 500."),
        ("accept_then_time_out", {"times": 2}, "ShopTimeout", "The next 2 calls are done, but no answer comes"),
        ("latency", {"seconds": 0.2, "jitter": 0.1}, "ok", "Every call takes 0.2 to 0.3 s longer."),
        ("duplicate_delivery", {"times": 1}, "ok", "The next call arrives twice"),
    ],
)
async def test_each_switch_is_met_by_the_next_call_and_can_be_turned_off(
    panel: FaultPanel, shop: Shop, control: str, values: dict[str, Any], met: str, sentence: str
):
    token = click(panel, control, service="payments", **values)
    await until(lambda: token in panel._done)
    assert row(panel, "payments")["rules"][0]["text"].startswith(sentence)
    assert meets(shop) == met
    seen = shop.requests.iloc[0]
    assert seen.fault == control
    assert meets(shop, "warehouse") == "ok", "only the service that was aimed at"

    press(panel, "off", "payments", kind=control)
    assert row(panel, "payments")["rules"] == []
    assert meets(shop) == "ok"


@pytest.mark.parametrize("control", ["outage", "decline"])
def test_a_toggle_turns_off_what_it_turned_on(panel: FaultPanel, shop: Shop, control: str):
    press(panel, control, "payments", on=True)
    assert row(panel, "payments")[control] is True
    press(panel, control, "payments", on=False)
    assert row(panel, "payments")[control] is False
    assert meets(shop) == "ok"


def test_only_payments_can_decline(panel: FaultPanel):
    assert row(panel, "warehouse")["decline"] is None
    with pytest.raises(CourseError, match="Only payments declines"):
        press(panel, "decline", "warehouse", on=True)


def test_zero_turns_latency_and_error_rate_off(panel: FaultPanel, shop: Shop):
    press(panel, "latency", "payments", seconds=1.5)
    press(panel, "error_rate", "payments", rate=0.25)
    now = row(panel, "payments")
    assert (now["seconds"], now["jitter"], now["rate"]) == (1.5, 0.0, 25.0)
    press(panel, "latency", "payments", seconds=0.0)
    press(panel, "error_rate", "payments", rate=0.0)
    assert shop.faults.current().empty


def test_scenarios_set_all_calm_clears_and_the_seed_is_kept(panel: FaultPanel, shop: Shop):
    names = [name for name, _ in panel.switches.scenarios]
    assert names == list(SCENARIOS)
    for name in names:
        press(panel, "scenario", name=name)
        panel.draw()
        assert panel.switches.state["scenario"] == name, "read back from the switches themselves"
    press(panel, "seed", seed=7)
    press(panel, "calm")
    panel.draw()
    assert panel.switches.state["seed"] == 7
    assert panel.switches.state["scenario"] == "calm"
    assert shop.faults.current().empty


def test_what_code_set_is_shown_and_an_aimed_switch_can_be_turned_off_by_its_sentence(panel: FaultPanel, shop: Shop):
    shop.faults.outage("warehouse", order_id=MARKUP)
    shop.faults.next_calls("warehouse", ["error", "ok"])
    now = row(panel, "warehouse")
    assert now["outage"] is False, "the control stands for all calls"
    assert [rule["text"] for rule in now["rules"]] == [
        f"Every call for {MARKUP} is answered with 503.",
        "The next 2 calls, in turn: fails with 500; goes well.",
    ]
    for rule in now["rules"]:
        press(panel, "off", "warehouse", kind=rule["kind"], order_id=rule["order_id"])
    assert shop.faults.current().empty


async def test_presses_in_a_row_are_all_carried_out_in_their_order(panel: FaultPanel, shop: Shop):
    for tenths in range(1, 6):
        click(panel, "latency", service="mailer", seconds=tenths / 10, jitter=0)
    click(panel, "outage", service="identity", on=True)
    await until(lambda: len(panel._done) == 6)
    assert row(panel, "mailer")["seconds"] == 0.5
    assert row(panel, "identity")["outage"] is True


@pytest.mark.parametrize(
    ("control", "service", "values", "said"),
    [
        ("explode", "payments", {}, "no control 'explode'"),
        ("outage", "kitchen", {}, "no service 'kitchen'"),
        ("latency", "payments", {"seconds": -1}, "between 0 and 3600"),
        ("latency", "payments", {"minutes": 1}, "cannot be set to"),
        ("error_rate", "payments", {"rate": 2}, "between 0 and 1"),
        ("scenario", None, {"name": "doomsday"}, "no scenario 'doomsday'"),
    ],
)
async def test_a_wrong_value_is_said_in_words_and_changes_nothing(
    panel: FaultPanel, shop: Shop, control: str, service: str | None, values: dict[str, Any], said: str
):
    with pytest.raises(CourseError, match=said):
        press(panel, control, service, **values)
    click(panel, control, service=service, **values)
    await until(lambda: bool(panel.error))
    assert shop.faults.current().empty
    press(panel, "outage", "payments", on=True)
    assert panel.error == "", "the next press takes the message away"


def test_requests_are_listed_with_what_they_met(panel: FaultPanel, shop: Shop):
    with shop.blocking_client(timeout=5) as client:
        for _ in range(2):
            client.charge(MARKUP, 5, idempotency_key="k1")
        shop.faults.next_calls("warehouse", ["outage", "timeout"], seconds=0.05)
        for error in (ShopUnavailable, ShopTimeout):
            with pytest.raises(error):
                client.ship("o2")
        shop.faults.decline()
        with pytest.raises(CardDeclined):
            client.charge("o3", 5)
    panel.refresh()
    panel.draw()
    shown = [(line["order"], line["outcome"], line["status"], line["note"]) for line in panel.requests.rows]
    assert shown == [
        ("o3", "declined", 402, ""),
        ("o2", "no answer", None, "the work is done"),
        ("o2", "down", 503, ""),
        (MARKUP, "seen before", 200, "answered from memory"),
        (MARKUP, "answered", 200, ""),
    ]
    assert {item["outcome"]: item["count"] for item in panel.requests.counts} == {
        "answered": 1,
        "seen before": 1,
        "declined": 1,
        "down": 1,
        "no answer": 1,
    }
    panel.service = "warehouse"
    panel.refresh()
    panel.draw()
    assert [line["service"] for line in panel.requests.rows] == ["warehouse"] * 2
    assert [item["outcome"] for item in panel.requests.counts] == ["down", "no answer"]


async def test_what_waits_is_listed_first_until_it_ends(panel: FaultPanel, shop: Shop):
    shop.faults.latency("mailer", 30.0)
    call = asyncio.create_task(shop.client(timeout=60).send_mail("a@example.org", "Hi", order_id="o1"))

    def listed() -> list[tuple[str, int | None]]:
        panel.refresh()
        panel.draw()
        return [(line["outcome"], line["took"]) for line in panel.requests.rows]

    await until(lambda: listed() == [("waiting", None)])
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await until(lambda: [how for how, _ in listed()] == ["client gave up"])


async def test_it_looks_by_itself_only_while_somebody_sees_it(panel: FaultPanel, shop: Shop):
    panel.widget.pulse.visible = True
    shop.faults.outage("payments")
    await until(lambda: bool(panel.shown.book.rules))
    await until(lambda: panel.switches.state["services"][0]["outage"])
    panel.widget.pulse.visible = False
    await until(lambda: not panel.looks)
    shop.faults.clear()
    assert panel.shown.book.rules, "nobody looks"
    panel.widget.pulse.visible = True
    await until(lambda: not panel.shown.book.rules)
    panel.widget.pulse.visible = False
    await until(lambda: not panel.looks)


async def test_a_shop_that_is_gone_is_said_and_started_again(panel: FaultPanel, shop: Shop):
    shop.faults.outage("payments")
    stop_service()
    panel.refresh()
    assert "has ended" in panel.gone
    assert "has ended" in panel.text()
    token = click(panel, "start")
    await until(lambda: token in panel._done)
    assert panel.gone == ""
    assert row(panel, "payments")["outage"] is True, "nothing was lost"
    assert meets(shop) == "ShopUnavailable"


def test_a_deleted_shop_is_said(state: Any):
    shop = open_shop("to-be-deleted")
    panel = fault_panel(shop)
    shop.delete()
    panel.refresh()
    assert "cannot be read" in panel.gone
    with pytest.raises(CourseError, match="no shop"):
        press(panel, "outage", "payments", on=True)
    open_shop("to-be-deleted")
    panel.refresh()
    assert panel.gone == ""
    shop.delete()


def test_one_panel_per_shop(panel: FaultPanel, shop: Shop):
    assert fault_panel(shop) is panel
    again = open_shop(shop.name)
    assert fault_panel(again) is panel
    assert panel.shop is again


def test_the_static_form_says_the_same_and_markup_stays_text(panel: FaultPanel, shop: Shop):
    shop.faults.scenario("flaky")
    with shop.blocking_client() as client:
        shop.faults.error_rate("mailer", 0)
        client.send_mail("a@example.org", "Hi", order_id=MARKUP)
    panel.refresh()
    view = panel.static()
    for form in (view.text, view.html):
        assert "About 1 of 5 calls fails with 500." in form
        assert "Calm: calls go through." in form
        assert "✓ answered 200" in form
    assert MARKUP in view.text
    assert MARKUP not in view.html
    assert "&lt;img" in view.html


class TestEnds:
    """Faults end with the chapter, and it is said, but only when one was on."""

    @pytest.fixture(autouse=True)
    def registry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ends, "_open", {})
        monkeypatch.setattr(ends.atexit, "register", lambda function: None)

    def test_opening_and_ending_say_what_was_on(self, shop: Shop, capsys: pytest.CaptureFixture[str]):
        ends.begin(shop)
        assert capsys.readouterr().out == ""
        shop.faults.outage("payments")
        shop.faults.latency("mailer", 1)
        ends.end(shop, "The chapter is exported.")
        assert "Faults cleared: payments outage, mailer latency" in capsys.readouterr().out
        assert shop.faults.current().empty
        ends.end(shop, "Again.")
        assert capsys.readouterr().out == ""
        shop.faults.decline()
        ends.begin(shop)
        assert "Faults cleared: payments declines" in capsys.readouterr().out

    def test_the_end_of_the_kernel_clears_and_a_shop_that_is_gone_is_left_alone(self, shop: Shop):
        ends.begin(shop)
        shop.faults.outage("payments")
        ends._at_exit()
        assert shop.faults.current().empty
        stop_service()
        ends._at_exit()
        assert not shop.running(), "an end starts nothing"
        shop.start()
