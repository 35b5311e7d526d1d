"""Exercise 4.2: a cancel request in a step, in a timer and in the undoing; each order must be undone completely."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from temporalio.exceptions import ActivityError
from temporalio.service import RPCError

from course_lib.grading.chapters.ch04.books import UNDOING, Books, asked_for, books, in_words, too_early
from course_lib.grading.exercises import Exercise
from course_lib.grading.timers import lengths
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle, Run

_WAITS = 3600.0
_STARTS = 3
_IN_A_STEP = {
    "paying": "while the card is charged",
    "declined": "while the card is charged, and then declined",
    "reserving": "while the article is reserved",
    "shipping": "while the parcel is being sent",
    "mailing": "while the mail is being sent",
}
_NAMES = ("calm", "waiting", *_IN_A_STEP, "releasing", "undoing", "sold-out")
_HELD = {
    "paying": "charge",
    "declined": "charge",
    "reserving": "reserve_stock",
    "shipping": "ship",
    "mailing": "send_mail",
    "releasing": "release_order",
}
_SOLD_OUT = ("sold-out", "releasing", "undoing")
# Of each operation: its step, the compensation, and the next step.
_STEPS = {
    "charge": ("pay", "refund", "reserve"),
    "reserve_stock": ("reserve", "release", "ship"),
    "ship": ("ship", "recall", "notify"),
    "send_mail": ("notify", "apologise", "none"),
}
_COURIER = "wait for the courier after the last step, as many seconds as it takes: `workflow.sleep(order.courier_in)`."


async def check_cancelled(bench: "Bench", saga: "Code") -> None:
    """Cancel eight orders at their moments, leave two in peace."""
    bench.did(
        f"{saga.name} for {len(_NAMES)} orders; a cancel request while two pay (one of the cards is declined), "
        "while one each is reserved, sent, mailed about and waits for the courier, and while two are being undone"
    )
    async with bench.worker(saga):
        for _ in range(_STARTS):
            order, runs = await _cancelled(bench, saga)
            if not any(_held_too_long(runs[name]) for name in _HELD):
                break
    by_id = books(bench.shop.tables(), order.values())
    seen = {name: by_id[order[name]] for name in _NAMES}
    _in_peace(bench, runs, seen)
    _waiting(bench, runs["waiting"], seen["waiting"])
    _in_a_step(bench, runs, seen)
    if seen["sold-out"].undone:  # else it would only be said once more
        _while_undoing(bench, runs, seen)
    if all(part.ok for part in bench.parts):
        _ends(bench, runs)


async def _cancelled(bench: "Bench", saga: "Code") -> "tuple[dict[str, str], dict[str, Run]]":
    """Return the orders' ids and their runs, when all have ended."""
    order = {name: bench.unique(name) for name in _NAMES}
    faults = bench.shop.faults
    bench.shop.set_stock("samovar", 0)
    for name, operation in _HELD.items():
        faults.hold(_service(operation), operation=operation, order_id=order[name])
    faults.decline(order_id=order["declined"])
    faults.next_calls("payments", ["outage"] * 2, operation="refund_order", order_id=order["undoing"])
    handles = {
        name: await bench.start(
            saga,
            {
                "id": order[name],
                "sku": "samovar" if name in _SOLD_OUT else "teapot",
                "courier_in": 0.5 if name == "calm" else _WAITS,
            },
            id=order[name],
            quiet=True,
        )
        for name in _NAMES
    }
    await asyncio.gather(
        *(_cancel_in_a_step(bench, handles[name], order[name], operation) for name, operation in _HELD.items()),
        _cancel(handles["waiting"], bench.until(_asleep(bench, handles["waiting"]), handles["waiting"])),
        _cancel(
            handles["undoing"],
            bench.until(lambda: "refund_order" in asked_for(bench, order["undoing"]), handles["undoing"]),
        ),
    )
    found = await asyncio.gather(*(bench.finish(handle) for handle in handles.values()))
    return order, dict(zip(_NAMES, found, strict=True))


def _held_too_long(run: "Run") -> bool:
    """Return whether a step ran out of attempts while its call was held: the machine was too slow, so all begins anew.

    The client waits 2 s for an answer, three times; the cancel request has to reach the workflow meanwhile.
    """
    failures = [event.activity_task_failed_event_attributes.failure for event in run.history.events]
    late = any(failure.application_failure_info.type == "ShopTimeout" for failure in failures)
    return late or bool(run.ids("ActivityTaskTimedOut"))


