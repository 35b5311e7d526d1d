"""Exercise 4.2: a cancel request in a step, in a timer and in the undoing; each order must be undone completely."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from course_lib.grading.chapters.ch04.books import Books, asked_for, books, in_words
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle, Run

_WAITS = 30.0
_NAMES = ("calm", "waiting", "paying", "declined", "shipping", "undoing", "sold-out")
_HELD = {"paying": "charge", "declined": "charge", "shipping": "ship"}
_SOLD_OUT = ("sold-out", "undoing")
_STEP = {"charge": "pay", "ship": "ship"}
_COMPENSATION, _UNDOES = {"charge": "refund", "ship": "recall"}, {"charge": "refund_order", "ship": "recall_parcel"}
_STEP_ENDS = ("ActivityTaskCompleted", "ActivityTaskFailed", "ActivityTaskTimedOut", "ActivityTaskCanceled")


async def check_cancelled(bench: "Bench", saga: "Code") -> None:
    """Cancel five orders at their moments, leave two in peace."""
    order = {name: bench.unique(name) for name in _NAMES}
    faults = bench.shop.faults
    bench.shop.set_stock("samovar", 0)
    for name, operation in _HELD.items():
        faults.hold("warehouse" if operation == "ship" else "payments", operation=operation, order_id=order[name])
    faults.decline(order_id=order["declined"])
    faults.next_calls("payments", ["outage"] * 2, operation="refund_order", order_id=order["undoing"])
    async with bench.worker(saga):
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
        bench.did(
            f"{saga.name} for {len(_NAMES)} orders; a cancel request while two pay (one of the cards is declined), one "
            "is being sent, one waits for the courier, and one is being undone"
        )
        await asyncio.gather(
            *(_cancel_in_a_step(bench, handles[name], order[name], operation) for name, operation in _HELD.items()),
            _cancel(handles["waiting"], bench.until(_asleep(bench, handles["waiting"]), handles["waiting"])),
            _cancel(
                handles["undoing"],
                bench.until(lambda: "refund_order" in asked_for(bench, order["undoing"]), handles["undoing"]),
            ),
        )
        found = await asyncio.gather(*(bench.finish(handle) for handle in handles.values()))
        runs = dict(zip(_NAMES, found, strict=True))
        status = {name: (await handle.describe()).status for name, handle in handles.items()}
    by_id = books(bench.shop.tables(), order.values())
    seen = {name: by_id[order[name]] for name in _NAMES}
    _in_peace(bench, runs, seen)
    _waiting(bench, runs["waiting"], seen["waiting"])
    _in_a_step(bench, runs, seen, status)
    _while_undoing(bench, runs["undoing"], seen["undoing"])
    _ends(bench, runs, status)


async def _cancel(handle: "Handle", moment: Awaitable[bool]) -> bool:
    """Request the cancellation at a moment, and return whether it came; a run that never gets there shows that."""
    if not await moment:
        return False
    with contextlib.suppress(RPCError):  # it has ended meanwhile
        await handle.cancel()
    return True


async def _cancel_in_a_step(bench: "Bench", handle: "Handle", order_id: str, operation: str) -> None:
    """Request the cancellation while a call is held at the shop, and let the call go on when the workflow has heard.

    Who undoes before the step is over asks for that at once: then the call lands after it.
    """
    held = bench.until(lambda: operation in bench.shop.waiting(order_id), handle)
    if await _cancel(handle, held) and await bench.until(_heard(bench, handle), handle):
        first = await bench.events(handle)
        if bench.ids(first, "ActivityTaskScheduled", _COMPENSATION[operation]):
            await bench.until(lambda: _UNDOES[operation] in asked_for(bench, order_id), handle)
    bench.shop.faults.release(
        "warehouse" if operation == "ship" else "payments", operation=operation, order_id=order_id
    )
    # What was overtaken lands later; only then do the tables show what is true in the end.
    await bench.until(lambda: operation not in bench.shop.waiting(order_id))


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
    bench.require(
        run.completed and calm.whole and not calm.undid,
        "an order that nobody cancels is whole",
        expected="completed; ledger 4200, 1 reserved, 1 parcel out, one mail",
        seen=in_words(calm, run),
        events=run.last_event,
        next_step="undo only when an exception says so: what stands in `finally` runs always."
        if calm.undid
        else CORRECT,
    )
    bench.expect(
        seen["sold-out"].undone and not runs["sold-out"].completed,
        "an order whose step fails is still undone",
        expected="ledger 0, nothing reserved, no parcel out; failed",
        seen=f"{seen['sold-out']}. {runs['sold-out'].reason}",
        events=runs["sold-out"].last_event,
        next_step="catch both, `ActivityError` (a refused step raises it) and `asyncio.CancelledError`; await the "
        "undoing there, then `raise`.",
    )


def _waiting(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.undone,
        "cancelled while the parcel waits for the courier: undone",
        expected="ledger 0, nothing reserved, no parcel out, and a mail that says sorry",
        seen=in_words(seen, run),
        events=run.ids("WorkflowExecutionCancelRequested") + run.last_event,
        next_step="catch `asyncio.CancelledError` by its name: it comes out of `workflow.sleep`, and it is neither an "
        "`ActivityError` nor an `Exception`.",
    )


def _in_a_step(
    bench: "Bench",
    runs: "dict[str, Run]",
    seen: dict[str, Books],
    status: dict[str, WorkflowExecutionStatus | None],
) -> None:
    for name, words in (
        ("paying", "while the card is charged"),
        ("declined", "while the card is charged, and then declined"),
        ("shipping", "while the parcel is being sent"),
    ):
        books_of, run = seen[name], runs[name]
        too_early = _too_early(run, _HELD[name])
        if not books_of.undid and status[name] in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED):
            step = (
                "let the request through once the step is over (`finish` does): here it was caught, or used up by a "
                "call that waited for its activity, and the order went on as if nobody had asked."
            )
        elif not books_of.undid:
            step = "undo what was begun: the step under way may be done although the order is cancelled."
        else:
            step = (
                "await the step to its end before you undo it, with `finish`: the call was still under way, and its "
                "compensation came first."
            )
        bench.expect(
            books_of.undone and not too_early,
            f"cancelled {words}: undone",
            expected="ledger 0, nothing reserved, no parcel out; undone when the step is over",
            seen=f"{'the compensation was scheduled before the step was over. ' * bool(too_early)}"
            f"{in_words(books_of, run)}",
            events=too_early or run.ids("WorkflowExecutionCancelRequested") + run.last_event,
            next_step=step,
        )


def _while_undoing(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.undone,
        "a request that comes during the undoing does not stop it",
        expected="ledger 0, although the gateway was down for the first two refunds",
        seen=in_words(seen, run),
        events=run.ids("WorkflowExecutionCancelRequested") + run.last_event,
        next_step="await the undoing with `finish`: `asyncio.shield` alone protects the work, but your `run` ends, and "
        "a workflow that has ended does nothing more.",
    )


def _ends(bench: "Bench", runs: "dict[str, Run]", status: dict[str, WorkflowExecutionStatus | None]) -> None:
    wrong = [
        name
        for name in ("waiting", "paying", "shipping")
        # A step that fails while the request is there says more than the request: then the run fails with it.
        if status[name] != WorkflowExecutionStatus.CANCELED and not _step_failed(runs[name])
    ]
    bench.expect(
        not wrong,
        "a cancelled order ends as Cancelled",
        expected="WorkflowExecutionCanceled as the last event",
        seen=", ".join(f"{name}: {_word(status[name])}" for name in wrong) or "all three",
        events=runs[wrong[0]].last_event if wrong else (),
        next_step="`raise` again after the undoing: the exception that leaves `run` decides how the run ends.",
    )


def _too_early(run: "Run", operation: str) -> tuple[int, ...]:
    """Return the event in which the compensation is scheduled, when the step has ended later or not at all."""
    begun = run.ids("ActivityTaskScheduled", _COMPENSATION[operation])[:1]
    ends = [event for kind in _STEP_ENDS for event in run.ids(kind, _STEP[operation])]
    return begun if begun and not any(end < begun[0] for end in ends) else ()


def _step_failed(run: "Run") -> bool:
    return bool(run.ids("ActivityTaskFailed") or run.ids("ActivityTaskTimedOut"))


def _word(status: WorkflowExecutionStatus | None) -> str:
    return status.name.lower() if status is not None else "unknown"


EXERCISE = Exercise(answers=("GraceSaga",), check=check_cancelled)
