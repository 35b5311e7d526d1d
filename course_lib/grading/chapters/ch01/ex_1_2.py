"""Exercise 1.2: start an order's checkout once, however often the customer clicks."""

import ast
import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowExecution, WorkflowHandle
from temporalio.service import RPCError

from course_lib.grading.answers import AnswerProblem
from course_lib.grading.bench import CLIENT, CONTESTED, EAST, WEST
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT
from course_lib.pitfalls.code import parsed

if TYPE_CHECKING:
    from course_lib.grading import Bench, Code
    from course_lib.grading.calls import Called

_RUNNING = "while the checkout is under way"
_ENDED = "after the checkout completed"
_ONE_ID = 'one id per order, such as `id=f"checkout-{order.id}"`'


async def check_buy(bench: "Bench", buy: "Code") -> None:
    """Buy twice without a worker, buy something else, run it all, buy again; then count runs and charges."""
    base = bench.unique("order")
    order = {"id": f"{base}-1-01", "customer": "edsger", "amount_cents": 3700}
    other = {**order, "id": f"{base}-2-01"}

    code = parsed(buy.source)
    asleep = [name for _, name in code.calls(ast.walk(code.tree)) if name.endswith(".sleep")]
    bench.require(
        not asleep,
        "buy waits for the server alone",
        expected="no sleep",
        seen=", ".join(asleep) or "none",
        next_step="take the sleep out: a customer waits. `start_workflow` answers as soon as the run exists.",
    )
    bench.did(
        f"buy twice for {order['id']} without a worker, once for {other['id']}; then a worker; then buy for "
        f"{order['id']} again"
    )

    async def click(
        what: dict[str, Any], client: object = CLIENT, queue: str = bench.task_queue, env: Mapping[str, str] = WEST
    ) -> "Called":
        return await bench.call(buy, client, what, queue, quiet=True, env=env)

    first = await _handle(bench, await click(order), "the first call starts a run and returns its handle", "")
    # Of two calls for one order at the same moment either may come first, so that these are never made together; that
    # the other one comes between a look and the start is made certain at the end.
    again, different = await asyncio.gather(click(order, queue=f"{bench.task_queue}-2", env=EAST), click(other))
    second = await _handle(bench, again, f"a call {_RUNNING} returns a handle", _RUNNING)
    elsewhere = await _handle(bench, different, "the first call starts a run and returns its handle", "")
    _same_run(bench, first, second, _RUNNING, "`id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING`")
    bench.require(
        elsewhere.id != first.id,
        "another order of the same customer has a workflow of its own",
        expected="two orders, two workflow IDs",
        seen=f"both have the id {first.id!r}",
        next_step=f"make the id from the order, not from the customer and not for all: {_ONE_ID}.",
    )
    async with bench.worker(buy):
        runs = await asyncio.gather(*(bench.finish(handle) for handle in (second, elsewhere)))
        stuck = next((run for run in runs if not run.completed), runs[0])
        bench.require(
            stuck.completed,
            "the checkouts complete on the queue that buy was given",
            expected="WorkflowExecutionCompleted",
            seen=stuck.reason,
            events=stuck.last_event,
            next_step="hand the parameter `task_queue` to `start_workflow`: the worker polls that queue.",
        )
        policy = stuck.history.events[0].workflow_execution_started_event_attributes.retry_policy
        bench.require(
            policy.maximum_attempts == 1 or not policy.ByteSize(),
            "a checkout that fails is not run again by itself",
            expected="no retry policy of the workflow",
            seen="a retry policy, by which the server starts a second run" if policy.ByteSize() else "none",
            events=(1,),
            next_step="take `retry_policy` out of `start_workflow`: the activities have their retries.",
        )
        third = await _handle(bench, await click(order), f"a call {_ENDED} returns a handle", _ENDED)
        if third.run_id != second.run_id:
            await bench.finish(third)
    _same_run(bench, second, third, _ENDED, "`id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE`")
    await _counted(bench, order, {first.run_id, second.run_id, third.run_id, elsewhere.run_id}, elsewhere.run_id)
    third_order, fourth_order = ({**order, "id": f"{base}-{number}-01"} for number in (3, 4))
    contested, refused = await asyncio.gather(click(third_order, CONTESTED), click(fourth_order, queue="q" * 1001))
    await _at_once(bench, contested)
    bench.expect(
        not refused.ok,
        "a start that fails for another reason is not taken for a run",
        expected="buy raises what `start_workflow` raises",
        seen=refused.reason or "a handle, though the server refused the start (the queue's name is too long)",
        next_step="catch WorkflowAlreadyStartedError and nothing else: after another failure there is no run.",
    )


