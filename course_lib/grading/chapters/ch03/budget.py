"""Exercise 3.1: a policy within a budget. The plan is read from the history, what came of it from the shop's requests.

A busy machine makes pauses longer, never shorter: so the plan has to be exact, and a measured pause only long enough.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from course_lib.grading.chapters.ch03 import recorded
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench

_TRIES = 4
_PAUSES = [1.0, 2.0, 2.0]
_EARLY = 0.2  # seconds; the server's timers come up to a hundredth too early
_LONGEST = 10.0


async def check_budget(bench: "Bench", workflow: "Code") -> None:
    """Run two orders at once: one meets an outage without an end, the other one that is over after three tries."""
    down, back = bench.unique("order"), bench.unique("order")
    bench.shop.faults.outage("warehouse", order_id=down)
    bench.shop.faults.next_calls("warehouse", ["outage"] * (_TRIES - 1), order_id=back)
    async with bench.worker(workflow):
        handles = [await bench.start(workflow, {"id": order}) for order in (down, back)]
        bench.did("the warehouse is down for good for the first, for three tries for the second")
        await recorded.over(
            handles,
            _LONGEST,
            lambda number: number == 0 and len(bench.shop.table("requests", order_id=down)) > _TRIES,
        )
        plan = await recorded.asked(handles[0])
        ended = (await handles[0].describe()).close_time is not None
        run, other = await asyncio.gather(*(bench.finish(handle) for handle in handles))
    bench.require(
        plan.event > 0,
        "the activity is called",
        expected="ActivityTaskScheduled",
        seen=run.reason or "no activity",
        events=run.last_event,
        next_step="correct the line that is named; only the policy is to be edited.",
    )
    arrived = bench.shop.table("requests", order_id=down)["created_at"]
    measured = [round(pause, 2) for pause in arrived.diff().dt.total_seconds().iloc[1:].tolist()]
    bench.expect(
        len(arrived) == _TRIES and ended and plan.tries == _TRIES,
        "after four tries it is over",
        expected="4 requests at the warehouse, as the policy says",
        seen=f"{_requests(len(arrived))}{'' if ended else ', and still trying'}; "
        f"the policy says {f'{plan.tries} tries' if plan.tries else 'nothing'}",
        events=run.ids("ActivityTaskStarted") or (plan.event,),
        next_step=_tries_step(plan, len(arrived)),
    )
    _planned(bench, plan, measured)
    bench.expect(
        all(pause >= wanted - _EARLY for pause, wanted in zip(measured, plan.pauses(len(measured)), strict=True)),
        "the pauses at the warehouse are those of the policy",
        expected=f"at least {_listed(plan.pauses(len(measured)))}",
        seen=_listed(measured),
        events=(plan.event,),
        next_step="leave the trying to the policy: one call of `execute_activity`, no loop.",
    )
    _ends(bench, run, other, ended, back)


def _planned(bench: "Bench", plan: recorded.Asked, measured: list[float]) -> None:
    pauses = plan.pauses(3)
    shown = f"planned {_listed(pauses)}; measured {_listed(measured) if measured else 'none'}"
    bench.expect(
        pauses[0] == _PAUSES[0],
        "the first pause is one second",
        expected="1 s",
        seen=shown,
        events=(plan.event,),
        next_step="set `initial_interval=timedelta(seconds=1)`."
        + (" The server would make about a second of it anyway: say what you mean." if pauses[0] < 1 else ""),
    )
    bench.expect(
        plan.first > 0 and pauses[1] == 2 * pauses[0],
        "the second pause is twice as long as the first",
        expected="2 s",
        seen=shown,
        events=(plan.event,),
        next_step="let the pauses grow: `backoff_coefficient=2` doubles each, `maximum_interval` must not cut it off.",
    )
    bench.expect(
        pauses[2] <= _PAUSES[2],
        "no pause is longer than two seconds",
        expected="2 s at most",
        seen=shown,
        events=(plan.event,),
        next_step="cap the pauses with `maximum_interval=timedelta(seconds=2)`: without it the third is 4 s.",
    )


def _tries_step(plan: recorded.Asked, requests: int) -> str:
    if 0 < plan.tries < requests:
        return "leave the trying to the policy: one call of `execute_activity`, no loop."
    if plan.tries == _TRIES:
        return "leave the trying to the policy: one call of `execute_activity`, and no other timeout that ends it."
    if plan.tries == 0:
        limit = " A timeout counts seconds, not tries." if plan.everything else ""
        return f"limit the tries with `maximum_attempts=4`: 0 means without end.{limit}"
    return f"`maximum_attempts` counts all tries, the first one too: {plan.tries} made {_requests(requests)}."


def _ends(bench: "Bench", run: Any, other: Any, ended: bool, back: str) -> None:
    bench.expect(
        ended and not run.completed,
        "when no try is left, the workflow fails",
        expected="WorkflowExecutionFailed",
        seen=f"completed with {run.result!r}" if run.completed else run.reason,
        events=run.last_event,
        next_step="do not catch the `ActivityError`: a workflow without a reservation must not look completed."
        if run.completed
        else "limit the tries: the customer waits for an answer.",
    )
    reserved = set(bench.shop.table("reservations", order_id=back)["id"])
    bench.expect(
        other.completed and other.result in reserved,
        "an order whose warehouse comes back in time is reserved",
        expected="the reservation's id, from the fourth try",
        seen=repr(other.result) if other.completed else other.reason,
        events=other.last_event,
        next_step="allow four tries: this order's fourth one succeeds.",
    )


def _requests(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'}"


def _listed(pauses: list[float]) -> str:
    return ", ".join(f"{pause:g}" for pause in pauses) + " s"


EXERCISE = Exercise(
    id="3.1",
    title="Within a budget",
    minutes=8,
    difficulty=1,
    answers=("ReserveInBudget",),
    hints=(
        "Four tries have three pauses between them. How long is each to be, and which field says so?",
        "Three fields of `RetryPolicy` differ from what the stub leaves out or says: `maximum_interval` caps the third "
        "pause, `maximum_attempts` counts every try. The first pause and the growth have the right defaults.",
        "```python\nPOLICY = RetryPolicy(\n    initial_interval=timedelta(seconds=1),\n    backoff_coefficient=2,\n"
        "    maximum_interval=timedelta(seconds=2),\n    maximum_attempts=4,\n)\n```",
    ),
    why=(
        "The first two fields are the defaults, written down because somebody will read them as a promise to the "
        "warehouse. The cap makes the third pause 2 s instead of 4. `maximum_attempts` counts the first try too, so "
        "four tries make 1 + 2 + 2 = 5 seconds and an answer. A policy plans for the *outage that ends*; the limit is "
        "for the customer who waits."
    ),
    check=check_budget,
)
