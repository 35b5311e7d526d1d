"""Exercise 7.4: the customer and the till get a voucher's code; they must get the same one."""

import asyncio
import uuid
from typing import TYPE_CHECKING

from temporalio.client import WorkflowHistory

from course_lib.grading.chapters.ch07.replaying import HERE, completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run
    from course_lib.replay import Replayed

_READERS = {"customer@example.com", "till@example.com"}
_SHORTEST, _FREE = 8, 5  # of eight drawn digits, three codes have fewer than five columns once in a million checks
_ADVICE = "draw the code with `workflow.random()` or `workflow.uuid4()`: seeded by the run, the same in every replay."


async def check_vouchers(bench: "Bench", voucher: "Code") -> None:
    """Three orders on a worker without a cache, so that each workflow task is a replay; read the mails.

    What an activity has drawn is in the history, so the first order comes once more: it must get another code.
    Two orders may come in two seconds, and of three that come at once two share one: a code that is made of the second
    is found out each time.
    """
    orders = [bench.unique("order") for _ in range(3)]
    async with bench.worker(voucher, env=HERE, max_cached_workflows=0):
        bench.did("a worker that keeps no run in its cache")
        handles = [await bench.start(voucher, order) for order in orders]
        runs = await asyncio.gather(*(bench.finish(handle) for handle in handles))
        completed(bench, *runs)
        mails = [bench.shop.table("mails", order_id=order) for order in orders]
        sent = runs[0].ids("ActivityTaskScheduled", "send")
        asked = [*runs[0].ids("ActivityTaskScheduled"), *runs[0].ids("MarkerRecorded")]
        drawn = bool(sent) and min(asked) >= sent[0]  # in the workflow
        again = [] if drawn else [await bench.run(voucher, orders[0])]
    if again:
        completed(bench, *again)
    bench.require(
        all(sorted(each["to"]) == sorted(_READERS) for each in mails),
        "customer and till get a mail for each order",
        expected=f"one to {' and one to '.join(sorted(_READERS))}",
        seen="; ".join(", ".join(each["to"]) or "none" for each in mails),
        events=sent or runs[0].last_event,
        next_step="keep the two calls of `send`, with the order's own ID in both letters.",
    )
    told = [list(each["subject"]) for each in mails]
    (customer, till), run = told[0], runs[0]
    bench.require(
        all(len(set(codes)) == 1 for codes in told),
        "customer and till know the same code",
        expected="one code",
        seen=f"{customer!r} for the customer, {till!r} for the till",
        events=run.ids("ActivityTaskScheduled"),
        next_step="draw the code once, before the two letters, with `workflow.random()` or `workflow.uuid4()`: each "
        "replay of that line gives the same again. The mail's subject is the code alone.",
    )
    bench.expect(
        run.result == customer,
        "the workflow returns this code",
        expected=customer,
        seen=run.result,
        events=run.last_event,
        next_step="end with `return code`: the very code that is in the mails.",
    )
    bench.require(
        len({codes[0] for codes in told}) == len(orders),
        "no other order has this code",
        expected=f"{len(orders)} orders, {len(orders)} codes",
        seen=", ".join(repr(codes[0]) for codes in told),
        events=run.last_event,
        next_step="a fixed seed or a counter gives each order the same code, and so does the second in which it came: "
        + _ADVICE,
    )
    bench.expect(
        len(customer) >= _SHORTEST and _free([codes[0] for codes in told]) >= _FREE,
        "nobody can guess it",
        expected="eight characters or more, drawn one by one",
        seen=", ".join(repr(codes[0]) for codes in told),
        events=run.last_event,
        next_step="let chance draw all eight digits: " + _ADVICE,
    )
    besides = [_under_another_id(run)] if drawn else []
    replayed = await replays_alike(bench, voucher, *runs, besides=besides, advice=_ADVICE)
    bench.expect(
        all(other.result != run.result for other in again) and all(map(_other, replayed)),
        "chance draws it, not the order",
        expected="another code when only the run's own seed is another",
        seen="the same code for every run of this order at this time",
        events=sent,
        next_step="who knows the order's id and when it came can calculate this code: " + _ADVICE,
    )


def _other(replayed: "Replayed") -> bool:
    return bool(replayed.other_values) or not replayed.agrees


def _under_another_id(run: "Run") -> WorkflowHistory:
    """Return the same history under another run id: it seeds another `workflow.random()`, and leaves all the rest."""
    other = WorkflowHistory.from_json(run.handle.id, run.history.to_json())
    other.events[0].workflow_execution_started_event_attributes.original_execution_run_id = str(uuid.uuid4())
    return other


def _free(codes: list[str]) -> int:
    """Return how many columns of the codes are different ones: not a part that all have, nor one digit repeated."""
    return len({column for column in zip(*codes, strict=False) if len(set(column)) > 1})


EXERCISE = Exercise(answers=("Voucher",), check=check_vouchers, early=False)