async def _handle(bench: "Bench", called: "Called", label: str, when: str) -> WorkflowHandle[Any, Any]:
    handle, seen, next_step = called.value, called.reason, _raised_step(called, when)
    if called.ok and not isinstance(handle, WorkflowHandle):
        seen, next_step = repr(handle), _value_step(handle)
    elif called.ok:
        try:
            run_id = (await handle.describe()).run_id
        except RPCError as error:
            seen = f"{handle.id!r}: {error.message}"
            next_step = (
                "return the handle that `await client.start_workflow(…)` gives, or one with the same workflow ID and "
                "no other run ID."
            )
        else:
            bench.expect(True, label, expected="the handle of a run", seen=handle.id)
            return bench.client.get_workflow_handle(handle.id, run_id=run_id)
    raise AnswerProblem(label, "the WorkflowHandle of a run that exists", seen, next_step)


async def _at_once(bench: "Bench", called: "Called") -> None:
    label = "of two calls at the same moment both return a handle"
    bench.did("buy for a third order, with another call in the same moment")
    if not called.ok:
        raise AnswerProblem(
            label,
            "the WorkflowHandle of the run that the other call has started",
            called.reason,
            "let `start_workflow` itself decide, by its two policies: between a look and the start another call may "
            "come, as in a double click.",
        )
    await _handle(bench, called, label, _RUNNING)


def _raised_step(called: "Called", when: str) -> str:
    if called.error == "WorkflowAlreadyStartedError" and when == _RUNNING:
        return (
            "join the run that is there: `id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING`, or catch "
            "WorkflowAlreadyStartedError and return `client.get_workflow_handle(…)`."
        )
    if called.error == "WorkflowAlreadyStartedError":
        return "catch WorkflowAlreadyStartedError and return a handle to the run that is there, by its id."
    if called.error == "NotAwaited":
        return "`await` the call of `client.start_workflow(…)` in buy: a start that nobody waits for may fail unseen."
    if called.error == "TimeoutError":
        return (
            "return the handle at once: wait in buy for `start_workflow` alone, with no `execute_workflow`, no "
            "`handle.result()` and no loop."
        )
    if "onnect" in called.reason:
        return "use the `client` that buy gets, and connect to nothing yourself."
    if "TERMINATE_EXISTING" in called.reason:
        return "take `USE_EXISTING`: the other policy would end the checkout that is under way."
    return CORRECT


def _value_step(value: object) -> str:
    if value is None:
        return "return a handle on every path: a caller who gets None cannot ask for the receipt."
    if isinstance(value, str) and "coroutine" in value:
        return "write `await` in front of `client.start_workflow(…)`: without it nothing is started."
    return "return the handle itself, not its id and not the result."


def _same_run(
    bench: "Bench", one: WorkflowHandle[Any, Any], two: WorkflowHandle[Any, Any], when: str, setting: str
) -> None:
    same_id = one.id == two.id
    bench.require(
        same_id and one.run_id == two.run_id,
        f"a call {when} gives the same run",
        expected=f"run {one.run_id} of {one.id}",
        seen=f"a second run, {two.run_id} of {two.id}",
        next_step=f"ask for {setting}: the id is right, but it starts a new run {when}."
        if same_id
        else f"take {_ONE_ID}: this one is another at every call, in every process, on every day, or for every queue.",
    )


async def _counted(bench: "Bench", order: dict[str, Any], known: set[str | None], elsewhere: str | None) -> None:
    runs = await _runs(bench, known)
    of_order = [run for run in runs if run.run_id != elsewhere]
    charges = list(bench.shop.table("payments", order_id=order["id"])["amount_cents"])
    bench.require(
        len(of_order) == 1 and charges == [order["amount_cents"]],
        "the list of runs has one checkout for the order, which is charged once",
        expected=f"1 run, charges [{order['amount_cents']}]",
        seen=f"{len(of_order)} runs: {', '.join(run.id for run in of_order)}; charges {charges}",
        next_step="start nothing else in buy: every further run is a further charge.",
    )


async def _runs(bench: "Bench", known: set[str | None]) -> list[WorkflowExecution]:
    runs: list[WorkflowExecution] = []

    async def listed() -> bool:
        # The list is written behind the histories: wait until it knows what we know.
        runs[:] = [run async for run in bench.client.list_workflows(f"TaskQueue = '{bench.task_queue}'")]
        return known <= {run.run_id for run in runs}

    await bench.wait_for(listed, "the list of runs is complete")
    return runs


EXERCISE = Exercise(answers=("buy",), check=check_buy)
