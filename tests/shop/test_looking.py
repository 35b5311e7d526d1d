"""What a live view reads: the switches, the last requests, what waits, the counts; and the words for them."""

import asyncio
import contextlib

import pytest

from course_lib.shop import Shop, ShopError, open_shop, stop_service, words
from course_lib.shop.faults import Rule
from course_lib.shop.looking import Look, Watcher
from course_lib.shop.pool import MOST_OPEN
from tests.until import until

LIMIT = 120.0  # seconds


def ended(look: Look) -> list[str]:
    return [words.outcome(row) for row in look.rows]


async def test_each_way_to_end_is_told_apart(shop: Shop):
    watcher = Watcher(shop.path)
    async with shop.client() as client:
        shop.faults.next_calls("payments", ["ok", "error", "outage", "decline", "timeout"], seconds=0.05)
        for number in range(5):
            with contextlib.suppress(ShopError):
                await client.charge(f"o{number}", 5, idempotency_key=f"k{number}")
        await client.charge("o0", 5, idempotency_key="k0")
        with contextlib.suppress(ShopError):
            await client.reserve_stock("o0", "mug", 10**6)
    look = watcher.look()
    assert ended(look) == ["refused", "seen before", "no answer", "declined", "down", "error", "answered"]
    assert look.counts["payments", "seen before"] == 1
    assert look.counts["warehouse", "refused"] == 1
    assert [words.explained(row) for row in look.rows][1:3] == ["answered from memory", "the work is done"]
    assert ended(watcher.look("warehouse")) == ["refused"]


async def test_what_waits_is_seen_until_it_ends_and_then_how_long_it_took(shop: Shop):
    watcher = Watcher(shop.path)
    shop.faults.latency("payments", 30.0, order_id="slow")
    shop.faults.accept_then_time_out("warehouse", seconds=30.0)
    async with shop.client(timeout=60) as client:
        slow = asyncio.create_task(client.charge("slow", 5))
        silent = asyncio.create_task(client.reserve_stock("o1", "mug", 1))
        await until(lambda: len(watcher.look().waiting) == 2)
        look = watcher.look()
        assert {row["fault"]: row["order_id"] for row in look.waiting} == {
            "latency": "slow",
            "accept_then_time_out": "o1",
        }
        assert [(row["order_id"], row["status"]) for row in look.rows] == [("o1", None)], "the work is in the log"
        for task in (slow, silent):
            task.cancel()
        await asyncio.gather(slow, silent, return_exceptions=True)
    await until(lambda: not watcher.look().waiting and len(watcher.look().rows) == 2)
    assert sorted(ended(watcher.look())) == ["client gave up", "no answer"]
    assert all(row["took_ms"] > 0 for row in watcher.look().rows)


async def test_a_request_that_waits_is_seen_however_many_shops_are_opened(shop: Shop):
    shop.faults.latency("payments", LIMIT)
    call = asyncio.create_task(shop.client(timeout=LIMIT).charge("o1", 5))
    await until(lambda: shop.waiting("o1") == ["charge"])
    others = [await asyncio.to_thread(open_shop, f"{shop.name}-{number}") for number in range(MOST_OPEN + 5)]
    for other in others:
        assert await other.client().ship("o1")
    assert await shop.client().ship("o2")
    assert shop.waiting("o1") == ["charge"]
    call.cancel()
    await until(lambda: shop.waiting("o1") == [] and ended(Watcher(shop.path).look())[0] == "client gave up")
    for other in others:
        await asyncio.to_thread(other.delete)


async def test_counts_go_on_and_begin_anew_after_a_reset(shop: Shop):
    watcher = Watcher(shop.path, most=2)
    with shop.blocking_client() as client:
        for number in range(3):
            client.charge(f"o{number}", 5)
            assert watcher.look().counts == {("payments", "answered"): number + 1}
        assert [row["order_id"] for row in watcher.look().rows] == ["o2", "o1"]
        shop.reset()
        emptied = watcher.look()
        assert (emptied.rows, emptied.counts) == ((), {})
        client.ship("o1")
        assert watcher.look().counts == {("warehouse", "answered"): 1}


async def test_a_killed_service_leaves_nothing_waiting_behind(shop: Shop):
    watcher = Watcher(shop.path)
    shop.faults.latency("payments", 60.0)
    call = asyncio.create_task(shop.client(timeout=LIMIT).charge("o1", 5))
    await until(lambda: bool(watcher.look().waiting))
    await asyncio.to_thread(stop_service, 0.0)
    with pytest.raises(ShopError, match=r"without an answer|stopped before it could answer"):  # killed, or just faster
        await call
    await asyncio.to_thread(shop.start)
    assert watcher.look().waiting == ()


def test_calm_says_what_was_on_and_never_starts_a_shop(shop: Shop):
    assert shop.calm() == []
    shop.faults.outage("payments")
    shop.faults.scenario("bad friday")
    assert shop.calm() == ["latency everywhere", "error rate everywhere", "payments lost answers"]
    assert shop.faults.current().empty
    shop.faults.outage("payments")
    stop_service()
    assert shop.calm() == []
    assert Watcher(shop.path).look().book.rules, "a shop that is not there keeps its switches"
    shop.start()
    assert shop.calm() == ["payments outage"]


def test_off_turns_one_switch_off_and_leaves_its_neighbours(shop: Shop):
    shop.faults.outage("payments")
    shop.faults.outage("payments", operation="refund")
    shop.faults.next_calls("mailer", ["error"])
    shop.faults.off("outage", "payments")
    assert shop.faults.current()[["service", "kind"]].values.tolist() == [["payments", "outage"], ["mailer", "script"]]
    shop.faults.off("script", "mailer")
    shop.faults.off("outage", "payments", operation="refund")
    assert shop.faults.current().empty


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("error_rate", "mailer", rate=0.2), "About 1 of 5 calls fails with 500."),
        (Rule("error_rate", "mailer", rate=0.4), "About 2 of 5 calls fail with 500."),
        (Rule("error_rate", "mailer", rate=0.17), "About 17 % of the calls fail with 500."),
        (Rule("error_rate", "mailer"), "Every call fails with 500."),
        (Rule("latency", "mailer", seconds=0.3, jitter=0.5), "Every call takes 0.3 to 0.8 s longer."),
        (Rule("latency", "mailer", jitter=0.3), "Every call takes up to 0.3 s longer."),
        (Rule("outage", "mailer", times=3), "The next 3 calls are answered with 503."),
        (Rule("decline", "payments"), "Every charge is declined with 402."),
        (
            Rule("accept_then_time_out", "payments", operation="charge", order_id="o1", times=1, seconds=1.0),
            "The next charge call for o1 is done, but no answer comes for 1 s.",
        ),
        (Rule("duplicate_delivery", "mailer", times=2), "The next 2 calls arrive twice; the client hears one answer."),
        (
            Rule("script", "mailer", script=["ok", "latency:2"]),
            "The next 2 calls, in turn: goes well; waits 2 s.",
        ),
    ],
)
def test_a_switch_in_words(rule: Rule, expected: str):
    assert words.sentence(rule) == expected
