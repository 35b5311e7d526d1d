"""Exercise 7.4: the customer and the till get a voucher's code; they must get the same one."""

import asyncio
import re
import uuid
from typing import TYPE_CHECKING

from temporalio.client import WorkflowHistory

from course_lib.grading.chapters.ch07.replaying import HERE, completed, replays_alike
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Run
    from course_lib.replay import Replayed

_READERS = {"customer@example.com", "till@example.com"}
_SHORTEST, _POSSIBLE = 8, 10**5  # codes that there are for one order: five of eight drawn digits always show more
# Under the first one `workflow.random().randrange(10**8)` has six digits: a code without padding is short. No SDK may
# draw other numbers for a run id.
_RUN_IDS = ("93cce111-6813-4503-aa63-fc954b29558f", *(str(uuid.UUID(int=number, version=4)) for number in range(3)))
_CHANCE, _CLOCK = re.compile("random|secrets|uuid4"), re.compile(r"\btime(?:_ns)?\b|\bnow\b|uuid1")
_ADVICE = "draw the code with `workflow.random()` or `workflow.uuid4()`: seeded by the run, the same in every replay."


async def check_vouchers(bench: "Bench", voucher: "Code") -> None:
    """Three orders on a worker without a cache, so that each workflow task is a replay; read the mails.

    The first order must get other codes when it comes again: in replays under other run ids where the workflow draws,
    in real runs where an activity does, since its result is in the history.
    Two orders may come in two seconds, and of three that come at once two share one: a code that is made of the second
    is found out each time.
    """
    orders = [bench.unique("order") for _ in range(3)]
    async with bench.worker(voucher, env=HERE, max_cached_workflows=0):
        bench.did("a worker that keeps no run in its cache")
        handles = [await bench.start(voucher, order) for order in orders]
        runs = await asyncio.gather(*(bench.finish(handle) for handle in handles))
        mails = [bench.shop.table("mails", order_id=order) for order in orders]
        sent = runs[0].ids("ActivityTaskScheduled", "send")
        asked = [*runs[0].ids("ActivityTaskScheduled"), *runs[0].ids("MarkerRecorded")]
        drawn = bool(sent) and min(asked) >= sent[0]  # in the workflow
        times = 4 if not drawn and all(run.completed for run in runs) else 0
        handles = [await bench.start(voucher, orders[0], quiet=number > 0) for number in range(times)]
        again = await asyncio.gather(*(bench.finish(handle) for handle in handles))
    completed(bench, *runs, *again)
    bench.require(
        all(sorted(each["to"]) == sorted(_READERS) for each in mails),
        "customer and till get a mail for each order",
        expected=f"one to {' and one to '.join(sorted(_READERS))}",
        seen="; ".join(", ".join(each["to"]) or "none" for each in mails),
        events=sent or runs[0].last_event,
        next_step="keep the two calls of `send`, with the order's own ID in both letters."
        if len(runs[0].ids("ActivityTaskCompleted", "send")) >= len(sent)
        else "write `await` in front of each call of `send`: the run ended before the mails were sent.",
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
    bench.require(
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
        next_step="a fixed seed, a counter, and what is drawn once when the module is imported give several orders the "
        "same code, and so does the second in which they came: " + _ADVICE,
    )
    besides = [_under_another_id(run, id) for id in _RUN_IDS] if drawn else []
    replayed = await replays_alike(bench, voucher, *runs, besides=besides, advice=_ADVICE)
    own = [customer, *(str(each.result) for each in again), *filter(None, map(_end, replayed))]
    clock = _CLOCK.search(voucher.source) if again and not _CHANCE.search(voucher.source) else None
    bench.require(
        len(set(own)) > 1 and not clock,
        "chance draws it, not the order or its time",
        expected="another code when only the run's own seed is another",
        seen=f"`{clock[0]}`, and nothing that draws" if clock else "the same code for every run of this order",
        events=sent,
        next_step="who knows the order's ID and when it came can calculate this code: " + _ADVICE,
    )
    short = min(own, key=len)
    bench.expect(
        len(short) >= _SHORTEST and _possible(own) >= _POSSIBLE,
        "nobody can guess it",
        expected=f"eight characters or more, and more than {_POSSIBLE:,} possible codes for one order",
        seen=f"codes for one order: {', '.join(map(repr, own))}",
        events=run.last_event,
        next_step="make it eight characters each time: a format such as `:08d` keeps the zeros of a small number."
        if len(short) < _SHORTEST <= max(map(len, own))
        else "let chance draw all eight characters, each from ten or more: " + _ADVICE,
    )


def _end(replayed: "Replayed") -> str:
    """Return the code with which a replay ended; empty when it did not."""
    ends = [each.words for each in replayed.commands if each.kind == "CompleteWorkflowExecution"]
    return ends[0].partition(" with ")[2].strip("'") if ends else ""


def _under_another_id(run: "Run", id: str) -> WorkflowHistory:
    """Return the same history under another run id: it seeds another `workflow.random()`, and leaves all the rest."""
    other = WorkflowHistory.from_json(run.handle.id, run.history.to_json())
    other.events[0].workflow_execution_started_event_attributes.original_execution_run_id = id
    return other


def _possible(codes: list[str]) -> int:
    """Return how many codes there are, as these show: by the characters seen in the columns that are not all alike."""
    columns = {column for column in zip(*codes, strict=False) if len(set(column)) > 1}
    return int(len(set().union(*columns)) ** len(columns))


EXERCISE = Exercise(answers=("Voucher",), check=check_vouchers, early=False)
