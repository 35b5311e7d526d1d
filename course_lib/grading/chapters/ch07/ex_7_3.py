"""Exercise 7.3: a setting of the worker changes overnight; orders on their way must keep what they have decided."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from temporalio.service import RPCError

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run
    from course_lib.grading.evidence import Handle

_GOODS, _DEAR, _FEE = 3749, 4400, 490  # both below the 5000 that the code has as its default
_OLD, _NEW = {"FREE_FROM_CENTS": "3750"}, {"FREE_FROM_CENTS": str(_GOODS)}  # free *from* that amount


async def check_fees(bench: "Bench", charge_order: "Code") -> None:
    """Charge under the old setting, replay under the new one, charge under the new one, and under none."""
    before, dear, after, unset = (bench.unique("order") for _ in range(4))
    bench.shop.faults.hold("payments", order_id=before)
    async with bench.worker(charge_order, env=_OLD):
        handles = [await bench.start(charge_order, _GOODS, id=before), await bench.start(charge_order, _DEAR, id=dear)]
        await bench.until(lambda: _goods_first(bench, handles[0]), handles[0])
        bench.shop.faults.release("payments", order_id=before)
        run, free = [await bench.finish(handle) for handle in handles]
    completed(bench, run, free)
    step = "charge the goods always, and the fee, by `charge_fee`, when the amount is below `FREE_FROM_CENTS`."
    _charged(bench, [_FEE, _GOODS], "with the old setting the fee is charged", step, run)
    step = "charge the fee only when the amount is below it: read `FREE_FROM_CENTS` in an activity, for each order."
    _charged(bench, [_DEAR], "an order above the setting has no fee", step, free)
    bench.did(f"the setting changes to {_GOODS}, and a new worker starts")

    async def new_orders() -> "list[Run]":
        async with bench.worker(charge_order, env=_NEW):
            first = await bench.run(charge_order, _GOODS, id=after)
        async with bench.worker(charge_order):
            return [first, await bench.run(charge_order, _DEAR, id=unset)]

    # Both at once, for the learner's time; what is said of them keeps its order.
    beside = asyncio.create_task(new_orders())
    try:
        advice = "decide by what an activity has returned: the history keeps that, whatever the setting says later."
        await replays_alike(bench, charge_order, run, free, env=_NEW, advice=advice)
        other, plain = await beside
    finally:
        beside.cancel()
        await asyncio.wait([beside])
    completed(bench, other, plain)
    step = (
        "read `FREE_FROM_CENTS` in an activity, for each order: a new order goes by the new setting, and one of that "
        "amount itself has no fee."
    )
    _charged(bench, [_GOODS], "with the new setting an order has no fee", step, other)
    step = 'leave the default in: `os.environ.get("FREE_FROM_CENTS", "5000")`.'
    _charged(bench, [_FEE, _DEAR], "without a setting the limit is 5000", step, plain)


async def _goods_first(bench: "Bench", handle: "Handle") -> bool:
    """Whether a run waits for one charge alone, or has ended; of two at once the goods are answered first.

    So a fee that nobody waits for is still under way when its run ends.
    """
    described = await handle.describe()
    raw = described.raw_description
    asked = {each.activity_type.name: each.activity_id for each in raw.pending_activities}
    if len(asked) == 2 and "charge" in asked:
        goods = bench.client.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id=asked["charge"])
        with contextlib.suppress(RPCError):  # no Worker has it yet
            await goods.complete("ch_0")
        return False
    waits = len(asked) == 1 and {"charge", "charge_fee"} & set(asked) and not raw.HasField("pending_workflow_task")
    return described.close_time is not None or bool(waits)


def _charged(bench: "Bench", wanted: list[int], label: str, next_step: str, *runs: "Run") -> None:
    for run in runs:  # the first that is not as it should be, or the last
        payments = bench.shop.table("payments", order_id=run.handle.id)
        if (amounts := sorted(int(amount) for amount in payments["amount_cents"])) != wanted:
            break
    if not amounts:
        next_step = "charge for the order: its ID is the workflow ID, `activity.info().workflow_id`."
    left = run.ids("ActivityTaskScheduled", "charge_fee") and not run.ids("ActivityTaskCompleted", "charge_fee")
    if left:
        next_step = "write `await` in front of the call of `charge_fee`: the run ended before the fee was charged."
    bench.require(
        amounts == wanted and not left,
        label,
        expected=f"charges of {wanted}",
        seen=f"charges of {amounts}" + ", and the run ended before `charge_fee` did" * bool(left),
        events=run.last_event,
        next_step=next_step,
    )


EXERCISE = Exercise(answers=("ChargeOrder",), check=check_fees, early=False)
