"""Exercise 1.1: a workflow of two steps, on a good day and with the payment service down."""

import ast
from typing import TYPE_CHECKING, Any

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.timers import limits, running
from course_lib.grading.verdict import CORRECT
from course_lib.waits.until import closed

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Run

_STEPS = ("charge_card", "ship_parcel")
_AMOUNT = 4200
_LIMIT = 4.0  # seconds
_EXECUTE = "`await workflow.execute_activity({0}, order, start_to_close_timeout=timedelta(seconds=4))`"


async def check_orders(bench: "Bench", workflow: "Code") -> None:
    """Run one order to its end and read history and tables; run one with payments down and look for a parcel."""
    good: dict[str, Any] = {"id": bench.unique("order"), "customer": "ada", "amount_cents": _AMOUNT}
    bad = {**good, "id": bench.unique("order")}
    async with bench.worker(workflow):
        async with (
            bench.shop.client() as shop
        ):  # so that the order's own ids are neither the shop's first ones nor alike
            await shop.ship(await shop.charge(bench.unique("order"), _AMOUNT))
            await shop.charge(bench.unique("order"), _AMOUNT)
        run = await bench.run(workflow, good)
        bench.require_completed(run, _stuck_step(run))
        for step in _STEPS:
            _ran(bench, run, step)
        _in_four_seconds(bench, run)
        _in_order(bench, run)
        _told(bench, run, good["id"])
        _promised(bench, workflow)
        await _shipment_fails(bench, workflow, {**good, "id": bench.unique("order")})
        await _payments_down(bench, workflow, bad)


def _stuck_step(run: "Run") -> str:
    if "Restricted" in run.reason and not run.ids("ActivityTaskScheduled"):
        return (
            f"hand each step to the server: {_EXECUTE.format('charge_card')}. A workflow that calls the function "
            "itself is stopped by the sandbox."
        )
    if "'dict' object has no attribute" in run.reason:
        return "say what arrives: `async def run(self, order: Order)`. Without the type hint the input stays a dict."
    return CORRECT


def _ran(bench: "Bench", run: "Run", step: str) -> None:
    asked = run.ids("ActivityTaskScheduled", step)
    done = run.ids("ActivityTaskCompleted", step)
    if not asked and attempts.local(run.history.events):
        seen, next_step = "a local activity", attempts.LOCAL
    elif not asked:
        seen = f"the history has no ActivityTaskScheduled for {step}, and the workflow completed"
        next_step = f"add the step: {_EXECUTE.format(step)}, before the `return`."
    elif not done:
        seen = f"{step} was asked for, but the workflow completed without its result"
        next_step = f"wait for {step} with `await` before you return: a closed workflow waits for nothing any more."
    else:
        seen = f"{len(asked)} times"
        next_step = f"call {step} once: the server retries a failed attempt by itself."
    bench.require(
        len(asked) == 1 and len(done) == 1,
        f"{step} runs once, to its end, before the workflow completes",
        expected=f"one ActivityTaskScheduled and one ActivityTaskCompleted for {step}",
        seen=seen,
        events=(*asked, *done) or run.last_event,
        next_step=next_step,
    )


def _in_four_seconds(bench: "Bench", run: "Run") -> None:
    # Who limits all attempts together to 4 s limits each one to that, too: the server fills it in.
    plans = {step: attempts.scheduled(run.history.events, step) for step in _STEPS}
    bench.expect(
        {(plan.one_try, min(plan.heartbeat or _LIMIT, _LIMIT)) for plan in plans.values()} == {(_LIMIT, _LIMIT)},
        "each step has 4 seconds",
        expected="ActivityTaskScheduled with a start_to_close_timeout of 4 s, twice",
        seen=", ".join(
            f"{step}: {plan.one_try:g} s" + f", {plan.heartbeat:g} s without a heartbeat" * bool(plan.heartbeat)
            for step, plan in plans.items()
        ),
        events=run.ids("ActivityTaskScheduled"),
        next_step="give both steps `start_to_close_timeout=timedelta(seconds=4)`"
        + (", and no `heartbeat_timeout`." if any(plan.heartbeat for plan in plans.values()) else "."),
    )
    ends = [limit for plan in plans.values() for limit in (*plan.limits, *map("no retry of {}".format, plan.final))]
    ends += limits(run.events)
    bench.require(
        not ends,
        "a failed attempt is always retried",
        expected="no limit on attempts, nor on all of them together, nor on the wait for a worker",
        seen=", ".join(ends) or "no limit",
        events=run.ids("ActivityTaskScheduled"),
        next_step="give `start_to_close_timeout`, which is for one attempt, and nothing that ends the retries.",
    )


def _in_order(bench: "Bench", run: "Run") -> None:
    (charged,) = run.ids("ActivityTaskCompleted", "charge_card")
    (asked,) = run.ids("ActivityTaskScheduled", "ship_parcel")
    (shipped,) = run.ids("ActivityTaskCompleted", "ship_parcel")
    first = run.ids("ActivityTaskScheduled", "charge_card")[0]
    swapped = shipped < first
    bench.require(
        charged < asked,
        "ship_parcel is asked for when the charge is done",
        expected="ActivityTaskCompleted of charge_card before ActivityTaskScheduled of ship_parcel",
        seen="the parcel left first" if swapped else "both steps were under way at the same time",
        events=(charged, asked),
        next_step="charge first, then ship: put the line with charge_card above the one with ship_parcel."
        if swapped
        else "`await` the charge on a line of its own, then start the shipment: together they may end in any order.",
    )


