"""Exercise 3.2: a declined card is final, an outage is not; the gateway's requests are counted."""

import asyncio
from typing import TYPE_CHECKING

from course_lib.grading.chapters.ch03 import recorded
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench
    from course_lib.grading.evidence import Run

_TYPE = "CardDeclined"
_LONGEST = 9.0


async def check_declined(bench: "Bench", workflow: "Code") -> None:
    """Run two orders at once: one card is declined, the other meets a gateway that is down for two calls."""
    declined, later = bench.unique("order"), bench.unique("order")
    bench.shop.faults.decline(order_id=declined)
    bench.shop.faults.next_calls("payments", ["outage", "outage"], order_id=later)
    async with bench.worker(workflow):
        handles = [await bench.start(workflow, {"id": order, "amount_cents": 4200}) for order in (declined, later)]
        bench.did("the first card is declined; for the second order the gateway is down for two calls")
        await recorded.over(
            handles,
            _LONGEST,
            lambda number: number == 0 and len(bench.shop.table("requests", order_id=declined)) > 1,
        )
        types = await recorded.end_types(handles[0])
        run, other = await asyncio.gather(*(bench.finish(handle) for handle in handles))
    tries = len(bench.shop.table("requests", order_id=declined))
    bench.require(
        tries > 0,
        "the gateway is asked",
        expected="a request to charge",
        seen=run.reason or f"completed with {run.result!r}",
        events=run.last_event,
        next_step="let the workflow call `charge` as the cell did.",
    )
    bench.expect(
        tries == 1,
        "a declined card costs one request",
        expected="1 request at the gateway",
        seen=f"{tries} requests",
        events=run.ids("ActivityTaskStarted") or run.ids("ActivityTaskScheduled"),
        next_step='name the failure\'s type, letter by letter: `non_retryable_error_types=["CardDeclined"]`. The '
        "server knows no classes, so the name of a base class matches nothing. Or raise it in the activity with "
        "`non_retryable=True`.",
    )
    _failed(bench, run, types)
    _retried(bench, other, later)


def _failed(bench: "Bench", run: "Run", types: list[str]) -> None:
    if run.completed:
        step = "let the failure through: a workflow that completes tells everybody that the customer has paid."
    elif not types:
        step = (
            "let the `ActivityError` through, or raise an `ApplicationError`: any other exception in a workflow is "
            "taken for a bug, and the workflow does not fail but gets stuck."
            if run.ids("WorkflowTaskFailed")
            else "make the declined card final, and let its failure through."
        )
    else:
        step = f'keep the type: `raise ApplicationError("…", type="{_TYPE}", non_retryable=True)`.'
    bench.expect(
        _TYPE in types,
        "the workflow fails, and says that the card was declined",
        expected=f"WorkflowExecutionFailed with a failure of type {_TYPE}",
        seen=f"completed with {run.result!r}" if run.completed else " ← ".join(types) or run.reason,
        events=run.last_event,
        next_step=step,
    )


def _retried(bench: "Bench", run: "Run", order: str) -> None:
    tries = len(bench.shop.table("requests", order_id=order))
    charges = list(bench.shop.table("payments", order_id=order)["id"])
    bench.expect(
        run.completed and tries == 3,
        "an outage is retried until the charge succeeds",
        expected="3 requests, completed",
        seen=f"{tries} request{'s' if tries != 1 else ''}, {'completed' if run.completed else run.reason}",
        events=run.ids("ActivityTaskStarted") or run.last_event,
        next_step="make only the declined card final: `maximum_attempts=1`, or `non_retryable` for every error, gives "
        "an order up that the next try would have charged.",
    )
    bench.expect(
        run.completed and run.result in charges and len(charges) == 1,
        "the charge's id is returned, and there is one charge",
        expected="one charge",
        seen=f"{run.result!r}, charges {charges}",
        events=run.last_event,
        next_step="return what `charge` returns.",
    )


EXERCISE = Exercise(
    id="3.2",
    title="Declined is final",
    minutes=8,
    difficulty=2,
    answers=("PayOnce",),
    hints=(
        "Two failures reach the server. What distinguishes them there, where no Python class exists?",
        "The type is the class's name. Either the policy lists it in `non_retryable_error_types`, or the activity "
        "catches `CardDeclined` and raises an `ApplicationError` with that type and `non_retryable=True`.",
        '```python\npolicy = RetryPolicy(backoff_coefficient=1, non_retryable_error_types=["CardDeclined"])\n```',
    ),
    why=(
        "The type `CardDeclined` is the one failure that the next try cannot mend, so only that name is listed. "
        "Everything else, outages and timeouts, keeps its retries. Said in the policy, the decision is the caller's: "
        "another workflow may treat the same failure otherwise. Said in the activity with `non_retryable=True`, it "
        "holds for every caller. Nothing is caught in the workflow: the failure with its type is the answer."
    ),
    check=check_declined,
)
