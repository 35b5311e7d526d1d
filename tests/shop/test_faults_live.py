"""The faults as a client meets them, and what they leave in the tables."""

import asyncio

import pytest

from course_lib.errors import CourseError
from course_lib.shop import CardDeclined, Shop, ShopError, ShopTimeout, ShopUnavailable, open_shop
from course_lib.shop.scenarios import SCENARIOS
from tests.until import until

WAIT = 120.0  # seconds; the limit of any wait here


async def outcomes(shop: Shop, calls: int) -> list[str]:
    met = []
    async with shop.client() as client:
        for number in range(calls):
            try:
                await client.charge(f"o{number}", 5)
                met.append("ok")
            except ShopError as error:
                met.append(type(error).__name__)
    return met


def arrived(shop: Shop) -> int:
    """How many requests the first switch that is on has met; a request that waits is in no table yet."""
    return int(shop._ask("GET", "/admin/faults", None)["rules"][0]["seen"])


async def test_accepted_then_timed_out_charges_twice_without_a_key_and_once_with_one(shop: Shop):
    async with shop.client() as client:
        for key in (None, "pay-o2"):
            order = "o2" if key else "o1"
            shop.faults.accept_then_time_out("payments", seconds=0.1)
            with pytest.raises(ShopTimeout, match="it may have done the work"):
                await client.charge(order, 500, idempotency_key=key)
            await client.charge(order, 500, idempotency_key=key)
    assert shop.payments.order_id.tolist() == ["o1", "o1", "o2"]
    log = shop.requests
    assert log.status.isna().tolist() == [True, False, True, False]
    assert log.done.tolist() == [True, True, True, False]
    assert log.fault.tolist() == ["accept_then_time_out", None, "accept_then_time_out", None]


async def test_a_client_that_times_out_first_sees_the_same(shop: Shop):
    shop.faults.accept_then_time_out("payments", seconds=60)
    with pytest.raises(ShopTimeout, match=r"within 0\.2 s"):
        await shop.client(timeout=0.2).charge("o1", 500)
    assert len(shop.payments) == 1


async def test_latency_comes_before_the_work_and_a_client_that_left_has_caused_nothing(shop: Shop):
    shop.faults.latency("payments", 0.6)
    with pytest.raises(ShopTimeout):
        await shop.client(timeout=0.1).charge("o1", 500)
    cancelled = asyncio.create_task(shop.client().charge("o2", 500))
    await until(lambda: arrived(shop) == 2)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    await until(lambda: len(shop.requests) == 2)
    shop.faults.clear()
    await shop.client().charge("o3", 500)
    assert shop.payments.order_id.tolist() == ["o3"]
    log = shop.requests
    assert log.done.tolist() == [False, False, True]
    assert log.fault.tolist() == ["latency", "latency", None]
    assert log.status.isna().tolist() == [True, True, False]


async def test_latency_of_one_call_does_not_hold_up_another(shop: Shop):
    shop.faults.latency("payments", 2.0, order_id="slow")
    async with shop.client() as client:
        slow = asyncio.create_task(client.charge("slow", 1))
        await client.charge("quick", 1)
        await client.ship("quick")
        assert not slow.done()
        await slow
    assert shop.payments.order_id.tolist() == ["quick", "slow"]


async def test_a_reset_ends_requests_that_still_wait(shop: Shop):
    shop.faults.latency("payments", 1.0)
    async with shop.client() as client:
        waiting = asyncio.create_task(client.charge("o1", 1))
        await until(lambda: arrived(shop) == 1)
        shop.reset()
        with pytest.raises(ShopUnavailable, match="reset"):
            await waiting
    assert shop.payments.empty


async def test_duplicate_delivery_is_two_rows_without_a_key_and_one_with(shop: Shop):
    async with shop.client() as client:
        shop.faults.duplicate_delivery("payments", times=2)
        await client.charge("o1", 5)
        await client.charge("o2", 5, idempotency_key="k")
        await client.charge("o3", 5)
    assert shop.payments.order_id.tolist() == ["o1", "o1", "o2", "o3"]
    assert shop.requests.fault.tolist() == ["duplicate_delivery"] * 4 + [None]
    assert shop.requests.call.tolist() == [1, 2, 3, 4, 5]


async def test_declined_cards_and_outages_write_nothing(shop: Shop):
    async with shop.client() as client:
        charge = await client.charge("o0", 5)
        shop.faults.decline()
        with pytest.raises(CardDeclined) as caught:
            await client.charge("o1", 5)
        assert caught.value.status == 402
        await client.refund(charge)
        shop.faults.outage("payments")
        with pytest.raises(ShopUnavailable, match="payments is down") as down:
            await client.charge("o1", 5)
        assert down.value.status == 503
        await client.ship("o1")
        shop.faults.clear("payments")
        await client.charge("o1", 5)
    assert shop.payments.order_id.tolist() == ["o0", "o0", "o1"]


