"""Exercise 7.3: a setting of the worker changes overnight; orders on their way must keep what they have decided."""

import asyncio
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch07.replaying import completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run

_GOODS, _DEAR, _FEE = 3700, 5600, 490
_OLD, _NEW = {"FREE_FROM_CENTS": "3750"}, {"FREE_FROM_CENTS": str(_GOODS)}  # free *from* that amount


async def check_fees(bench: "Bench", charge_order: "Code") -> None:
    """Charge under the old setting, replay under the new one, charge under the new one."""
    before, dear, after = (bench.unique("order") for _ in range(3))
    async with bench.worker(charge_order, env=_OLD):
        handles = [await bench.start(charge_order, cents, id=id) for cents, id in ((_GOODS, before), (_DEAR, dear))]
        run, free = [await bench.finish(handle) for handle in handles]
    completed(bench, run, free)
    step = "charge the goods always, and the fee, by `charge_fee`, when the amount is below `FREE_FROM_CENTS`."
    _charged(bench, before, [_FEE, _GOODS], "with the old setting the fee is charged", run.last_event, step)
    step = "charge the fee only when the order's amount is below `FREE_FROM_CENTS`."
    _charged(bench, dear, [_DEAR], "an order above the setting has no fee", free.last_event, step)
    bench.did(f"the setting changes to {_GOODS}, and a new worker starts")

    async def new_order() -> "Run":
        async with bench.worker(charge_order, env=_NEW):
            return await bench.run(charge_order, _GOODS, id=after)

    # Both at once, for the learner's time; what is said of them keeps its order.
    beside = asyncio.create_task(new_order())
    try:
        advice = "decide by what an activity has returned: the history keeps that, whatever the setting says later."
        await replays_alike(bench, charge_order, run, env=_NEW, advice=advice)
        other = await beside
    finally:
        beside.cancel()
        await asyncio.wait([beside])
    completed(bench, other)
    step = (
        "read `FREE_FROM_CENTS` in an activity, for each order: a new order goes by the new setting, and one of that "
        "amount itself has no fee."
    )
    _charged(bench, after, [_GOODS], "with the new setting an order has no fee", other.last_event, step)


def _charged(
    bench: "Bench", order: str, wanted: list[int], label: str, events: tuple[int, ...], next_step: str
) -> None:
    amounts = sorted(int(amount) for amount in bench.shop.table("payments", order_id=order)["amount_cents"])
    if not amounts:
        next_step = "charge for the order: its ID is the workflow ID, `activity.info().workflow_id`."
    bench.require(
        amounts == wanted,
        label,
        expected=f"charges of {wanted}",
        seen=f"charges of {amounts}",
        events=events,
        next_step=next_step,
    )


EXERCISE = Exercise(answers=("ChargeOrder",), check=check_fees, early=False)
