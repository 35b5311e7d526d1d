"""Exercise 7.5: a set of texts is walked over; another process walks it in another order, and no error says so."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch07.replaying import ELSEWHERE, HERE, cure, replays_alike
from course_lib.grading.endings import Failing
from course_lib.grading.exercises import Exercise
from course_lib.waits import Stuck

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code
    from course_lib.grading.evidence import Handle

# A set of these is walked over the other way round in `ELSEWHERE` than in `HERE`: who sorts by what two of them have in
# common, the first letter for example, is found out. One more than the notebook's cart has, and one with a capital.
_SKUS = ["cup", "tea", "kettle", "lamp", "tea", "coat", "Coaster", "cocoa", "cup"]
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
        if not await bench.until(partial(_reserved, bench, handle), handle):
            await _not_reserved(bench, handle)
    bench.did("kill -9 while it waits, a new worker, then `pay`")
    async with bench.worker(reserve_cart, env=ELSEWHERE):
        await handle.signal("pay")
        run = await bench.finish(handle)
    handled = "@workflow.signal" in reserve_cart.source
    step = "let `pay` set `self.paid = True`" if handled else "write `@workflow.signal` above `def pay`"
    unheard = f"{step}: the signal came, and the workflow still waits."
    bench.require_completed(run, unheard if "waits for" in run.reason else cure(run.reason))
    rows = bench.shop.table("reservations", order_id=cart)
    count = dict(Counter(rows["sku"]))
    # The shop knows a key that comes twice, so its table alone does not show who asks twice.
    asked = run.ids("ActivityTaskScheduled", "reserve")
    twice = count == _WANTED and len(asked) > len(_WANTED)
    bench.require(
        count == _WANTED and not twice,
        "each thing is reserved once",
        expected=f"{len(_WANTED)} activities `reserve`" if twice else _WANTED,
        seen=f"{len(asked)} of them" if twice else count,
        events=asked,
        next_step="reserve for this cart: its ID is the workflow ID, `activity.info().workflow_id`."
        if not count
        else "go by `cart`: reserve all that it names, each thing once, and nothing else.",
    )
    told: dict[str, Any] = run.result if isinstance(run.result, dict) else {}
    really = dict(zip(rows["sku"], rows["id"], strict=True))
    wrong = next(
        (f"{sku} has {told.get(sku)!r}, its own is {really[sku]!r}" for sku in really if told.get(sku) != really[sku]),
        "",
    )
    shown = f"{wrong}. " if wrong and told else ""
    await replays_alike(bench, reserve_cart, run, advice=_ADVICE, shown=shown)
    bench.expect(
        told == really,
        "every thing has its own reservation",
        expected="what the table `reservations` says",
        seen=shown or repr(run.result),
        events=run.last_event,
        next_step="keep what `reserve` returned for this thing: `shelf[sku] = await …`."
        if told
        else "end with `return shelf`.",
    )


async def _reserved(bench: "Bench", handle: "Handle") -> bool:
    """Return whether the run has all it needs, and waits."""
    types = (await bench.events(handle))["type"]
    done = types.isin(["ActivityTaskCompleted", "MarkerRecorded"]).sum()  # the latter of a local activity
    return done >= len(_WANTED) and types.iloc[-1] in ("WorkflowTaskCompleted", "MarkerRecorded")


async def _not_reserved(bench: "Bench", handle: "Handle") -> None:
    run = await bench.finish(handle, alone=True)
    all_of_it = len(run.ids("ActivityTaskCompleted", "reserve")) >= len(_WANTED)
    step = "ask for `reserve`, with `await`, once for each different thing in `cart`, then wait for `pay`."
    if all_of_it and not isinstance(run.error, Stuck):
        step = "wait for `pay`, and for nothing else: `await workflow.wait_condition(lambda: self.paid)`."
    bench.require(
        False,
        "everything in the cart is reserved, and the workflow waits",
        expected=f"{len(_WANTED)} activities have completed, and no event comes after that",
        seen=run.reason or "the workflow completed",
        events=run.last_event,
        next_step=cure(run.reason) if isinstance(run.error, Failing) else step,
    )


EXERCISE = Exercise(answers=("ReserveCart",), check=check_shelf, early=False)
