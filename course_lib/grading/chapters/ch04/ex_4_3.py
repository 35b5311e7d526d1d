"""Exercise 4.3: two answers of the gateway get lost; each missing article must be given back exactly once."""

from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Run

_FIXTURES = Path(__file__).with_name("graded_shortage.py")
_PAID = 4200
_MISSING = {"spoon": 700, "mug": 700, "jug": 900}


async def check_shortage(bench: "Bench", give_back: "Code") -> None:
    """Give back three articles of one order, two of them at the same price, and one of another order."""
    unlucky, calm = bench.unique("order"), bench.unique("order")
    shop = bench.shop.client()
    charges = {order: await shop.charge(order, _PAID) for order in (unlucky, calm)}
    # The first call is done and not answered. No other arrives until another process takes over.
    faults = bench.shop.faults
    faults.next_calls("payments", ["timeout", *["outage"] * 99], seconds=0.1, order_id=unlucky)
    async with bench.worker(give_back, extra=(_FIXTURES,), env={"PYTHONHASHSEED": "1"}):
        handles = [
            await bench.start("GradedShortage", [_article(charges[order], sku) for sku in skus], quiet=True)
            for order, skus in ((unlucky, list(_MISSING)), (calm, ["mug"]))
        ]
        bench.did(
            "give_back for three articles of one order and one of another; the gateway loses two answers, and the "
            "worker is killed after the first"
        )
        other = await bench.finish(handles[1])
        await attempts.until(bench, handles[0], lambda now: now.attempt > 2)
    async with bench.worker(give_back, extra=(_FIXTURES,), env={"PYTHONHASHSEED": "2"}):
        faults.off("script", "payments", order_id=unlucky)
        faults.next_calls("payments", ["ok", "timeout"], seconds=0.1, order_id=unlucky)  # another answer is lost
        run = await bench.finish(handles[0])
    _judge(bench, run, bench.shop.table("payments", order_id=unlucky), list(_MISSING.values()), "")
    _judge(bench, other, bench.shop.table("payments", order_id=calm), [_MISSING["mug"]], ", also of another order")


def _article(charge: str, sku: str) -> dict[str, object]:
    return {"charge_id": charge, "sku": sku, "amount_cents": _MISSING[sku]}


def _judge(bench: "Bench", run: "Run", payments: "pd.DataFrame", wanted: list[int], where: str) -> None:
    refunds = payments[payments["kind"] == "refund"]
    back = [-int(amount) for amount in refunds["amount_cents"]]
    bench.expect(
        sorted(back) == sorted(wanted),
        f"each missing article is given back exactly once{where}",
        expected=f"refunds of {', '.join(map(str, wanted))}; ledger {_PAID - sum(wanted)}",
        seen=f"refunds of {', '.join(map(str, back)) or 'nothing'}; ledger {int(payments['amount_cents'].sum())}"
        + (f"; {run.reason}" if run.reason else ""),
        events=run.last_event,
        next_step=_step(bench, run, refunds, wanted),
    )
    bench.expect(
        run.completed,
        f"every refund gets its answer in the end{where}",
        expected="WorkflowExecutionCompleted",
        seen=run.reason or "completed",
        events=run.last_event,
        next_step="let a lost answer stay a failed attempt: the next one brings it."
        if not run.completed and "was used for another" not in run.reason
        else _other_intent(),
    )


def _step(bench: "Bench", run: "Run", refunds: "pd.DataFrame", wanted: list[int]) -> str:
    back = [-int(amount) for amount in refunds["amount_cents"]]
    keys = [key or "" for key in refunds["idempotency_key"]]
    if run.completed and not set(map(str, run.result)) <= set(refunds["id"]):
        return "let the gateway's failure go on: a refund whose failure is swallowed is never retried."
    if any(amount not in _MISSING.values() for amount in back):
        return "give back `missing.amount_cents` of this charge: the customer keeps the articles that were sent."
    if len(back) > len(wanted):
        if not all(keys):
            return "pass `idempotency_key=…` to `refund`: without a key, each attempt that arrives is a refund."
        asked = bench.shop.table("requests", operation="refund", order_id=refunds["order_id"].iloc[0])
        first, second = (*asked["idempotency_key"], None, None)[:2]  # the same article's, in the same process
        if first == second:
            return (
                "make the key from the text of both: this one is another in each process, as Python's `hash` of a text "
                "is, and so is what a module draws when it is imported."
            )
        return (
            "make the key from what is the same in every attempt: this one is made anew each time, so the gateway "
            "takes the second attempt for another refund."
        )
    return _other_intent()


def _other_intent() -> str:
    return (
        "make the key name this one refund: two articles of one order, or the same article of two orders, must not "
        "share it. Take the charge *and* the article."
    )


EXERCISE = Exercise(answers=("give_back",), check=check_shortage, early=False)