def _told(bench: "Bench", run: "Run", order_id: str) -> None:
    payments = bench.shop.table("payments", order_id=order_id)
    parcels = bench.shop.table("shipments", order_id=order_id)
    bench.expect(
        list(payments["amount_cents"]) == [_AMOUNT] and len(parcels) == 1,
        "the shop has one charge and one parcel for the order",
        expected=f"one row of {_AMOUNT} cents in payments, one row in shipments",
        seen=f"payments {list(payments['amount_cents'])}, parcels {len(parcels)}",
        next_step="hand the whole `order` to both activities, as you got it.",
    )
    wanted = {"order_id": order_id, "charge_id": _first(payments), "parcel_id": _first(parcels)}
    bench.expect(
        isinstance(run.result, dict) and {**run.result, **wanted} == run.result,  # fields of the learner's own are fine
        "the result is a Delivery with the order's, the charge's and the parcel's id",
        expected=wanted,
        seen=run.result,
        events=run.last_event,
        next_step=_result_step(run.result, wanted),
    )


def _first(table: "pd.DataFrame") -> str:
    return str(table["id"].iloc[0]) if len(table) else "?"


def _result_step(result: Any, wanted: dict[str, str]) -> str:
    if result is None:
        return "end `run` with `return Delivery(…)`: without it the result is null."
    if not isinstance(result, dict) or not set(wanted) <= set(result):
        return "return the dataclass: `return Delivery(order.id, charge_id, parcel_id)`."
    if {result[name] for name in wanted} == set(wanted.values()):
        return "keep Delivery's order: `Delivery(order.id, charge_id, parcel_id)`."
    if {**result, "order_id": wanted["order_id"]} == wanted:
        return "hand the order's own id to Delivery: `order.id`."
    return "keep what each `await workflow.execute_activity(…)` returns, and hand those ids to Delivery."


def _promised(bench: "Bench", workflow: "Code") -> None:
    tree = ast.walk(ast.parse(workflow.source))
    body = next(node.body for node in tree if isinstance(node, ast.ClassDef) and node.name == workflow.name)
    hints = [node.returns for node in body if isinstance(node, ast.AsyncFunctionDef) and node.name == "run"]
    said = "".join(ast.unparse(hint) for hint in hints if hint).strip("'\"")
    bench.expect(
        said in ("", "Delivery"),
        "a client that waits for the result gets a Delivery",
        expected="`async def run(self, order: Order) -> Delivery`",
        seen=f"-> {said}",
        next_step="say `-> Delivery`: the client makes of the result what this type hint says.",
    )


async def _payments_down(bench: "Bench", workflow: "Code", order: dict[str, Any]) -> None:
    bench.shop.faults.outage("payments")
    bench.shop.faults.hold("payments", after=1, operation="charge", order_id=order["id"])
    handle = await bench.start(workflow, order)
    bench.did("that with the payment service down")
    await bench.wait_for(
        lambda: bool((bench.shop.table("requests", order_id=order["id"])["operation"] == "charge").any()),
        "the charge is tried while the payment service is down",
        seen="the payment service was never called",
        next_step="charge first: nothing else may come before the money.",
    )

    async def decided() -> bool:
        # A look right behind the failed charge would come before the parcel that must not be there.
        events = await bench.events(handle)
        timed = bool(running(events)) or events["type"].iloc[-1] == "TimerFired"
        asked = bool(bench.ids(events, "ActivityTaskScheduled", "ship_parcel"))
        retried = "charge" in bench.shop.waiting(order["id"])
        return asked or await closed(handle) or (retried and not timed)

    await bench.wait_for(
        decided,
        "after the failed charge it is retried, or the order ends",
        seen="neither, and no parcel",
        next_step="let the failed charge stop the way to the shipment: `await` it, without a time limit of your own.",
    )
    await attempts.fail_for_good(bench, handle)  # what does the code do now?
    run = await bench.finish(handle)
    bench.did("and then a charge that fails for good")
    asked = run.ids("ActivityTaskScheduled", "ship_parcel")
    bench.require(
        not asked,
        "no parcel leaves while the charge fails",
        expected="no ActivityTaskScheduled for ship_parcel",
        seen="ship_parcel is asked for without a charge",
        events=asked,
        next_step="let the failed charge stop the way to the shipment: `await` it, and catch nothing.",
    )
    _no_delivery(bench, run)


async def _shipment_fails(bench: "Bench", workflow: "Code", order: dict[str, Any]) -> None:
    bench.shop.faults.hold("warehouse", operation="ship", order_id=order["id"])
    handle = await bench.start(workflow, order)
    bench.did("a shipment that fails for good")
    if await bench.until(lambda: "ship" in bench.shop.waiting(order["id"]), handle):
        await attempts.fail_for_good(bench, handle)
        _no_delivery(bench, await bench.finish(handle))


def _no_delivery(bench: "Bench", run: "Run") -> None:
    bench.expect(
        not run.completed,
        "no Delivery is returned when a step fails",
        expected="the step is retried, or the workflow ends without a result",
        seen="WorkflowExecutionCompleted, without a parcel",
        events=run.last_event,
        next_step="catch nothing: whoever gets a Delivery believes that a parcel is on its way. Temporal retries a "
        "failed attempt by itself.",
    )


EXERCISE = Exercise(answers=("OrderWorkflow",), check=check_orders)
