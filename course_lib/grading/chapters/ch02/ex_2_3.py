"""Exercise 2.3: three activities let go of the only slot, their worker dies, and answers reach the right one."""

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.bench import CLIENT
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Code, Handle
    from course_lib.grading.attempts import Tried

_FIXTURES = Path(__file__).with_name("graded_review.py")
_WAITS = "the activity still waits for an answer"
_REJECTED = "complete the activity with `False`: a rejection is an answer, not a failure, and a failure is retried."
_FAULTS = (1, 0, 1)  # for how many attempts of each order the check itself lets the request fail
_LOOKS = 5  # requests of who asks for the answer in a loop, instead of letting go


async def check_review(bench: "Bench", ask: "Code", answer: "Code") -> None:
    """Ask about three orders with one slot, kill the worker, answer the middle one, then the others."""
    # Without a cache of workflows no task waits for the dead worker's own queue, which saves two seconds.
    async with bench.worker(ask, extra=(_FIXTURES,), max_concurrent_activities=1, max_cached_workflows=0) as worker:
        orders = [bench.unique("order") for _ in range(3)]
        # Who does not wait for its request never learns that it failed; whose answer was lost asks with another token.
        for order, fault in ((orders[0], "outage"), (orders[2], "timeout")):
            bench.shop.faults.next_calls("identity", [fault], seconds=0.1, operation="request_review", order_id=order)
        # Workflow ids that are not the order ids: only the token leads to the activity.
        runs = [await bench.start("GradedReview", order) for order in orders]
        bench.did("on a worker with one activity slot")
        reviews = await _reviews(bench, runs, orders)
        await _let_go(bench, reviews, runs, orders)
        _tokens(bench, reviews, orders)
        worker.kill()
        bench.did("kill -9")
        by_order = dict(zip(reviews["order_id"], reviews["id"], strict=True))
        run_of = dict(zip(orders, runs, strict=True))
        # A review in the middle first: whoever completes the first that waits, or the last, completes the wrong one.
        first, last, middle = by_order
        wanted = {middle: True, first: False, last: True}
        called, _ = await asyncio.gather(bench.call(answer, CLIENT, by_order[middle], True), worker.start())
        bench.require(
            called.ok,
            "`answer` completes the activity",
            expected="it returns",
            seen=called.reason or "it returned",
            next_step=_answer_step(called.error, called.reason),
        )
        await _arrived(bench, run_of[middle], [run_of[first], run_of[last]], True)
        for order in (first, last):
            called = await bench.call(answer, CLIENT, by_order[order], wanted[order])
            done = await _result(bench, run_of[order])
            if not called.ok or done is not wanted[order]:
                break
        bench.require(
            called.ok and done is wanted[order],
            "the other orders get their own answers",
            expected=wanted[order],
            seen=done if called.ok else called.reason,
            events=tuple((await bench.events(run_of[order]))["event_id"].tail(1)),
            next_step=_REJECTED
            if (await attempts.tried(run_of[order])).mistake
            else "pass `approved` on as it is, with the token of the review that was answered.",
        )
    states = dict(zip(*(bench.shop.table("reviews")[name] for name in ("order_id", "state")), strict=True))
    bench.expect(
        states == {first: "rejected", middle: "approved", last: "approved"},
        "the answers are recorded with the reviews",
        expected="two approved, one rejected",
        seen=", ".join(sorted(states.values())),
        next_step="call `ShopClient().answer_review(review_id, approved)` in `answer`."
        if "pending" in states.values()
        else "record the answer as it is: `answer_review(review_id, approved)`.",
    )


def _answer_step(error: str, reason: str) -> str:
    if error == "NotAwaited":
        return "`await` the call in `answer`: when nobody waits for it, its failure is lost."
    if "onnect" in reason:
        return "use the `client` that `answer` gets, and connect to nothing yourself."
    if "KeyError: 'rev_" in reason:
        return "take the token from the review, which `answer_review` returns: what a process remembers dies with it."
    if error in ("AttributeError", "KeyError", "NameError", "TypeError"):
        return CORRECT
    return (
        "decode the review's `task_token` to the bytes that `activity.info().task_token` was, and pass them to "
        "`client.get_async_activity_handle(task_token=…)`."
    )


async def _reviews(bench: "Bench", runs: "list[Handle]", orders: list[str]) -> "pd.DataFrame":
    """Return the reviews, when all orders have one or it is clear that they will not.

    The one slot puts all in order: when the next activity has begun, the one before has ended or let go, and the server
    knows which.
    """

    async def enough() -> bool:
        now = [await attempts.tried(run) for run in runs]
        asked = bench.shop.table("reviews")["order_id"]
        others = bench.shop.table("requests")["operation"] != "request_review"
        return (
            len(asked) > len(orders)
            or (len(asked) == len(orders) and not set(asked) <= set(orders))
            or bool(_mistakes(now))
            or any(one.attempt and not one.pending for one in now)
            or (asked.empty and all(one.runs for one in now))
            or others.sum() >= _LOOKS
        )

    await bench.until(enough, *runs)
    return bench.shop.table("reviews")


def _mistakes(now: "list[Tried]") -> list[BaseException]:
    """Return the failures that are the answer's own, whatever it makes of those that the check causes."""
    own = [one for one, faults in zip(now, _FAULTS, strict=True) if one.attempt > faults + 1 or not one.pending]
    return [one.error for one in own if one.mistake and one.error]


