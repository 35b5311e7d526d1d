"""Exercise 5.2: good and bad corrections of an order, with an eye on the history: a refusal must leave nothing."""

from typing import TYPE_CHECKING

from course_lib.grading import attempts
from course_lib.grading.exercises import Exercise
from course_lib.grading.messages import Reply, signal, update

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code, Handle

_BAD = (-5, 0, 100_001)
_TRACES = ("WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted", "WorkflowTaskFailed")


async def check_correction(bench: "Bench", workflow: "Code") -> None:
    """Correct an order well and badly, confirm it, correct it once more while the card is being charged."""
    async with bench.worker(workflow):
        order = bench.unique("order")
        handle = await bench.start(workflow, {"id": order, "amount_cents": 5000}, id=order)
        await _good(bench, handle)
        for amount in _BAD:
            await _bad(bench, handle, amount)
        await _edges(bench, handle)
        # The card waits, so that a correction can meet a confirmed order that is not charged yet.
        bench.shop.faults.hold("payments", order_id=order)
        await signal(handle, "confirm")
        await attempts.require_asked(bench, handle, "wait for `self.confirmed`, then run `charge_card`.", order=order)
        await _bad(bench, handle, 10, confirmed=True)
        bench.shop.faults.release("payments", order_id=order)
        run = await bench.finish(handle, alone=True)
    charges = list(bench.shop.table("payments", order_id=order)["amount_cents"])
    bench.expect(
        run.completed and charges == [3900],
        "the last good amount is charged, and no refused one",
        expected="one charge of 3900",
        seen=f"charges of {charges}" if run.completed else run.reason,
        events=run.ids("ActivityTaskScheduled"),
        next_step="change `self.order.amount_cents` in the update's body only, and charge `self.order`.",
    )


async def _good(bench: "Bench", handle: "Handle") -> None:
    reply = await update(bench, handle, "correct", 3900)
    bench.did("correct(3900)")
    step = "return the amount that was replaced, not the new one; and let the validator change nothing."
    seen = reply.text
    if "handler" in reply.text and not reply.ok:
        step = (
            "mark `correct` with `@workflow.update` (a signal's caller gets no answer, so nobody can be refused), and "
            "give the validator a name of its own: of two methods with one name only the second is left."
        )
    elif reply.state == "silent":
        run = await bench.finish(handle, alone=True)
        seen, step = run.reason or reply.text, "correct the line that is named: the handler does not come to an end."
    elif not reply.ok:
        step = "let the validator refuse only what is not 1 to 100,000 cents."
    bench.require(
        reply.ok and reply.value == 5000,
        "a good correction is answered with the amount that it replaced",
        expected="5000",
        seen=seen,
        next_step=step,
    )


async def _bad(bench: "Bench", handle: "Handle", amount: int, *, confirmed: bool = False) -> None:
    before = await bench.events(handle)
    reply = await update(bench, handle, "correct", amount)
    after = await bench.events(handle)
    bench.did(f"correct({amount}){' after confirm' if confirmed else ''}")
    new = after[len(before) :]
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
            "let the validator look at `self.confirmed`, too."
            if confirmed
            else "let the validator *raise* for what is not 1 to 100,000 (what it returns is not looked at), and mark "
            "it `@correct.validator`."
        )
    return (
        "move the refusal into a validator, `@correct.validator`: the body runs when the update is accepted already, "
        "and that is an event for ever."
    )


async def _edges(bench: "Bench", handle: "Handle") -> None:
    replies = [await update(bench, handle, "correct", amount) for amount in (100_000, 1, 1, 3900)]
    bench.did("correct(100000), correct(1) twice, correct(3900)")
    bench.expect(
        [reply.value for reply in replies] == [3900, 100_000, 1, 1],
        "the smallest and the largest amount are taken, and a refused one has changed nothing",
        expected="the replaced amounts 3900, 100000, 1, 1",
        seen=", ".join(_came(reply) for reply in replies),
        next_step="allow 1 and 100,000 themselves, `1 <= amount_cents <= 100_000`, and the amount that the order has; "
        "and let the validator change nothing.",
    )


EXERCISE = Exercise(answers=("OpenOrder",), check=check_correction)
