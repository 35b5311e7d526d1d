"""Exercise 2.1: the gateway books a charge and loses its answer; the payments table must show one charge."""

from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.bench import EAST, WEST
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Run

_SAME_FOR_ALL = (
    "give each order a key of its own, made from `order.id`: with one key for all of them the gateway takes the second "
    "order for a repetition of the first."
)


async def check_charge(bench: "Bench", checkout: "Code") -> None:
    """Check two orders out at once, one of which loses the gateway's first answer and then its worker, too."""
    base = bench.unique("order")
    lost, calm = f"{base}-1-01", f"{base}-2-01"  # a key made of a part of the id, or of the amount, is no order's own
    faults = bench.shop.faults
    # The order whose answer is lost meets a gateway that is down until another process takes over.
    faults.next_calls("payments", ["timeout", *["outage"] * 99], seconds=0.6, operation="charge", order_id=lost)
    faults.next_calls("payments", ["outage"], operation="charge", order_id=calm)
    async with bench.worker(checkout, env=WEST):
        # Workflow ids that are not the order ids: the key may come from either.
        amounts = {lost: 5300, calm: 5300}
        other_handle = await bench.start(checkout, {"id": calm, "amount_cents": amounts[calm]})
        # Not the first charge of its worker: the first one of the next gets no key that counts them.
        await bench.until(lambda: bool(len(bench.shop.table("requests"))), other_handle)
        handle = await bench.start(checkout, {"id": lost, "amount_cents": amounts[lost]})
        bench.did(
            "the gateway books the first charge of the first order and never answers; then the worker is killed, and "
            "the next attempt runs in another one"
        )
        plan = await attempts.require_asked(bench, handle, CORRECT, order=lost)
        bench.require(
            not plan.scarce,
            "the lost answer and an outage leave time for another attempt",
            expected="no limit, or at least 3 attempts and 60 s for all of them together",
            seen=" and ".join(plan.limits) or "no limit",
            events=(plan.event,),
            next_step="let Temporal retry: take the limit out. With the key the next attempt is harmless, and it "
            "brings the answer that was lost.",
        )
        other = await bench.finish(other_handle)
        await attempts.until(bench, handle, lambda now: now.failure)
    async with bench.worker(checkout, env=EAST):
        faults.off("script", "payments", operation="charge", order_id=lost)
        run = await bench.finish(handle)
    requests = bench.shop.table("requests", operation="charge")
    mine = requests[requests["order_id"] == lost]
    keys = [key or "" for key in mine["idempotency_key"]]
    calms = [key or "" for key in requests[requests["order_id"] == calm]["idempotency_key"]]
    both_alike = bool(set(keys) & set(filter(None, calms)))
    _ended(bench, run, other, both_alike, (await attempts.tried(handle)).final)
    for each, order in ((run, lost), (other, calm)):
        _tries(bench, each, requests[requests["order_id"] == order])
    charges = bench.shop.table("payments", kind="charge").set_index("order_id")
    bench.require(
        list(charges.index).count(lost) == 1 and list(charges.index).count(calm) == 1,
        "each order is charged once, although an answer was lost",
        expected="one row in `payments` for each",
        seen=f"{list(charges.index).count(lost)} charges of the first order, with the keys {_listed(keys)}",
        events=run.ids("ActivityTaskStarted"),
        next_step=_key_step(keys, calms),
    )
    bench.expect(
        dict(charges["amount_cents"]) == amounts,
        "each order's own amount is charged",
        expected=[amounts[lost], amounts[calm]],
        seen=[int(charges["amount_cents"][order]) for order in amounts],
        next_step="charge `order.amount_cents`, as it is.",
    )
    bench.expect(
        [run.result, other.result] == [charges["id"][lost], charges["id"][calm]],
        "the workflow returns the charge's id",
        expected=[charges["id"][lost], charges["id"][calm]],
        seen=[run.result, other.result],
        events=run.last_event,
        next_step="return what `ShopClient().charge(…)` returns: for a repeated key that is the first charge's id.",
    )


def _ended(bench: "Bench", run: "Run", other: "Run", both_alike: bool, final: bool) -> None:
    failed = run if not run.completed else other
    step = CORRECT
    if both_alike:
        step = _SAME_FOR_ALL
    elif not run.completed and final:
        step = "let Temporal retry: take out what forbids it. With the key the next attempt is harmless."
    bench.require(
        run.completed and other.completed,
        "both orders are checked out",
        expected="WorkflowExecutionCompleted as the last event of both",
        seen=failed.reason or "both completed",
        events=failed.last_event,
        next_step=step,
    )


def _tries(bench: "Bench", run: "Run", requests: "pd.DataFrame") -> None:
    started = run.events[run.events["type"] == "ActivityTaskStarted"]
    tries, last = len(requests), max(started["attempt"], default=0)
    if not tries:
        step = (
            "the first argument of `ShopClient().charge(…)` is `order.id`: the gateway saw no request for that order."
        )
    elif len(started) > 1:
        step = "let Temporal retry: one `execute_activity`, without a loop and without a limit on attempts."
    elif tries > last:
        step = (
            "make one request in each attempt: a second one inside the activity is a retry that Temporal does not "
            "see. Let the exception go on."
        )
    else:
        step = (
            "do not catch the shop's exception: a swallowed failure looks like success, and nobody ever learns "
            "whether the card was charged. Let it go on; the next attempt gets the answer."
        )
    bench.require(
        last > 1 and 1 < tries <= last,
        "each request is an attempt that Temporal knows, and it retries the failed ones",
        expected="a second attempt in the history, one request at the gateway for each",
        seen=f"{last} attempt(s), {tries} request(s)",
        events=run.ids("ActivityTaskStarted"),
        next_step=step,
    )


def _key_step(keys: list[str], calms: list[str]) -> str:
    """Return what to do about the keys.

    Args:
        keys: Those of the order that changed its worker.
        calms: Those of the order that had two attempts in one process.
    """
    if not any(keys):
        return "pass `idempotency_key=…` to `ShopClient().charge(…)`: the gateway saw requests without a key."
    if not all(keys):
        return "pass the key in *every* request, the first one too: that is the one whose answer may be lost."
    if len(calms) > 1 and len(set(calms)) == 1:
        return (
            "make the key from what stays the same, such as `order.id`: this one is another in each process, like "
            "Python's `hash` of a text, what a module draws or counts from its import on, and the local time."
        )
    return (
        "make the key from what stays the same, such as `order.id`: this one is made anew in every attempt, since "
        "each attempt runs the activity's code again."
    )


def _listed(keys: list[str]) -> str:
    return ", ".join(repr(key) if key else "none" for key in keys[:4])


EXERCISE = Exercise(answers=("Checkout",), check=check_charge, early=False)