async def _cancel(handle: "Handle", moment: Awaitable[bool]) -> bool:
    """Request the cancellation at a moment, and return whether it came; a run that never gets there shows that."""
    if not await moment:
        return False
    with contextlib.suppress(RPCError):  # it has ended meanwhile
        await handle.cancel()
    return True


async def _cancel_in_a_step(bench: "Bench", handle: "Handle", order_id: str, operation: str) -> None:
    """Request the cancellation while a call is held at the shop, and let the call go on when the workflow has heard."""
    held = bench.until(lambda: operation in bench.shop.waiting(order_id), handle)
    if await _cancel(handle, held):
        await bench.until(_heard(bench, handle), handle)
    bench.shop.faults.release(_service(operation), operation=operation, order_id=order_id)
    # What was overtaken lands later; only then do the tables show what is true in the end.
    await bench.until(lambda: operation not in bench.shop.waiting(order_id))


def _service(operation: str) -> str:
    return {"charge": "payments", "send_mail": "mailer"}.get(operation, "warehouse")


def _heard(bench: "Bench", handle: "Handle") -> Callable[[], Awaitable[bool]]:
    async def heard() -> bool:
        events = await bench.events(handle)
        asked = bench.ids(events, "WorkflowExecutionCancelRequested")
        return bool(asked) and any(event > asked[0] for event in bench.ids(events, "WorkflowTaskCompleted"))

    return heard


def _asleep(bench: "Bench", handle: "Handle") -> Callable[[], Awaitable[bool]]:
    async def asleep() -> bool:
        return bool(bench.ids(await bench.events(handle), "TimerStarted"))

    return asleep


