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

_FREE = 5  # that four of eight drawn digits are the same in three codes comes once in 20 million checks
_ADVICE = "draw the code with `workflow.random()` or `workflow.uuid4()`: seeded by the run, the same in every replay."


async def check_vouchers(bench: "Bench", voucher: "Code") -> None:
    """Three orders on a worker without a cache, so that each workflow task is a replay; read the mails.

    Two orders may come in two seconds, and of three that come at once two share one: a code that is made of the second
    is found out each time.
    """
    orders = [bench.unique("order") for _ in range(3)]
    async with bench.worker(voucher, env=HERE, max_cached_workflows=0):
        bench.did("a worker that keeps no run in its cache")
        handles = [await bench.start(voucher, order) for order in orders]
        runs = await asyncio.gather(*(bench.finish(handle) for handle in handles))
    completed(bench, *runs)
    told = [list(bench.shop.table("mails", order_id=order)["subject"]) for order in orders]
    bench.require(
        all(len(codes) == 2 for codes in told),
        "customer and till get a mail for each order",
        expected="2 mails",
        seen=" and ".join(f"{len(codes)} mails" for codes in told),
        next_step="keep the two calls of `send`.",
    )
    (customer, till), run = told[0], runs[0]
    bench.require(
        all(len(set(codes)) == 1 for codes in told),
        "customer and till know the same code",
        expected="one code",
        seen=f"{customer!r} for the customer, {till!r} for the till",
        events=run.ids("ActivityTaskScheduled"),
        next_step=_ADVICE,
    )
    bench.expect(
        run.result == customer,
        "the workflow returns this code",
        expected=customer,
        seen=run.result,
        events=run.last_event,
        next_step=_ADVICE,
    )
    bench.expect(
        len({codes[0] for codes in told}) == len(orders),
        "no other order has this code",
        expected=f"{len(orders)} orders, {len(orders)} codes",
        seen=", ".join(repr(codes[0]) for codes in told),
        events=run.last_event,
        next_step="a fixed seed gives every order the same code, and so does the second in which they came: " + _ADVICE,
    )
    bench.expect(
        len(customer) >= 6 and _free([codes[0] for codes in told]) >= _FREE,
        "nobody can guess it",
        expected="six characters or more that are others in each code",
        seen=", ".join(repr(codes[0]) for codes in told),
        events=run.last_event,
        next_step="keep the eight digits: " + _ADVICE,
    )
    sent = run.ids("ActivityTaskScheduled", "send")
    asked = [*run.ids("ActivityTaskScheduled"), *run.ids("MarkerRecorded")]
    drawn = bool(sent) and min(asked) >= sent[0]  # in the workflow: what an activity has drawn is in the history
    others = [_under_another_id(run)] if drawn else []
    for replayed in await replays_alike(bench, voucher, *runs, besides=others, advice=_ADVICE):
        _by_chance(bench, replayed, sent)


def _under_another_id(run: "Run") -> WorkflowHistory:
    """Return the same history under another run id: it seeds another `workflow.random()`, and leaves all the rest."""
    other = WorkflowHistory.from_json(run.handle.id, run.history.to_json())
    other.events[0].workflow_execution_started_event_attributes.original_execution_run_id = str(uuid.uuid4())
    return other


def _by_chance(bench: "Bench", replayed: "Replayed", sent: tuple[int, ...]) -> None:
    """Look whether the code is made of what anybody may know: the order's id, and when it came."""
    bench.expect(
        bool(replayed.other_values) or not replayed.agrees,
        "chance draws it, not the order",
        expected="another code when only the run's own seed is another",
        seen="the same code for every run of this order at this time" if not replayed.other_values else "another one",
        events=sent,
        next_step="who knows the order's id and when it came can calculate this code: " + _ADVICE,
    )


def _free(codes: list[str]) -> int:
    """Return how many characters of a code are not the same in all of them, at its beginning or its end."""
    alike = [len(set(characters)) == 1 for characters in zip(*codes, strict=False)]
    begin = next((place for place, same in enumerate(alike) if not same), len(alike))
    end = next((place for place, same in enumerate(reversed(alike)) if not same), 0)
    return max(len(codes[0]) - begin - end, 0)


EXERCISE = Exercise(answers=("Voucher",), check=check_vouchers, early=False)
