"""Exercise 5.2: good and bad corrections of an order, with an eye on the history: a refusal must leave nothing."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import Reply, arrived, require_handler, signal, update

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle

_FIRST, _GOOD = 7340, 4120
_BAD = (-5, 0, 100_001)
_TWICE = " Give the validator a name of its own: of two methods with one name only the second is left."
_TRACES = ("WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted", "WorkflowTaskFailed")


async def check_correction(bench: "Bench", workflow: "Code") -> None:
    """Correct an order well and badly, confirm it, correct it once more while the card is being charged."""
    # Sent before a worker is there, what confirms an order and what corrects it come with one workflow task.
    both = bench.unique("order")
    late = await bench.start(workflow, {"id": both, "amount_cents": _FIRST}, id=both, quiet=True)
    await signal(late, "confirm")
    sent = asyncio.ensure_future(update(bench, late, "correct", 10, id=both))
    await bench.until(partial(arrived, late, both), late)
    async with bench.worker(workflow):
        order = bench.unique("order")
        handle = await bench.start(workflow, {"id": order, "amount_cents": _FIRST}, id=order)
        await bench.rest(handle)
        await require_handler(bench, handle, "update", "correct", _TWICE)
        await _good(bench, handle)
        for amount in _BAD:
            await _bad(bench, handle, amount)
        await _edges(bench, handle)
        # The card waits, so that a correction can meet a confirmed order that is not charged yet.
        bench.shop.faults.hold("payments", order_id=order)
        await signal(handle, "confirm")
        await attempts.require_asked(bench, handle, "wait for `self.confirmed`, then run `charge_card`.", order=order)
        await _bad(bench, handle, 10, confirmed=True)
        await _bad(bench, late, 10, confirmed=True, sent=sent)
        bench.shop.faults.release("payments", order_id=order)
        run = await bench.finish(handle, alone=True)
    charges = list(bench.shop.table("payments", order_id=order)["amount_cents"])
    bench.require(
        run.completed and charges == [_GOOD],
        "the last good amount is charged, and no refused one",
        expected=f"one charge of {_GOOD}",
        seen=f"charges of {charges}" if run.completed else run.reason,
        events=run.ids("ActivityTaskScheduled"),
        next_step="change `self.order.amount_cents` in the update's body only, and charge `self.order`.",
    )


async def _good(bench: "Bench", handle: "Handle") -> None:
    reply = await update(bench, handle, "correct", _GOOD)
    bench.did(f"correct({_GOOD})")
    seen, step = (
        reply.text,
        "return the amount that was replaced, not the new one; and let the validator change nothing.",
    )
    if reply.state == "silent":
        seen, step = await _stuck(bench, handle)
    elif not reply.ok:
        step = (
            "let the validator refuse only what is not 1 to 100,000 cents, and orders that are confirmed, which this "
            "one is not."
        )
    bench.require(
        reply.ok and reply.value == _FIRST,
        "a good correction is answered with the amount that it replaced",
        expected=str(_FIRST),
        seen=seen,
        next_step=step,
    )


async def _stuck(bench: "Bench", handle: "Handle") -> tuple[str, str]:
    """Return why an update is not answered, and what to do."""
    run = await bench.finish(handle, alone=True)
    step = (
        "let the handler keep the new amount and return the old one, and do nothing else: it waits for nothing, `run` "
        "charges the card, and the validator refuses."
    )
    return run.reason, step


async def _bad(
    bench: "Bench",
    handle: "Handle",
    amount: int,
    *,
    confirmed: bool = False,
    sent: "asyncio.Future[Reply] | None" = None,
) -> None:
    before = 0 if sent else len(await bench.events(handle))
    reply = await (sent or update(bench, handle, "correct", amount))
    after = await bench.events(handle)
    bench.did(f"correct({amount}){' after confirm' if confirmed else ''}")
    new = after[before:]
    # A busy machine fails a workflow task of its own now and then: the SDK calls it deadlocked.
    traces = new[new["type"].isin(_TRACES) & ~new["failure"].str.contains("TMPRL1101")]
    what = "a correction of a confirmed order" if confirmed else f"a correction to {amount}"
    bench.require(
        reply.state == "refused" and traces.empty,
        f"{what} is refused, without a trace",
        expected="the caller is refused, and the history has no event of it",
        seen=f"{_came(reply)}; {_listed(list(traces['type']))}",
        events=[int(event) for event in traces["event_id"]],
        next_step=_step(reply, list(traces["type"]), confirmed),
    )


def _came(reply: Reply) -> str:
    return f"answered {reply.text}" if reply.ok else f"{reply.state}: {reply.text}"


def _listed(types: list[str]) -> str:
    return f"new events {', '.join(types)}" if types else "no new event"


def _step(reply: Reply, types: list[str], confirmed: bool) -> str:
    if "WorkflowTaskFailed" in types:
        return (
            "refuse in the validator: a plain exception in the handler's body is a bug to Temporal, so the workflow "
            "task fails and is retried, and the caller waits."
        )
    if reply.ok:
        return (
            "let the validator look at `self.confirmed`, too, and set that in the signal: `run` goes on after the "
            "handlers."
            if confirmed
            else "let the validator *raise* for what is not 1 to 100,000 (what it returns is not looked at), and mark "
            "it `@correct.validator`."
        )
    return (
        "move the refusal into a validator, `@correct.validator`: the body runs when the update is accepted already, "
        "and that is an event for ever."
    )


async def _edges(bench: "Bench", handle: "Handle") -> None:
    replies = [await update(bench, handle, "correct", amount) for amount in (100_000, 1, 1, _GOOD)]
    bench.did(f"correct(100000), correct(1) twice, correct({_GOOD})")
    seen = ", ".join(_came(reply) for reply in replies)
    step = (
        "let the validator look at nothing but the amount and `self.confirmed`: an order may be corrected many times."
        if not any(reply.ok for reply in replies)
        else "allow 1 and 100,000 themselves, `1 <= amount_cents <= 100_000`, and more than the order has, less, and "
        "as much."
    )
    if any(reply.state == "silent" for reply in replies):
        seen, step = await _stuck(bench, handle)
    bench.require(
        all(reply.ok for reply in replies),
        "the smallest and the largest amount are taken, and the one that the order has",
        expected="four answers",
        seen=seen,
        next_step=step,
    )
    events = await bench.events(handle)
    waits = bench.ids(events, "TimerStarted") + bench.ids(events, "ActivityTaskScheduled")
    bench.require(
        not waits and [reply.value for reply in replies] == [_GOOD, 100_000, 1, 1],
        "each correction replaces the one before, and a refused one has changed nothing",
        expected=f"the replaced amounts {_GOOD}, 100000, 1, 1",
        seen=f"{seen}{'; it waits first' if waits else ''}",
        events=waits,
        next_step="let the handler store the new amount at once: while it waits, the order may be confirmed."
        if waits
        else "store the new amount in the body of `correct`, and return the one that it replaced *just now*; and "
        "let the validator change nothing.",
    )


EXERCISE = Exercise(answers=("OpenOrder",), check=check_correction)
