"""Exercise 3.2: a declined card is final, an outage is not; the gateway's requests are counted."""

from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.timers import limits
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle, Run
    from course_lib.grading.attempts import Asked, Tried

_TYPE = "CardDeclined"
_FAR_OFF = 3600.0  # seconds; whoever puts the next attempt off for so long means that there is none
_BY_ITSELF = 3  # requests besides those of its attempts: who asks in a loop may never end
_NOT_AGAIN = "do not ask again yourself, neither in the workflow nor in the activity: a declined card is final."
_LISTED = '`non_retryable_error_types=["CardDeclined"]`'


async def check_declined(bench: "Bench", workflow: "Code") -> None:
    """Run three orders at once: a card is declined, the gateway is down for two calls, an answer is lost."""
    declined, later, lost = (bench.unique("order") for _ in range(3))
    bench.shop.faults.decline(order_id=declined)
    bench.shop.faults.next_calls("payments", ["outage", "outage"], order_id=later)
    bench.shop.faults.next_calls("payments", ["timeout"], seconds=0.3, order_id=lost)
    amounts = {declined: 1700, later: 2900, lost: 2900}  # a key made of the amount is no order's own
    async with bench.worker(workflow):
        handles = [
            await bench.start(workflow, {"id": order, "amount_cents": cents}) for order, cents in amounts.items()
        ]
        bench.did("the first card is declined; then the gateway is down for two calls; then an answer is lost")
        await _not_again(bench, handles[0], declined, workflow.source)
        run = await bench.finish(handles[0])
        types, plan = await attempts.failed_with(handles[0]), await attempts.asked(handles[0])
        once = _once(bench, run, await attempts.tried(handles[0]), _requests(bench, declined))
        if not _failed(bench, run, types) or not once:
            return
        _without_end(bench, plan, run)
        run, other = [await bench.finish(handle) for handle in handles[1:]]
    _retried(bench, run, later, plan)
    _charged(bench, run, later, amounts[later], "the charge's id is returned, and there is one charge")
    _charged(bench, other, lost, amounts[lost], "when an answer is lost, there is still one charge")


async def _not_again(bench: "Bench", handle: "Handle", order: str, source: str) -> None:
    """Wait for the end of the declined order; end the check as soon as its charge is to be attempted again."""
    again, now = await attempts.until(
        bench, handle, lambda now: (now.pending and now.mistake) or _requests(bench, order) > now.attempt + _BY_ITSELF
    )
    if not again:
        return
    count, plan = _requests(bench, order), await attempts.asked(handle)
    looped = count > now.attempt + _BY_ITSELF
    far = f" in {now.pause:.0f} s" if now.pause >= _FAR_OFF else ""
    why = now.failure if now.failure == _TYPE or now.error is None else bench.explain(now.error)
    bench.require(
        False,
        "a declined card costs one request",
        expected="1 request at the gateway",
        seen=f"{count} request{'s' if count != 1 else ''}, and attempt {now.attempt}{far} after {why}",
        events=(plan.event,),
        next_step="make the declined card final, and let its failure through: an attempt that is put off keeps the "
        "order waiting."
        if far
        else _NOT_AGAIN
        if looped
        else _final_step(now, plan, source),
    )


def _final_step(now: "Tried", plan: "Asked", source: str) -> str:
    if now.failure != _TYPE:
        return CORRECT
    if plan.final:
        return f"name the failure's type, letter by letter, in a list: {_LISTED}. A base class's name matches nothing."
    if "non_retryable_error_types" in source:
        return "give the policy to the call: `execute_activity(…, retry_policy=policy)`."
    if "ApplicationError(" in source and "non_retryable=True" not in source:
        return "add `non_retryable=True` to the `ApplicationError`: without it, this type is retried like any other."
    return f"make the declined card final: {_LISTED} in the policy, or `non_retryable=True` in the activity."