def _in_peace(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    run, calm = runs["calm"], seen["calm"]
    step = _step_error(run)
    if calm.undid:
        step = "undo only when an exception says so: what stands in `finally` runs always."
    elif run.completed:
        step = "run every step of FLOW, in its order, and `await` each with `finish`."
    elif lengths(run.events):
        step = _COURIER
    bench.require(
        run.completed and calm.whole and not calm.undid,
        "an order that nobody cancels is whole",
        expected="completed; ledger 4200, 1 reserved, 1 parcel out, one mail",
        seen=in_words(calm, run),
        events=run.last_event,
        next_step=step,
    )
    failed = runs["sold-out"]
    bench.expect(
        seen["sold-out"].undone,
        "an order whose step fails is still undone",
        expected="ledger 0, nothing reserved, no parcel out",
        seen=in_words(seen["sold-out"], failed),
        events=failed.last_event,
        next_step=_step_error(failed)
        if "fails again" in failed.reason
        else "catch both, `ActivityError` (a refused step raises it) and `asyncio.CancelledError`; await the undoing "
        "there, and only then `raise`.",
    )


def _step_error(run: "Run") -> str:
    if "of patience" in run.reason or "RestrictedWorkflowAccessError" in run.reason:
        return (
            "hand `finish` the call itself, `workflow.execute_activity(…)` or `undo_all(undo)`, neither awaited nor "
            "started."
        )
    return CORRECT


def _waiting(bench: "Bench", run: "Run", seen: Books) -> None:
    timers = lengths(run.events)
    if _WAITS not in timers or not seen.asked:
        step = _COURIER
    elif _goes_on(run) and not run.completed:
        step = "keep `workflow.sleep` out of `finish`: a request waits for a step to end, and not for the courier."
    elif run.completed:
        step = "let the request go on to the `except` that undoes: here it was caught, and the order went on."
    elif seen.undid:
        step = "hand `undo_all` the list as it is: every step that was begun is in it, and the last is undone first."
    else:
        step = (
            "catch `asyncio.CancelledError` by its name, as it is not an `Exception`, with `workflow.sleep` inside the "
            "`try`, and undo after the mail, too: until the courier comes, the order can be undone."
        )
    bench.expect(
        seen.undone and seen.undid == [*UNDOING] and _WAITS in timers,
        "cancelled while the parcel waits for the courier: undone",
        expected=f"a timer of {_WAITS:g} s; {' → '.join(UNDOING)}; nothing left, and a mail that says sorry",
        seen=f"timers: {', '.join(f'{each:g} s' for each in timers) or 'none'}; "
        f"{' → '.join(seen.undid) or 'nothing undone'}; "
        f"{in_words(seen, run)}",
        events=run.ids("WorkflowExecutionCancelRequested") + run.last_event,
        next_step=step,
    )


def _in_a_step(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    for name in _IN_A_STEP:
        run, left = runs[name], seen[name]
        step, compensation, following = _STEPS[_HELD[name]]
        early, next_one = too_early(run, step, compensation), run.ids("ActivityTaskScheduled", following)
        right = left.undone and not early and not next_one
        if not right:
            break
    if not run.ids("WorkflowExecutionCancelRequested"):  # it never came to this step
        step = _COURIER
    elif not left.undid and _goes_on(run):
        step = (
            "let the request through once the step is over (`finish` does): here it was caught, or used up by a call "
            "that waited for its activity, and the order went on as if nobody had asked."
        )
    elif not left.undid:
        step = (
            "note the compensation before the step, and catch `asyncio.CancelledError` around the steps, too: the one "
            "under way may be done all the same."
        )
    elif next_one:
        step = (
            "put `finish` around one step, and undo as soon as that is over: here the request waited for the next ones."
        )
    else:
        step = (
            "await the step to its end before you undo it, with `finish`: the call was still under way, and its "
            "compensation came first."
        )
    bench.expect(
        right,
        "cancelled during a step: undone when the step is over",
        expected="ledger 0, nothing reserved, no parcel out, in five orders",
        seen=f"{_IN_A_STEP[name]}: {'the compensation was scheduled before the step was over. ' * bool(early)}"
        f"{f'the next step was begun, `{following}`. ' * bool(next_one)}{in_words(left, run)}",
        events=early or next_one or run.ids("WorkflowExecutionCancelRequested") + run.last_event,
        next_step=step,
    )


def _while_undoing(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    bad = "undoing" if not seen["undoing"].undone else "releasing"
    bench.expect(
        seen[bad].undone,
        "a request that comes during the undoing does not stop it",
        expected="ledger 0, whether the request comes during the first compensation or during the last",
        seen=f"during the {'last' if bad == 'undoing' else 'first'}: {in_words(seen[bad], runs[bad])}",
        events=runs[bad].ids("WorkflowExecutionCancelRequested") + runs[bad].last_event,
        next_step="await `finish(undo_all(undo))`: `asyncio.shield` alone protects the work, but your `run` ends, and "
        "a workflow that has ended does nothing more."
        if bad == "undoing"
        else "hand `finish` the whole undoing: with one `finish` for each compensation, the request comes between two.",
    )


def _ends(bench: "Bench", runs: "dict[str, Run]") -> None:
    wrong = [
        name
        for name in ("waiting", "paying", "reserving", "shipping", "mailing")
        # A step that fails while the request is there says more than the request: then the run fails with it.
        if not runs[name].ids("WorkflowExecutionCanceled") and not _step_failed(runs[name])
    ] + [
        name
        for name, failure in (("declined", "CardDeclined"), ("sold-out", "OutOfStock"))
        if _failure(runs[name]) not in (failure, "ShopTimeout")  # that is raised when the machine was too slow
    ]
    bench.expect(
        not wrong,
        "a cancelled order ends as Canceled, or with its step's failure",
        expected="the last event is WorkflowExecutionCanceled, or WorkflowExecutionFailed with what the step raised",
        seen=", ".join(f"{name}: {_failure(runs[name]) or runs[name].reason or 'completed'}" for name in wrong)
        or "as it should",
        events=runs[wrong[0]].last_event if wrong else (),
        next_step="`raise` again after the undoing, the exception that was caught, unchanged: the one that leaves "
        "`run` decides how the run ends.",
    )


def _step_failed(run: "Run") -> bool:
    return bool(run.ids("ActivityTaskFailed") or run.ids("ActivityTaskTimedOut"))


def _failure(run: "Run") -> str:
    """Return the type of the failure with which a run failed, that of the activity when it is an activity's."""
    error = getattr(run.error, "cause", None)
    return str(getattr(error.cause if isinstance(error, ActivityError) else error, "type", ""))


def _goes_on(run: "Run") -> bool:
    return not run.ids("WorkflowExecutionCanceled") and not run.ids("WorkflowExecutionFailed")


EXERCISE = Exercise(answers=("GraceSaga",), check=check_cancelled)