async def test_error_rate_is_the_same_on_every_run_of_the_cell(shop: Shop):
    shop.faults.error_rate("payments", 0.4)
    first = await outcomes(shop, 30)
    shop.faults.error_rate("payments", 0.4)
    assert await outcomes(shop, 30) == first
    assert {"ok", "ShopUnavailable"} == set(first)
    shop.faults.seed(99)
    assert await outcomes(shop, 30) != first
    again = open_shop("another-with-seed-99")
    again.faults.seed(99)
    again.faults.error_rate("payments", 0.4)
    shop.faults.error_rate("payments", 0.4)
    assert await outcomes(again, 30) == await outcomes(shop, 30)
    again.delete()


async def test_scripted_calls(shop: Shop):
    shop.faults.next_calls("payments", ["error", "ok", "decline", "timeout"], seconds=0.05)
    assert await outcomes(shop, 5) == ["ShopUnavailable", "ok", "CardDeclined", "ShopTimeout", "ok"]
    assert shop.payments.order_id.tolist() == ["o1", "o3", "o4"]


async def test_a_refused_request_that_loses_its_answer_looks_like_any_other(shop: Shop):
    shop.set_stock("mug", 0)
    shop.faults.accept_then_time_out("warehouse", seconds=0.05)
    with pytest.raises(ShopTimeout):
        await shop.client().reserve_stock("o1", "mug")
    assert shop.requests.done.tolist() == [False]


def test_scenarios_are_listed_set_and_cleared(shop: Shop):
    names = list(SCENARIOS)
    assert {"calm", "flaky", "lost reply", "warehouse down"} <= set(names)
    for name in names:
        shop.faults.scenario(name)
        assert shop.faults.current().empty == (name == "calm")
    shop.faults.scenario("warehouse down")
    assert shop.faults.current()[["service", "kind"]].to_numpy().tolist() == [["warehouse", "outage"]]
    assert "outage" in repr(shop.faults)
    shop.faults.clear()
    assert repr(shop.faults) == "No faults."
    with pytest.raises(CourseError, match="no scenario 'rainy'"):
        shop.faults.scenario("rainy")


def test_a_wrong_switch_is_an_error_for_the_learner_and_changes_nothing(shop: Shop):
    shop.faults.outage("mailer")
    with pytest.raises(CourseError, match="There is no service 'payment'"):
        shop.faults.latency("payment", 1)
    with pytest.raises(CourseError, match="no setting 'tmies'"):
        shop.faults.outage("payments", tmies=1)
    assert shop.faults.current().service.tolist() == ["mailer"]


async def test_a_held_call_does_its_work_when_it_is_released_and_not_before(shop: Shop):
    shop.faults.hold("payments", operation="charge", order_id="o1")
    async with shop.client(timeout=60) as client:
        call = asyncio.ensure_future(client.charge("o1", 500))
        await until(lambda: shop.waiting("o1") == ["charge"])
        await client.charge("o2", 500)
        assert shop.payments.order_id.tolist() == ["o2"]
        shop.faults.release("payments", operation="charge", order_id="o1")
        await asyncio.wait_for(call, WAIT)
    assert shop.payments.order_id.tolist() == ["o2", "o1"]
    assert shop.waiting("o1") == []


async def test_a_held_call_that_is_about_no_order_is_seen_waiting(shop: Shop):
    shop.faults.hold("warehouse", operation="catalogue_page")
    async with shop.client(timeout=60) as client:
        call = asyncio.ensure_future(client.catalogue_page(0, 5))
        await until(lambda: shop.waiting(None) == ["catalogue_page"])
        shop.faults.release("warehouse", operation="catalogue_page")
        assert len(await asyncio.wait_for(call, WAIT)) == 5


async def test_a_release_has_released_when_it_returns(shop: Shop):
    async with shop.client(timeout=60) as client:
        for number in range(20):
            shop.faults.hold("payments", order_id=f"o{number}")
            call = asyncio.ensure_future(client.charge(f"o{number}", 500))
            await until(lambda number=number: shop.waiting(f"o{number}") == ["charge"])
            shop.faults.release("payments", order_id=f"o{number}")
            assert shop.waiting(f"o{number}") == []
            shop.faults.hold("payments", order_id=f"o{number}")  # for the next call, not for the one that was let go
            await asyncio.wait_for(call, WAIT)


async def test_a_client_that_gives_up_a_held_call_has_caused_nothing(shop: Shop):
    shop.faults.hold("payments", operation="charge")
    with pytest.raises(ShopTimeout):
        await shop.client(timeout=0.2).charge("o1", 500)
    await until(lambda: shop.waiting("o1") == [])
    shop.faults.release("payments", operation="charge")
    assert shop.payments.empty
    assert shop.requests.fault.tolist() == ["hold"]