def _once(bench: "Bench", run: "Run", tried: "Tried", requests: int) -> bool:
    bench.require(
        requests > 0,
        "the gateway is asked",
        expected="a request to charge",
        seen=run.reason or f"completed with {run.result!r}",
        events=run.last_event,
        next_step="let the workflow call `charge` as the cell did." if run.completed else CORRECT,
    )
    # An attempt that a slow machine has lost may have made a request of its own.
    return bench.expect(
        requests == 1 or (tried.final and requests <= tried.attempt),
        "a declined card costs one request",
        expected="1 request at the gateway",
        seen=f"{requests} request{'s' if requests != 1 else ''}",
        events=run.ids("ActivityTaskStarted") or run.ids("ActivityTaskScheduled"),
        next_step=_NOT_AGAIN,
    )


def _failed(bench: "Bench", run: "Run", types: list[str]) -> bool:
    if run.completed:
        step = "`raise` the failure, let it through: a workflow that completes tells everybody that it has been paid."
    elif not types:
        step = (
            "let the `ActivityError` through, or raise an `ApplicationError`: any other exception in a workflow is "
            "taken for a bug, and the workflow does not fail but gets stuck."
            if run.ids("WorkflowTaskFailed")
            else "make the declined card final, and let its failure through."
        )
    else:
        step = (
            "keep the type, by the name `type=`, wherever you raise a failure of your own, in activity or workflow: "
            f'`raise ApplicationError("…", type="{_TYPE}", non_retryable=True)`.'
        )
    return bench.expect(
        types[:1] == [_TYPE],
        "the workflow fails, and says that the card was declined",
        expected=f"WorkflowExecutionFailed with a failure of type {_TYPE}",
        seen=f"completed with {run.result!r}" if run.completed else " ← ".join(types) or run.reason,
        events=run.last_event,
        next_step=step,
    )


def _without_end(bench: "Bench", plan: "Asked", run: "Run") -> None:
    found = plan.limits + limits(run.events)
    bench.require(
        not found,
        "an outage may last as long as it likes",
        expected="no limit to the attempts, and none to their time",
        seen=", ".join(found) or "no limit",
        events=(plan.event,),
        next_step="take the limit out: how long an outage lasts nobody knows, and only the declined card is final.",
    )


def _retried(bench: "Bench", run: "Run", order: str, plan: "Asked") -> None:
    tries = _requests(bench, order)
    others = ", ".join(name for name in plan.final if name != _TYPE)
    step = (
        f"take {others} out of `non_retryable_error_types`"
        if others
        else "do not make every error final, nor give each the type `CardDeclined`"
    )
    bench.require(
        run.completed and tries >= 3,
        "an outage is retried until the charge succeeds",
        expected="3 requests, completed",
        seen=f"{tries} request{'s' if tries != 1 else ''}, {'completed' if run.completed else run.reason}",
        events=run.ids("ActivityTaskStarted") or run.last_event,
        next_step=f"{step}: only the declined card is final, and the next attempt would have charged this order."
        if run.completed or run.ids("WorkflowExecutionFailed")
        else "make the key one that only this order has, as `order.id` is: another order's charge has this key."
        if "was used for another" in run.reason
        else CORRECT,
    )


def _charged(bench: "Bench", run: "Run", order: str, amount: int, label: str) -> None:
    payments = bench.shop.table("payments", order_id=order)
    charges, amounts = list(payments["id"]), [int(cents) for cents in payments["amount_cents"]]
    step = (
        "charge the order's own amount."
        if len(charges) == 1 and amounts != [amount]
        else "return what `charge` returns, and let a lost answer fail the attempt: the next one, with the same key, "
        "brings the id."
        if len(charges) == 1
        else "charge once, with `idempotency_key=order.id` as it was: by it the gateway knows what is charged already."
    )
    bench.require(
        run.completed and run.result in charges and amounts == [amount],
        label,
        expected=f"one charge of {amount}, and its id",
        seen=f"{run.result!r}, charges {charges} of {amounts}" if run.completed else run.reason,
        events=run.last_event,
        next_step=step if run.completed else "let a lost answer be retried, too: only the declined card is final.",
    )


def _requests(bench: "Bench", order: str) -> int:
    return len(bench.shop.table("requests", order_id=order))


EXERCISE = Exercise(answers=("PayOnce",), check=check_declined)
