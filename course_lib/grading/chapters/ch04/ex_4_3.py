"""Exercise 4.3: the gateway loses a request and two answers; each missing article must be given back exactly once."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

_FIXTURES = Path(__file__).with_name("graded_shortage.py")
_PAID = 4200
_MUG, _MAT, _JUG = (f"hand-painted-porcelain-{what}-with-a-gilded-rim" for what in ("mug", "mat", "jug"))
_MISSING = {_MUG: 700, _MAT: 700, _JUG: 900}  # as long as each other, and they begin and end alike
# Two processes: each with another seed for Python's `hash`, and never with the same date.
_FIRST, _SECOND = {"PYTHONHASHSEED": "1", "TZ": "AAA12"}, {"PYTHONHASHSEED": "2", "TZ": "BBB-14"}
_REFUSED = "was used for another"
_SWALLOWED = "let the gateway's failure go on: a refund whose failure is swallowed is never retried."
_OTHER_INTENT = (
    "make the key name this one refund: two articles of one order, or the same article of two orders, must not share "
    "it. Take the charge *and* the article, in full."
)


async def check_shortage(bench: "Bench", give_back: "Code") -> None:
    """Give back three articles of one order, two of them at the same price, and one of each of two other orders."""
    unlucky, beside, other = orders = [bench.unique("order") for _ in range(3)]
    shop, faults = bench.shop.client(), bench.shop.faults
    charges = {order: await shop.charge(order, _PAID) for order in orders}
    # The first call is done and not answered. No other arrives until another process takes over.
    faults.next_calls("payments", ["timeout", *["outage"] * 99], seconds=0.1, order_id=unlucky)
    faults.next_calls("payments", ["latency:9"], order_id=other)  # its client gives up, and nothing is done
    articles = [(unlucky, _MUG), (unlucky, _MAT), (beside, _MUG), (unlucky, _JUG), (other, _MUG)]
    missing = [{"charge_id": charges[order], "sku": sku, "amount_cents": _MISSING[sku]} for order, sku in articles]
    async with bench.worker(give_back, extra=(_FIXTURES,), env=_FIRST):
        handle = await bench.start("GradedShortage", missing[:-2], quiet=True)
        asked = await bench.until(lambda: bool(_keys(bench, unlucky)), handle)
        goes_on = asked and (await attempts.until(bench, handle, lambda now: now.attempt > 2))[0]
        ended = None if goes_on else await bench.finish(handle)
    bench.did(
        "give_back for three articles of one order and one of each of two others; the gateway loses a request and two "
        "answers, and the worker is killed after the first"
    )
    faults.next_calls("payments", ["ok", "timeout"], seconds=0.1, order_id=unlucky)  # another answer is lost
    if ended is None or (asked and ended.completed):
        async with bench.worker(give_back, extra=(_FIXTURES,), env=_SECOND):
            # Its activities have the same IDs, the jug's that of the mug.
            later = await bench.start("GradedShortage", missing[-2:], quiet=True)
            run, last = await asyncio.gather(bench.finish(handle), bench.finish(later))
    else:
        run = last = ended
    bad = last if run.completed else run
    bench.require(
        bad.completed,
        "an attempt that fails is retried, and a retry works",
        expected="WorkflowExecutionCompleted",
        seen=bad.reason or "completed",
        events=bad.last_event,
        next_step=_step_failed(bad.reason),
    )
    told = [*run.result, *(last.result if asked else ())]
    payments = bench.shop.table("payments")
    refunds = payments[payments["kind"] == "refund"]
    wanted = {unlucky: list(_MISSING.values()), beside: [700], other: [700]}
    back = {order: [-int(cents) for cents in refunds["amount_cents"][refunds["order_id"] == order]] for order in orders}
    twice, lacking = (
        {order: Counter(one[order]) - Counter(two[order]) for order in orders}
        for one, two in ((back, wanted), (wanted, back))
    )
    refused = any(_REFUSED in str(answer) for answer in told)
    own = all(answer in [*refunds["id"]] for answer in told)
    intent = _OTHER_INTENT if own or refused else _SWALLOWED
    keys = _keys(bench, unlucky)
    for ok, label, step in (
        (
            back[other] or _REFUSED in str(told[-1]),
            "a refund whose request got lost is made after all",
            _SWALLOWED if asked else "call `shop.refund`, by charge and amount: `refund_order` gives back everything.",
        ),
        (
            all(cents in _MISSING.values() for found in back.values() for cents in found),
            "an article's own price is given back",
            "give back `missing.amount_cents` of this charge: the customer keeps the articles that were sent.",
        ),
        (not any(twice.values()), "no article is given back twice", _step_twice(keys, bool(twice[beside]))),
        (not lacking[unlucky], "each article of an order is a refund of its own", intent),
        (not any(lacking.values()), "an article of another order is a refund of its own", intent),
        (own, "the refund's ID is returned", "return what `refund` returns."),
    ):
        bench.require(
            bool(ok),
            label,
            expected=f"refunds in three orders: {_words(wanted)}",
            seen=f"refunds: {_words(back)}; returned: {', '.join(map(str, told))}",
            events=run.last_event,
            next_step=step,
        )


def _words(cents: dict[str, list[int]]) -> str:
    return "; ".join(", ".join(map(str, each)) or "nothing" for each in cents.values())


def _keys(bench: "Bench", order: str) -> list[str]:
    """Return the keys of the requests for refunds of an order."""
    return [key or "" for key in bench.shop.table("requests", operation="refund", order_id=order)["idempotency_key"]]


def _step_failed(reason: str) -> str:
    if "ShopTimeout" in reason or "ShopUnavailable" in reason:
        return "let a lost answer stay a failed attempt that is retried: the next one brings it."
    if "Header value" in reason:
        return "make the key a text, such as an f-string of the charge and the article."
    return CORRECT


def _step_twice(keys: list[str], both: bool) -> str:
    if both:
        return "call `refund` once: where no answer is lost, each call with a key of its own is a refund."
    if not all(keys):
        return "pass `idempotency_key=…` to `refund`: without a key, each attempt that arrives is a refund."
    if keys[:1] == keys[1:2]:  # the same article's, in the same process
        return (
            "make the key from the text of both: this one is another in each process or attempt, as `uuid4()` and "
            "Python's `hash` of a text are, or today's date."
        )
    return (
        "make the key from what is the same in every attempt: this one is made anew each time, so the gateway "
        "takes the second attempt for another refund."
    )


EXERCISE = Exercise(answers=("give_back",), check=check_shortage, early=False)
