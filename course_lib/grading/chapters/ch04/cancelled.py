"""Exercise 4.2: a cancel request in a step, in a timer and in the undoing; each order must be undone completely."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionStatus

from course_lib.grading.chapters.ch04.books import UNDOING, Books, books
from course_lib.grading.model import Exercise

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle

    from course_lib.grading.answers import Code
    from course_lib.grading.bench import Bench
    from course_lib.grading.evidence import Run

_WAITS = 30.0
_SLOW = 1.5
_LONGEST = 9.0
_NAMES = ("calm", "waiting", "paying", "shipping", "undoing", "sold-out")


async def check_cancelled(bench: "Bench", saga: "Code") -> None:
    """Cancel four orders at four moments, leave two in peace."""
    order = {name: bench.unique(name) for name in _NAMES}
    faults = bench.shop.faults
    bench.shop.set_stock("samovar", 0)
    faults.latency("payments", _SLOW, operation="charge", order_id=order["paying"])
    faults.latency("warehouse", _SLOW, operation="ship", order_id=order["shipping"])
    faults.outage("warehouse", operation="ship", order_id=order["undoing"])
    faults.next_calls("payments", ["outage"] * 3, operation="refund_order", order_id=order["undoing"])
    async with bench.worker(saga):
        handles = {
            name: await bench.start(
                saga,
                {
                    "id": order[name],
                    "sku": "samovar" if name == "sold-out" else "teapot",
                    "courier_in": _WAITS if name in ("waiting", "shipping", "paying") else 0.5,
                },
                id=order[name],
            )
            for name in _NAMES
        }
        bench.ran.clear()
        bench.did(
            f"{saga.name} for {len(_NAMES)} orders; a cancel request while one pays, one is being sent, one waits for "
            "the courier, and one is being undone"
        )
        moments: dict[str, Callable[[], object]] = {
            "paying": lambda: _under_way(handles["paying"], "pay"),
            "shipping": lambda: _under_way(handles["shipping"], "ship"),
            "waiting": lambda: _asleep(bench, handles["waiting"]),
            "undoing": lambda: _asked(bench, order["undoing"], "refund_order"),
        }
        await asyncio.gather(*(_cancel_at(handles[name], moment) for name, moment in moments.items()))
        found = await asyncio.gather(*(bench.finish(handle) for handle in handles.values()))
        runs = dict(zip(_NAMES, found, strict=True))
        # What was overtaken lands later; only then do the tables show what is true in the end.
        await asyncio.gather(_landed(bench, order["paying"], "charge"), _landed(bench, order["shipping"], "ship"))
        status = {name: (await handle.describe()).status for name, handle in handles.items()}
    by_id = books(bench.shop.tables(), order.values())
    seen = {name: by_id[order[name]] for name in _NAMES}
    _in_peace(bench, runs, seen)
    _waiting(bench, runs["waiting"], seen["waiting"])
    _in_a_step(bench, runs, seen, status)
    _while_undoing(bench, runs["undoing"], seen["undoing"])
    _ends(bench, runs, status)


async def _cancel_at(handle: "WorkflowHandle[object, object]", moment: Callable[[], object]) -> None:
    """Request the cancellation at a moment; a run that never gets there shows that by its end."""
    for _ in range(60):
        if await moment():  # type: ignore[misc]
            await handle.cancel()
            return
        if (await handle.describe()).close_time is not None:
            return
        await asyncio.sleep(0.1)


async def _under_way(handle: "WorkflowHandle[object, object]", activity: str) -> bool:
    started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    pending = (await handle.describe()).raw_description.pending_activities
    return any(one.activity_type.name == activity and one.state == started for one in pending)


async def _asleep(bench: "Bench", handle: "WorkflowHandle[object, object]") -> bool:
    return bool(bench.ids(await bench.events(handle), "TimerStarted"))


async def _asked(bench: "Bench", order_id: str, operation: str) -> bool:
    return operation in set(bench.shop.table("requests", order_id=order_id)["operation"])


async def _landed(bench: "Bench", order_id: str, operation: str) -> None:
    for _ in range(30):
        if await _asked(bench, order_id, operation):
            return
        await asyncio.sleep(0.1)


def _in_peace(bench: "Bench", runs: "dict[str, Run]", seen: dict[str, Books]) -> None:
    run, calm = runs["calm"], seen["calm"]
    undid = [operation for operation in calm.asked if operation in UNDOING]
    bench.require(
        run.completed and calm.whole and not undid,
        "an order that nobody cancels is whole",
        expected="completed; ledger 4200, 1 reserved, 1 parcel out, one mail",
        seen=f"{calm}. {run.reason}".rstrip(". "),
        events=run.last_event,
        next_step="undo only when an exception says so: what stands in `finally` runs always."
        if undid
        else "correct the line that is named, run the cell again, then check again.",
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
        seen=f"{seen}. {run.reason}".rstrip(". "),
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
    for name, words in (("paying", "while the card is charged"), ("shipping", "while the parcel is being sent")):
        books_of, run = seen[name], runs[name]
        asked = [operation for operation in books_of.asked if operation in UNDOING]
        if not asked and status[name] in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED):
            step = (
                "let the request through once the step is over (`finish` does): here it was caught, or used up by a "
                "call that waited for its activity, and the order went on as if nobody had asked."
            )
        elif not asked:
            step = "undo what was begun: the step under way may be done although the order is cancelled."
        else:
            step = (
                "await the step to its end before you undo it, with `finish`: the call was still under way, and its "
                "compensation came first."
            )
        bench.expect(
            books_of.undone,
            f"cancelled {words}: undone",
            expected="ledger 0, nothing reserved, no parcel out",
            seen=f"{books_of}. {run.reason}".rstrip(". "),
            events=run.ids("WorkflowExecutionCancelRequested") + run.last_event,
            next_step=step,
        )


def _while_undoing(bench: "Bench", run: "Run", seen: Books) -> None:
    bench.expect(
        seen.undone,
        "a request that comes during the undoing does not stop it",
        expected="ledger 0, although the gateway was down for the first three refunds",
        seen=f"{seen}. {run.reason}".rstrip(". "),
        events=run.ids("WorkflowExecutionCancelRequested") + run.last_event,
        next_step="await the undoing with `finish`: `asyncio.shield` alone protects the work, but your `run` ends, and "
        "a workflow that has ended does nothing more.",
    )


def _ends(bench: "Bench", runs: "dict[str, Run]", status: dict[str, WorkflowExecutionStatus | None]) -> None:
    wrong = [name for name in ("waiting", "paying", "shipping") if status[name] != WorkflowExecutionStatus.CANCELED]
    bench.expect(
        not wrong,
        "a cancelled order ends as Cancelled",
        expected="WorkflowExecutionCanceled as the last event",
        seen=", ".join(f"{name}: {_word(status[name])}" for name in wrong) or "all three",
        events=runs[wrong[0]].last_event if wrong else (),
        next_step="`raise` again after the undoing: the exception that leaves `run` decides how the run ends.",
    )


def _word(status: WorkflowExecutionStatus | None) -> str:
    return status.name.lower() if status is not None else "unknown"


EXERCISE = Exercise(
    id="4.2",
    title="Cancelled, and still refunded",
    minutes=10,
    difficulty=3,
    answers=("GraceSaga",),
    hints=(
        "Which exception comes out of `workflow.sleep` when somebody cancels? And when one comes out of a step, where "
        "is the call to the warehouse at that moment?",
        "Three places. The `except` names two exceptions, `ActivityError` and `asyncio.CancelledError`. Each step is "
        "awaited through `finish`, so it is over before you undo it. `undo_all` is awaited through `finish`, too.",
        "```python\n    await finish(workflow.execute_activity(step, order, **policy))\n…\n"
        "except (ActivityError, asyncio.CancelledError):\n    await finish(undo_all(undo))\n    raise\n```",
    ),
    why=(
        "`asyncio.CancelledError` is a `BaseException`, so only its own name catches it. `finish` runs the work as a "
        "task of its own, which the request does not reach, and waits for it before it lets the request go on: so a "
        "step is over when its undoing begins, and an undoing that has begun is done completely. The request comes "
        "once, so the second `await` in `finish` is safe. `raise` makes the run end as Cancelled."
    ),
    check=check_cancelled,
)