async def _let_go(bench: "Bench", reviews: "pd.DataFrame", runs: "list[Handle]", orders: list[str]) -> None:
    ended = [event for run in runs for event in bench.ids(await bench.events(run), "ActivityTaskCompleted")]
    errors = _mistakes([await attempts.tried(run) for run in runs])
    failure = f"an attempt failed: {bench.explain(errors[0])}" if errors else ""
    asked = reviews["order_id"].nunique()
    bench.require(
        not ended,
        "the activity is not completed before the answer is there",
        expected="ActivityTaskCompleted only after `answer`",
        seen=f"{len(ended)} completed while all reviews were pending",
        events=ended,
        next_step="end the function with `activity.raise_complete_async()`, with the parentheses: a `return` "
        "completes the activity at once, with that value as the answer.",
    )
    bench.require(
        asked > 0,
        "a review is requested",
        expected="a row in `reviews` for each order",
        seen=failure or "no row",
        next_step=_request_step(failure),
    )
    bench.require(
        not failure,
        "the attempt does not fail",
        expected="an attempt that is neither failed nor completed",
        seen=failure or "no failure",
        next_step="end the function with `activity.raise_complete_async()`: any other exception is a failed attempt, "
        "and the next one asks again."
        if "raise " in failure
        else "give each request an idempotency key of its own, or none."
        if "idempotency key" in failure
        else CORRECT,
    )
    sent = bench.shop.table("requests", operation="request_review")
    lost = set(orders) - set(reviews["order_id"])
    bench.require(
        not lost or not lost <= set(sent["order_id"]),
        "a request that fails is a failed attempt",
        expected="another attempt after a failed request",
        seen="the service was down for one request, and that review was never asked for again",
        next_step="ask in every attempt: the next one came, and asked for nothing."
        if (await attempts.tried(runs[0])).attempt > 1
        else "`await` the request before `raise_complete_async()`: when nobody waits for it, its failure is lost.",
    )
    bench.require(
        asked >= len(orders),
        "an activity that waits holds no slot",
        expected=f"{len(orders)} reviews from a worker with one slot",
        seen=f"{asked} review: its activity still occupies the slot, so the next never began",
        next_step="do not wait in the activity: request the review, then `activity.raise_complete_async()`.",
    )


def _request_step(failure: str) -> str:
    if failure:
        return CORRECT
    return "call `request_review` before `raise_complete_async()`: what comes after it never runs."


def _tokens(bench: "Bench", reviews: "pd.DataFrame", orders: list[str]) -> None:
    asked, wanted = sorted(reviews["order_id"]), sorted([*orders, orders[2]])
    bench.require(
        asked == wanted,
        "each attempt asks for one review",
        expected=f"{', '.join(wanted)} (the first answer about {orders[2]} was lost)",
        seen=", ".join(map(repr, reviews["order_id"])),
        next_step="ask in every attempt: a review that is there already holds the token of the attempt before."
        if asked == sorted(orders)
        else "ask once, with the order's id first, then the token: `request_review(order_id, token)`.",
    )
    tokens = list(reviews["token"])
    readable = all(_decodes(token) for token in tokens)
    bench.require(
        readable and len(set(tokens)) == len(tokens),
        "each review holds the task token of its own activity",
        expected="different task tokens as base64 text",
        seen=" and ".join(repr(token[:24]) for token in tokens)
        + ", two of them the same" * (len(set(tokens)) < len(tokens)),
        next_step="take `activity.info().task_token` in *every* attempt: a new one has a new token, and an old token "
        "completes nothing."
        if readable
        else "pass `b64encode(activity.info().task_token).decode()` to `request_review`: whoever answers has "
        "nothing but the review.",
    )


def _decodes(token: str) -> bool:
    try:
        return len(b64decode(token, validate=True)) > 20
    except ValueError:
        return False


async def _arrived(bench: "Bench", handle: "Handle", others: "list[Handle]", wanted: bool) -> None:
    elsewhere = any([bench.ids(await bench.events(other), "ActivityTaskCompleted") for other in others])
    failed = (await attempts.tried(handle)).mistake
    result = "the activity of the other order was completed" if elsewhere else await _result(bench, handle)
    if elsewhere:
        step = (
            "take the token from the review that was answered, which `answer_review` returns: this answer completed "
            "the activity of another order."
        )
    elif failed:
        step = _REJECTED
    elif result is _WAITS:
        step = "complete the handle with `await handle.complete(approved)`."
    else:
        step = "pass `approved` on as it is: a rejection is an answer like any other."
    bench.require(
        result is wanted,
        "the answer reaches the order that it is about",
        expected=f"{wanted} as the result of the order that was answered",
        seen=result,
        events=tuple((await bench.events(handle))["event_id"].tail(1)),
        next_step=step,
    )


async def _result(bench: "Bench", handle: "Handle") -> object:
    """Return a run's result, or why it has none. `answer` has returned: what it does to the activity is done."""
    now = await attempts.tried(handle)
    if now.pending:
        return f"attempt {now.attempt} after {bench.explain(now.error)}" if now.error and now.mistake else _WAITS
    run = await bench.finish(handle)
    return run.result if run.completed else run.reason


EXERCISE = Exercise(answers=("ask_reviewer", "answer"), check=check_review, early=False)
