"""The fault rules alone: pure, so every property can be checked over many calls."""

import json

import pytest

from course_lib.shop.faults import BadRule, FaultBook, rule_from
from course_lib.shop.scenarios import SCENARIOS


def book(*rules: dict, seed: int = 1) -> FaultBook:
    made = FaultBook(seed)
    for rule in rules:
        made.put(rule_from({"service": "payments", **rule}))
    return made


def faults(made: FaultBook, calls: int, operation: str = "charge", order: str | None = None) -> list[str | None]:
    return [made.judge("payments", operation, order)[0].fault for _ in range(calls)]


FLAKY = {"kind": "error_rate", "rate": 0.3}


def test_same_seed_same_faults_other_seed_others():
    first = faults(book(FLAKY), 200)
    assert faults(book(FLAKY), 200) == first
    assert faults(book(FLAKY, seed=2), 200) != first
    assert 40 <= first.count("error_rate") <= 80


def test_setting_a_switch_again_starts_its_calls_anew():
    made = book(FLAKY)
    first = faults(made, 50)
    made.put(rule_from({"service": "payments", **FLAKY}))
    assert faults(made, 50) == first


def test_reseeding_starts_the_calls_anew():
    made = book(FLAKY)
    first = faults(made, 50)
    made.reseed(1)
    assert faults(made, 50) == first


def test_a_second_switch_does_not_shift_the_first_ones_draws():
    alone = faults(book(FLAKY), 100)
    with_latency = book(FLAKY, {"kind": "latency", "seconds": 1, "jitter": 1}, {"kind": "duplicate_delivery"})
    both = [fault if fault == "error_rate" else None for fault in faults(with_latency, 100)]
    assert both == alone


def test_rate_one_always_and_rate_zero_never():
    assert set(faults(book({"kind": "error_rate", "rate": 1.0}), 100)) == {"error_rate"}
    assert set(faults(book({"kind": "error_rate", "rate": 0.0}), 100)) == {None}


def test_times_are_used_up_by_hits_alone():
    made = book({"kind": "error_rate", "rate": 0.5, "times": 3})
    assert faults(made, 100).count("error_rate") == 3
    assert made.rules == []


def test_aim_by_operation_and_order():
    made = book({"kind": "outage", "operation": "refund", "order_id": "o1", "times": 1})
    assert made.judge("payments", "charge", "o1")[0].fault is None
    assert made.judge("payments", "refund", "o2")[0].fault is None
    assert made.judge("mailer", "refund", "o1")[0].fault is None
    assert made.judge("payments", "refund", "o1")[0].fault == "outage"
    assert made.judge("payments", "refund", "o1")[0].fault is None


def test_a_declined_card_can_still_be_refunded():
    made = book({"kind": "decline"})
    assert made.judge("payments", "charge", "o")[0].fault == "decline"
    assert made.judge("payments", "refund", "o")[0].fault is None


def test_a_script_is_followed_call_by_call_and_shields_from_other_faults():
    made = book(
        {"kind": "outage"},
        {"kind": "script", "script": ["ok", "error", "timeout", "latency:0.5", "duplicate", "decline"]},
    )
    verdicts = [made.judge("payments", "charge", None)[0] for _ in range(7)]
    assert [verdict.fault for verdict in verdicts] == [
        None,
        "error_rate",
        "accept_then_time_out",
        None,
        "duplicate_delivery",
        "decline",
        "outage",
    ]
    assert verdicts[3].latency == 0.5


def test_outage_wins_over_other_faults():
    made = book({"kind": "error_rate"}, {"kind": "accept_then_time_out", "times": 1}, {"kind": "outage", "times": 1})
    assert faults(made, 2) == ["outage", "error_rate"]


def test_latencies_add_and_jitter_stays_in_its_range():
    made = book(
        {"kind": "latency", "seconds": 1.0, "jitter": 0.5}, {"kind": "latency", "seconds": 2.0, "operation": "charge"}
    )
    seen = [made.judge("payments", "charge", None)[0].latency for _ in range(50)]
    assert all(3.0 <= seconds < 3.5 for seconds in seen)
    assert len(set(seen)) > 10


def test_a_book_goes_on_where_it_was_after_a_restart():
    whole = faults(book(FLAKY), 60)
    made = book(FLAKY)
    first = faults(made, 30)
    again = FaultBook.from_json(json.loads(json.dumps(made.to_json())))
    assert first + faults(again, 30) == whole


def test_clear_one_service_leaves_the_others():
    made = book({"kind": "outage"}, {"kind": "outage", "service": "mailer"})
    made.clear("payments")
    assert [rule.service for rule in made.rules] == ["mailer"]
    made.clear()
    assert made.rules == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"kind": "outage", "service": "payment"}, "payments, warehouse, mailer, identity"),
        ({"kind": "earthquake", "service": "payments"}, "There is no fault 'earthquake'"),
        ({"kind": "error_rate", "service": "payments", "rate": 30}, "between 0 and 1"),
        ({"kind": "error_rate", "service": "payments", "rate": float("nan")}, "between 0 and 1"),
        ({"kind": "latency", "service": "payments", "seconds": -1}, "Seconds"),
        ({"kind": "outage", "service": "payments", "times": -1}, "times"),
        ({"kind": "outage", "service": "payments", "colour": "red"}, "colour"),
        ({"kind": "decline", "service": "mailer"}, "Only payments"),
        ({"kind": "script", "service": "mailer", "script": ["decline"]}, "Only payments"),
        ({"kind": "script", "service": "payments", "script": ["boom"]}, "cannot meet 'boom'"),
        ({"kind": "script", "service": "payments", "script": ["latency:soon"]}, "cannot meet 'latency:soon'"),
    ],
)
def test_a_wrong_setting_is_named(data: dict, says: str):
    with pytest.raises(BadRule) as caught:
        rule_from(data)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_made_of_valid_switches(name: str):
    text, rules = SCENARIOS[name]
    assert text
    assert all(not rule_from(rule).inert for rule in rules)


def test_a_hold_lets_calls_through_holds_the_next_and_is_off_when_released():
    made = book({"kind": "hold", "operation": "charge", "after": 2, "times": 1})
    held = [made.judge("payments", "charge", None)[0].held for _ in range(4)]
    assert [each is not None for each in held] == [False, False, True, False]
    assert held[2] is not None
    assert made.on(held[2].place)
    made.put(rule_from({"service": "payments", "kind": "hold", "operation": "charge", "times": 0}))
    assert not made.on(held[2].place)
    with pytest.raises(BadRule, match="after counts calls"):
        rule_from({"service": "payments", "kind": "hold", "after": -1})
