"""Exercise 3.2: a declined card is final, an outage is not; the gateway's requests are counted."""

from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle, Run
    from course_lib.grading.attempts import Asked, Tried

_TYPE = "CardDeclined"
_FAR_OFF = 3600.0  # seconds; whoever puts the next attempt off for so long means that there is none
_TYPE_STEP = (
    'name the failure\'s type, letter by letter: `non_retryable_error_types=["CardDeclined"]`. The server knows no '
    "classes, so the name of a base class matches nothing. Or raise it in the activity with `non_retryable=True`."
)


async def check_declined(bench: "Bench", workflow: "Code") -> None:
    """Run two orders at once: one card is declined, the other meets a gateway that is down for two calls."""
    declined, later = bench.unique("order"), bench.unique("order")
    bench.shop.faults.decline(order_id=declined)
    bench.shop.faults.next_calls("payments", ["outage", "outage"], order_id=later)
    async with bench.worker(workflow):
        handles = [await bench.start(workflow, {"id": order, "amount_cents": 4200}) for order in (declined, later)]
        bench.did("the first card is declined; for the second order the gateway is down for two calls")
        await _not_again(bench, handles[0], declined)
        run = await bench.finish(handles[0])
        types = await attempts.failed_with(handles[0])
        once = _once(bench, run, await attempts.tried(handles[0]), len(_requests(bench, declined)))
        if _failed(bench, run, types) and once:
            _retried(bench, await bench.finish(handles[1]), later)
            _without_end(bench, await attempts.asked(handles[1]))


async def _not_again(bench: "Bench", handle: "Handle", order: str) -> None:
    """Wait for the end of the declined order; end the check as soon as its charge is to be attempted again."""
    again, now = await attempts.until(bench, handle, lambda now: now.pending and now.mistake)
    if not again:
        return
    count = len(_requests(bench, order))
    far = f" in {now.pause:.0f} s" if now.pause >= _FAR_OFF else ""
    bench.require(
        False,
        "a declined card costs one request",
        expected="1 request at the gateway",
        seen=f"{count} request{'s' if count != 1 else ''}, and attempt {now.attempt}{far} after {now.failure}",
        events=((await attempts.asked(handle)).event,),
        next_step="make the declined card final, and let its failure through: an attempt that is put off keeps the "
        "order waiting."
        if far
        else _TYPE_STEP,
    )


def _once(bench: "Bench", run: "Run", tried: "Tried", requests: int) -> bool:
    bench.require(
        requests > 0,
        "the gateway is asked",
        expected="a request to charge",
        seen=run.reason or f"completed with {run.result!r}",
        events=run.last_event,
        next_step="let the workflow call `charge` as the cell did.",
    )
    # An attempt that a slow machine has lost may have made a request of its own.
    return bench.expect(
        requests == 1 or (tried.final and requests <= tried.attempt),
        "a declined card costs one request",
        expected="1 request at the gateway",
        seen=f"{requests} request{'s' if requests != 1 else ''}",
        events=run.ids("ActivityTaskStarted") or run.ids("ActivityTaskScheduled"),
        next_step=_TYPE_STEP,
    )


def _failed(bench: "Bench", run: "Run", types: list[str]) -> bool:
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
    return bench.expect(
        types[:1] == [_TYPE],
        "the workflow fails, and says that the card was declined",
        expected=f"WorkflowExecutionFailed with a failure of type {_TYPE}",
        seen=f"completed with {run.result!r}" if run.completed else " ← ".join(types) or run.reason,
        events=run.last_event,
        next_step=step,
    )


def _retried(bench: "Bench", run: "Run", order: str) -> None:
    tries = len(_requests(bench, order))
    charges = list(bench.shop.table("payments", order_id=order)["id"])
    bench.expect(
        run.completed and tries >= 3,
        "an outage is retried until the charge succeeds",
        expected="3 requests, completed",
        seen=f"{tries} request{'s' if tries != 1 else ''}, {'completed' if run.completed else run.reason}",
        events=run.ids("ActivityTaskStarted") or run.last_event,
        next_step="make only the declined card final: `maximum_attempts=1`, or `non_retryable` for every error, gives "
        "an order up that the next attempt would have charged.",
    )
    bench.expect(
        run.completed and run.result in charges and len(charges) == 1,
        "the charge's id is returned, and there is one charge",
        expected="one charge",
        seen=f"{run.result!r}, charges {charges}",
        events=run.last_event,
        next_step="return what `charge` returns.",
    )


def _without_end(bench: "Bench", plan: "Asked") -> None:
    bench.expect(
        not plan.limits,
        "an outage may last as long as it likes",
        expected="no limit to the attempts, and none to their time",
        seen=", ".join(plan.limits) or "no limit",
        events=(plan.event,),
        next_step="take the limit out: how long an outage lasts nobody knows, and only the declined card is final.",
    )


def _requests(bench: "Bench", order: str) -> "pd.DataFrame":
    return bench.shop.table("requests", order_id=order)


EXERCISE = Exercise(answers=("PayOnce",), check=check_declined)
