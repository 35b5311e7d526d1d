"""Exercise 7.5: a set of texts is walked over; another process walks it in another order, and no error says so."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch07.replaying import ELSEWHERE, HERE, completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code

# A set of these is walked over the other way round in `ELSEWHERE` than in `HERE`: who sorts by what two of them have in
# common, the first letter for example, is found out.
_SKUS = ["cup", "tea", "kettle", "lamp", "tea", "coat", "cocoa", "cup"]
_WANTED = dict.fromkeys(_SKUS, 1)
_ADVICE = (
    "walk over something that has an order of its own: `sorted(set(…))`, or `dict.fromkeys(cart)`, which keeps "
    "each thing once, in the cart's order."
)


async def check_shelf(bench: "Bench", reserve_cart: "Code") -> None:
    """Reserve, kill the worker while the workflow waits, pay with a new one; compare the result with the table."""
    cart = bench.unique("cart")
    async with bench.worker(reserve_cart, env=HERE):
        handle = await bench.start(reserve_cart, _SKUS, id=cart)
        await bench.wait_until(
            handle,
            lambda events: (
                (events["type"] == "ActivityTaskCompleted").sum() >= len(_WANTED)
                and events["type"].iloc[-1] == "WorkflowTaskCompleted"
            ),
            "everything in the cart is reserved",
            next_step="ask for `reserve` once for each different thing in `cart`, then wait for `pay`.",
        )
    bench.did("kill -9 while it waits, a new worker, then `pay`")
    async with bench.worker(reserve_cart, env=ELSEWHERE):
        await handle.signal("pay")
        run = await bench.finish(handle)
    completed(bench, run)
    rows = bench.shop.table("reservations", order_id=cart)
    count = dict(Counter(rows["sku"]))
    # The shop knows a key that comes twice, so its table alone does not show who asks twice.
    asked = run.ids("ActivityTaskScheduled", "reserve")
    twice = len(asked) > len(_WANTED)
    bench.expect(
        count == _WANTED and not twice,
        "each thing is reserved once",
        expected=f"{len(_WANTED)} activities `reserve`" if twice else _WANTED,
        seen=f"{len(asked)} of them" if twice else count,
        events=asked,
        next_step="take out what the cart names twice, and nothing else.",
    )
    told: dict[str, Any] = run.result if isinstance(run.result, dict) else {}
    really = dict(zip(rows["sku"], rows["id"], strict=True))
    wrong = [sku for sku in really if told.get(sku) != really[sku]]
    bench.expect(
        not wrong,
        "every thing has its own reservation",
        expected="what the table `reservations` says",
        seen=f"{wrong[0]} has {told.get(wrong[0])!r}, which is another thing's: its own is {really[wrong[0]]}"
        if wrong
        else "it does",
        events=run.last_event,
        next_step=_ADVICE,
    )
    await replays_alike(bench, reserve_cart, run, advice=_ADVICE)


EXERCISE = Exercise(answers=("ReserveCart",), check=check_shelf, early=False)
