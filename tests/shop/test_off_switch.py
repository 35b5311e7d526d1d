"""A fault that a person is to turn off: seen as pressed, whoever turns it off."""

import asyncio

import pytest

from course_lib.lab.your_turn import Until, wait_for_press
from course_lib.shop import Shop
from tests.until import until


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setenv("COURSE_WIDGETS", "live")  # somebody looks
    return []


async def test_turning_it_off_anywhere_is_the_press(shop: Shop, said: list[str], patiently: Until) -> None:
    shop.faults.outage("warehouse")
    switch = shop.faults.off_switch("outage", "warehouse")
    waiting = asyncio.create_task(wait_for_press(switch, said.append, None, 600.0, patiently))
    await until(lambda: bool(said), "the turn is announced")
    assert "press “warehouse: Outage”" in said[0]
    shop.faults.clear()
    await asyncio.wait_for(waiting, 120)
    assert said[-1] == "You pressed “warehouse: Outage”."


async def test_past_the_limit_it_is_turned_off(shop: Shop, said: list[str], patiently: Until) -> None:
    shop.faults.outage("warehouse")
    shop.faults.outage("payments")
    await asyncio.wait_for(
        wait_for_press(shop.faults.off_switch("outage", "warehouse"), said.append, None, 0.3, patiently), 120
    )
    assert list(shop.faults.current()["service"]) == ["payments"]
    assert any("Nobody pressed" in line for line in said)


async def test_one_that_is_off_is_not_waited_for(shop: Shop, said: list[str], patiently: Until) -> None:
    shop.faults.outage("warehouse")
    shop.faults.decline()
    await asyncio.wait_for(
        wait_for_press(shop.faults.off_switch("outage", "payments"), said.append, None, 600.0, patiently), 120
    )
    assert "cannot be pressed now" in said[-1]
    assert len(shop.faults.current()) == 2
