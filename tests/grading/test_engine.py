"""From an answer to a verdict, on a real server: the four outcomes, three kinds of answers, evidence."""

import asyncio
import textwrap
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from course_lib.cells import CellError, Modules
from course_lib.grading import CLIENT, Bench, Code, Outcome, Verdict, grade
from course_lib.grading import exercise as declared
from course_lib.grading.messages import arrived, signal, update
from course_lib.server import Server, switches
from course_lib.server.crashing import CrashServer
from course_lib.waits.idle import BASE

from .conftest import Grader, run_cell

GREETING = """
    from temporalio import workflow

    @workflow.defn
    class Greeting:
        @workflow.run
        async def run(self, name: str) -> str:
            return f"Welcome to the shop, {name}!"
"""
PAYMENTS = """
    from dataclasses import dataclass
    from temporalio import activity
    from course_lib.shop import ShopClient

    @dataclass
    class Order:
        order_id: str
        amount_cents: int

    @activity.defn
    async def charge(order: Order) -> str:
        async with ShopClient() as shop:
            return await shop.charge(order.order_id, order.amount_cents, idempotency_key=order.order_id)
"""
ORDERS = """
    from datetime import timedelta
    from temporalio import workflow
    with workflow.unsafe.imports_passed_through():
        import payments

    @workflow.defn
    class OrderWorkflow:
        @workflow.run
        async def run(self, order: payments.Order) -> str:
            return await workflow.execute_activity(
                payments.charge, order, start_to_close_timeout=timedelta(seconds=5)
            )
"""


THEN = "then check again."


def failed_labels(verdict: Verdict) -> list[str]:
    return [part.label for part in verdict.parts if not part.ok]


async def grade_greeting(source: str, server: Server, modules: Modules) -> Verdict:
    return await grade(
        declared("0.1"), (run_cell(modules, "greeting", source)["Greeting"],), server=server, modules=modules
    )


async def test_passed_twice_and_after_an_edit(course_server: Server, modules: Modules) -> None:
    for _ in range(2):
        verdict = await grade_greeting(GREETING, course_server, modules)
        assert verdict.outcome is Outcome.PASSED, verdict.text()
    wrong = await grade_greeting(GREETING.replace("Welcome to", "Go from"), course_server, modules)
    assert wrong.outcome is Outcome.FAILED
    assert "Go from the shop" in wrong.text()
    assert "(event " in wrong.text()
    again = await grade_greeting(GREETING, course_server, modules)
    assert again.outcome is Outcome.PASSED, again.text()


async def test_a_cell_that_failed_last_is_not_graded_by_its_older_version(
    course_server: Server, modules: Modules
) -> None:
    names = run_cell(modules, "greeting", GREETING)
    for broken in (GREETING.replace("{name}!", "{nam}!"), GREETING.replace("async def", "def"), "class"):
        with pytest.raises((CellError, ValueError)):
            run_cell(modules, "greeting", broken)
        verdict = await grade(declared("0.1"), (names["Greeting"],), server=course_server, modules=modules)
        assert verdict.outcome is Outcome.ERROR, verdict.text()
        assert "%%module greeting" in verdict.error
        assert "fix what the message below that cell names" in verdict.next_step
    again = await grade_greeting(GREETING, course_server, modules)
    assert again.outcome is Outcome.PASSED, again.text()


async def test_a_name_that_stands_for_an_older_run_of_its_cell_is_not_graded(
    course_server: Server, modules: Modules
) -> None:
    older = run_cell(modules, "greeting", GREETING)["Greeting"]
    newer = run_cell(modules, "greeting", GREETING.replace("class Greeting", "class Welcome"))["Welcome"]
    verdict = await grade(declared("0.1"), (older,), server=course_server, modules=modules)
    assert failed_labels(verdict) == ["Greeting is what its cell defines now"], verdict.text()
    assert verdict.next_step.startswith("let the cell `%%module greeting` define `Greeting`, under this name")
    renamed = await grade(declared("0.1"), (newer,), server=course_server, modules=modules)
    assert renamed.outcome is Outcome.PASSED, renamed.text()


async def test_the_learners_exception_is_shown_with_its_line(course_server: Server, modules: Modules) -> None:
    source = GREETING.replace('f"Welcome to the shop, {name}!"', "name.shout()")
    verdict = await grade_greeting(source, course_server, modules)
    assert verdict.outcome is Outcome.FAILED
    assert "has no attribute 'shout'" in verdict.text()
    assert "line 9 of greeting: `return name.shout()`" in verdict.text()


async def test_what_the_sdk_says_of_a_slip_is_the_next_step(course_server: Server, modules: Modules) -> None:
    verdict = await grade_greeting(GREETING.replace("self, name: str", "name: str"), course_server, modules)
    assert failed_labels(verdict) == ["the workflow completes"]
    assert verdict.next_step.startswith("give `Greeting.run` its `self`")


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        ("NameError: name 'order' is not defined, at line 3", "correct the line that is named, then check again."),
        ("KeyError: 'order'", "correct what it says, then check again."),
        ("Not in workflow event loop, at line 3", "move this line into the workflow's `run`"),
    ],
)
async def test_a_check_that_says_no_more_than_correct_it_is_helped(grader: Grader, seen: str, step: str) -> None:
    async def check(bench: Bench, one: object) -> None:
        bench.expect(False, "it works", expected="", seen=seen, next_step=f"correct the line that is named, {THEN}")
        bench.expect(False, "that, too", expected="", seen="Not in workflow event loop", next_step="do it well.")

    assert (await grader(check, 1)).next_step.startswith(step)


async def test_what_is_doubtful_counts_only_in_a_wrong_answer(course_server: Server, modules: Modules) -> None:
    limit = "from datetime import timedelta\n    LIMIT = timedelta(4)\n"
    days = GREETING.replace("from temporalio", f"{limit}    from temporalio")
    assert (await grade_greeting(days, course_server, modules)).passed
    verdict = await grade_greeting(days.replace("Welcome to", "Go from"), course_server, modules)
    assert failed_labels(verdict)[0] == "a timedelta names its unit"
    assert "write `timedelta(seconds=4)`" in verdict.next_step


@pytest.mark.parametrize(
    ("answer", "label", "seen"),
    [
        ("Greeting", "Greeting is code", "'Greeting'"),
        (7, "Greeting is code", "7"),
        ([7], "Greeting is code", "a list"),
        ("handle", "Greeting is code", "a WorkflowHandle"),
        ("run", "Greeting is the class itself", "its method `Greeting.run`"),
        (lambda: None, "Greeting lives in a module cell", "it was defined in module"),
    ],
)
async def test_another_kind_than_code_is_named(
    course_server: Server, client: Client, modules: Modules, answer: Any, label: str, seen: str
) -> None:
    made = run_cell(modules, "greeting", GREETING)["Greeting"]
    given = client.get_workflow_handle("o-1") if answer == "handle" else made.run if answer == "run" else answer
    verdict = await grade(declared("0.1"), (given,), server=course_server, modules=modules)
    assert verdict.outcome is Outcome.FAILED
    assert failed_labels(verdict) == [label]
    assert seen in verdict.parts[0].seen


async def test_another_kind_than_a_run_or_a_value_is_named(course_server: Server, modules: Modules) -> None:
    order = run_cell(modules, "greeting", GREETING)["Greeting"]
    given = ("order-ada-1", 2, order, 1.0, 2)
    verdict = await grade(declared("1.3"), given, server=course_server, modules=modules)
    assert failed_labels(verdict) == ["bumpy is a workflow's handle", "error_type is a plain value"]
    assert [part.seen for part in verdict.parts] == ["'order-ada-1'", "the class Greeting"]
    assert verdict.next_step == "set bumpy to the handle of the run, and check again."


async def test_a_run_that_is_not_there_is_said(course_server: Server, client: Client, modules: Modules) -> None:
    given = (client.get_workflow_handle("nobody"), 2, "ShopUnavailable", 1.0, 2)
    verdict = await grade(declared("1.3"), given, server=course_server, modules=modules)
    assert verdict.outcome is Outcome.ERROR
    assert verdict.next_step.startswith("look at the ID")


async def test_a_class_of_a_plain_cell_is_told_the_cure(grader: Grader) -> None:
    class Loose: ...

    async def check(bench: Bench, workflow: Code) -> None:
        raise AssertionError("must not run")

    verdict = await grader(check, Loose)
    assert verdict.outcome is Outcome.FAILED
    assert "%%module" in verdict.next_step


async def test_nothing_answered_is_unattempted(grader: Grader) -> None:
    async def check(bench: Bench, one: object, two: object) -> None:
        raise AssertionError("must not run")

    for nothing in ((None, None), (..., {"a": None, "b": [None]})):
        verdict = await grader(check, *nothing)
        assert verdict.outcome is Outcome.UNATTEMPTED, verdict.text()


async def test_wrong_number_of_answers_shows_the_call(grader: Grader) -> None:
    async def check(bench: Bench, one: object) -> None: ...

    verdict = await grader(check, 1, names=("attempts", "last"))
    assert verdict.outcome is Outcome.ERROR
    assert 'lab.check("9.9", attempts, last)' in verdict.text()


async def test_evidence_of_the_shop_and_siblings_that_are_only_imported(grader: Grader, modules: Modules) -> None:
    run_cell(modules, "payments", PAYMENTS)
    workflow = run_cell(modules, "orders", ORDERS)["OrderWorkflow"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow):
            run = await bench.run(workflow, {"order_id": "o-1", "amount_cents": 1200})
        bench.expect(run.completed, "completes", expected="a result", seen=run.reason)
        rows = bench.shop.payments
        bench.expect(len(rows) == 1, "one charge", expected="1 row", seen=f"{len(rows)} rows",
                     events=run.ids("ActivityTaskScheduled", "charge"))  # fmt: skip

    verdict = await grader(check, workflow)
    assert verdict.passed, verdict.text()
    assert verdict.parts[1].events == (5,)
    assert "OrderWorkflow({'order_id': 'o-1'" in verdict.ran


async def test_plain_values_are_compared_with_evidence(grader: Grader, modules: Modules) -> None:
    async def check(bench: Bench, attempts: object, names: object) -> None:
        bench.expect(attempts == 3, "attempts", expected=3, seen=attempts, next_step="count again.")
        bench.expect(names == ["a"], "names", expected=["a"], seen=names)

    assert (await grader(check, 3, ["a"])).passed
    verdict = await grader(check, 4, ["a"])
    assert failed_labels(verdict) == ["attempts"]
    assert "count again." in verdict.text()


async def test_a_handle_is_a_handle_of_the_checks_own_client(
    grader: Grader, modules: Modules, course_server: Server
) -> None:
    from course_lib import server as servers

    client = await servers.connect(course_server)
    handle = await client.start_workflow("Nobody", id="nobody-1", task_queue="nobody")

    async def check(bench: Bench, theirs: object) -> None:
        bench.expect(getattr(theirs, "id", "") == "nobody-1", "id", expected="nobody-1", seen=theirs)
        bench.expect(getattr(theirs, "_client", None) is bench.client, "client", expected="own", seen="theirs")

    verdict = await grader(check, handle)
    await handle.terminate()
    assert verdict.passed, verdict.text()


async def test_a_function_is_called_in_a_child_with_a_client(grader: Grader, modules: Modules) -> None:
    start = run_cell(
        modules,
        "starter",
        """
        import os
        from dataclasses import dataclass
        from temporalio.client import Client

        @dataclass
        class Order:
            order_id: str

        async def start_order(client: Client, order: Order, queue: str):
            print("in", os.getpid())
            first = await client.start_workflow("Order", order.order_id, id=order.order_id, task_queue=queue)
            return {"handle": first, "pid": os.getpid()}

        def broken(order_id: str):
            return order_id.nonsense
        """,
    )

    async def check(bench: Bench, start: Code, broken: Code) -> None:
        import os

        name = bench.unique("order")
        called = await bench.call(start, CLIENT, {"order_id": name}, bench.task_queue)
        bench.require(called.ok, "it returns", expected="a handle", seen=called.reason)
        bench.expect(called.value["pid"] != os.getpid(), "not in the kernel", expected="a child", seen="the kernel")
        found = await called.value["handle"].describe()
        bench.expect(found.id == name, "the workflow is on the server", expected=name, seen=found.id)
        started.append(called.value["handle"])
        wrong = await bench.call(broken, "x")
        bench.expect("line 17 of starter" in wrong.reason, "the line", expected="line 17", seen=wrong.reason)
        bench.expect(wrong.error == "AttributeError", "the type", expected="AttributeError", seen=wrong.error)

    started: list[Any] = []
    verdict = await grader(check, start["start_order"], start["broken"])
    assert verdict.passed, verdict.text()
    # What the learner's function started ends with the check.
    assert (await started[0].describe()).status == WorkflowExecutionStatus.TERMINATED


async def test_kill_and_restart_in_the_middle(grader: Grader, modules: Modules) -> None:
    run_cell(modules, "payments", PAYMENTS)
    slow = ORDERS.replace("return await", "paid = await").rstrip() + (
        "\n            await workflow.sleep(1)\n            return paid\n"
    )
    workflow = run_cell(modules, "orders", slow)["OrderWorkflow"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow) as worker:
            handle = await bench.start(workflow, {"order_id": "o-1", "amount_cents": 1})
            await bench.wait_until(handle, lambda events: "TimerStarted" in set(events["type"]), "it sleeps")
            worker.kill()
            await worker.wait_exit(5)
            await worker.start()
            run = await bench.finish(handle)
        bench.expect(run.completed, "survives a kill", expected="completed", seen=run.reason)
        bench.expect(len(bench.shop.payments) == 1, "one charge", expected=1, seen=len(bench.shop.payments))

    verdict = await grader(check, workflow)
    assert verdict.passed, verdict.text()


async def test_a_check_brings_a_workflow_of_its_own_in_a_file(grader: Grader, modules: Modules, tmp_path: Path) -> None:
    activity = run_cell(modules, "payments", PAYMENTS)["charge"]
    fixture = tmp_path / "graded_order.py"
    fixture.write_text(
        "from datetime import timedelta\n\nfrom temporalio import workflow\n\n\n@workflow.defn\nclass Graded:\n"
        "    @workflow.run\n    async def run(self, order: dict) -> str:\n"
        "        limit = timedelta(seconds=5)\n"
        '        return await workflow.execute_activity("charge", order, start_to_close_timeout=limit)\n'
    )

    async def check(bench: Bench, activity: Code) -> None:
        async with bench.worker(activity, extra=(fixture,)):
            run = await bench.run("Graded", {"order_id": "o-1", "amount_cents": 1})
        bench.expect(run.completed, "the fixture runs the activity", expected="completed", seen=run.reason)

    verdict = await grader(check, activity)
    assert verdict.passed, verdict.text()


async def test_a_wait_that_is_in_vain_is_a_part(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "greeting", GREETING)["Greeting"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow):
            handle = await bench.start(workflow, "Ada")
            await bench.wait_until(handle, lambda events: False, "it asks for a signal", next_step="wait for it.")

    verdict = await grader(check, workflow)
    assert failed_labels(verdict) == ["it asks for a signal"]
    assert "the workflow ended before that" in verdict.text()
    assert verdict.next_step == "wait for it."


WALK = """
    import asyncio
    from datetime import timedelta
    from temporalio import activity, workflow

    @activity.defn
    async def step(seconds: float) -> None:
        await asyncio.sleep(seconds)

    @workflow.defn
    class Walk:
        @workflow.run
        async def run(self, steps: list[float]) -> int:
            for seconds in steps:
                await workflow.execute_activity(step, seconds, start_to_close_timeout=timedelta(hours=1))
            return len(steps)
"""


@pytest.mark.slow
async def test_a_run_is_waited_for_while_it_moves_and_given_up_when_nothing_does(
    grader: Grader, modules: Modules
) -> None:
    workflow = run_cell(modules, "walk", WALK)["Walk"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow):
            handles = [await bench.start(workflow, steps) for steps in ([1.0] * 8, [600.0])]
            slow, stuck = await asyncio.gather(*(bench.finish(run) for run in handles))
        bench.expect(slow.result == 8, "slow", expected=8, seen=slow.reason)
        bench.expect(stuck.completed, "stuck", expected="", seen=stuck.reason)

    verdict = await grader(check, workflow)
    assert failed_labels(verdict) == ["stuck"], verdict.text()
    assert "still running: nothing moves" in verdict.text()
    assert "step" in verdict.text()


async def test_an_activity_that_raises_a_slip_is_not_retried_for_long(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "walk", WALK.replace("asyncio.sleep(seconds)", "asyncio.sleep({}[seconds])"))["Walk"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow):
            run = await bench.run(workflow, [0.0])
        bench.expect(run.completed, "it walks", expected="", seen=run.reason)

    verdict = await grader(check, workflow)
    assert "the activity fails again and again: KeyError" in verdict.text()
    assert "line 9 of walk: `await asyncio.sleep({}[seconds])`" in verdict.text()


async def test_what_a_worker_failed_that_is_gone_does_not_end_the_wait_for_the_next(
    grader: Grader, modules: Modules, tmp_path: Path
) -> None:
    workflow = run_cell(modules, "greeting", GREETING)["Greeting"]
    broken = tmp_path / "broken.py"
    broken.write_text(textwrap.dedent(GREETING).replace("return f", "raise ValueError()  # "))

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(extra=(broken,), max_cached_workflows=0):
            handle = await bench.start(workflow, "Ada", task_timeout=timedelta(seconds=1))
            await bench.wait_until(handle, lambda seen: "WorkflowTaskFailed" in set(seen["type"]), "it is stuck")
        async with bench.worker(workflow):
            run = await bench.finish(handle)
        bench.expect(run.completed, "it goes on", expected="a result", seen=run.reason)

    verdict = await grader(check, workflow, early=False)
    assert verdict.passed, verdict.text()


SLEEPER = """
    from datetime import timedelta
    from temporalio import workflow

    @workflow.defn
    class Sleeper:
        @workflow.run
        async def run(self, hours: int) -> str:
            began = workflow.now()
            await workflow.sleep(timedelta(hours=hours))
            return str(workflow.now() - began)
"""


async def test_time_is_skipped_for_one_run_alone(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "sleeper", SLEEPER)["Sleeper"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow):
            day = await bench.start(workflow, 24, skip=True)
            pushed, left = await bench.start(workflow, 2), await bench.start(workflow, 2)
            await bench.wait_until(pushed, lambda events: "TimerStarted" in set(events["type"]), "it sleeps")
            await bench.skip(pushed, 3600)
            early = await bench.events(pushed)
            await bench.skip(pushed, 3601)
            runs = [await bench.finish(run) for run in (day, pushed, left)]
        bench.expect("TimerFired" not in set(early["type"]), "half is not enough", expected="no", seen="TimerFired")
        bench.expect(runs[0].result.startswith("1 day"), "a day", expected="1 day", seen=runs[0].reason)
        bench.expect(runs[1].result.startswith("2:00:0"), "two hours", expected="2:00:00", seen=runs[1].reason)
        bench.expect(not runs[2].completed, "the other one sleeps on", expected="still running", seen=runs[2].result)

    verdict = await grader(check, workflow)
    assert verdict.passed, verdict.text()


async def test_a_server_without_time_skipping_is_an_error_not_a_failure(
    grader: Grader, modules: Modules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switches, "DYNAMIC", ())
    plain = CrashServer(tmp_path)

    async def check(bench: Bench, workflow: Code) -> None:
        await bench.skip(await bench.start(workflow, 2), 3600)
        bench.expect(False, "time has passed", expected="a jump", seen="none")

    exercise = replace(declared("0.1"), check=check, early=False)
    try:
        answer = run_cell(modules, "sleeper", SLEEPER)["Sleeper"]
        verdict = await grade(exercise, (answer,), server=await plain.start(), modules=modules)
    finally:
        await plain.kill()
    assert verdict.outcome is Outcome.ERROR, verdict.text()
    assert "WorkflowTimeSkippingEnabled" in verdict.text()


VISIT = """
    from datetime import timedelta
    from temporalio import activity, workflow

    @activity.defn
    async def look() -> int:
        return 2

    @workflow.defn
    class Visit:
        def __init__(self) -> None:
            self.over = False

        @workflow.signal
        def leave(self) -> None:
            self.over = True

        @workflow.update
        async def double(self, number: int) -> int:
            return number * await workflow.execute_activity(look, start_to_close_timeout=timedelta(seconds=30))

        @workflow.run
        async def run(self, seconds: float) -> str:
            await workflow.execute_activity(look, start_to_close_timeout=timedelta(seconds=30))
            try:
                await workflow.wait_condition(lambda: self.over, timeout=seconds)
            except TimeoutError:
                return "nobody came"
            return "somebody left"
"""


async def test_a_run_that_nobody_speaks_to_is_over_as_soon_as_it_rests(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "visit", VISIT)["Visit"]

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow):
            hours, second = await bench.start(workflow, 7200), await bench.start(workflow, 1)
            resting = await bench.rest(hours)
            waits = await bench.finish(hours, alone=True)
            still = bench._watch.idle.seconds
            await signal(hours, "leave")
            left, alone = await bench.finish(hours, alone=True), await bench.finish(second, alone=True)
        bench.expect(resting["type"].iloc[-1] == "TimerStarted", "rests", expected="a timer", seen=resting["type"])
        bench.expect("nothing comes" in waits.reason, "it is told", expected="nothing comes", seen=waits.reason)
        bench.expect(still < BASE, "at once", expected="no stretch of stillness", seen=still)
        bench.expect(left.result == "somebody left", "a signal", expected="somebody left", seen=left.reason)
        bench.expect(alone.result == "nobody came", "a short timer", expected="nobody came", seen=alone.reason)

    verdict = await grader(check, workflow)
    assert verdict.passed, verdict.text()


async def test_an_update_has_arrived_before_any_worker_is_there(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "visit", VISIT)["Visit"]

    async def check(bench: Bench, workflow: Code) -> None:
        handle = await bench.start(workflow, 7200)
        bench.expect(not await arrived(handle, "first"), "not sent", expected="no update", seen="one")
        sending = asyncio.create_task(update(bench, handle, "double", 4, id="first"))
        there = await bench.until(partial(arrived, handle, "first"), handle)
        bench.expect(there and not sending.done(), "arrived", expected="no answer yet", seen=there)
        async with bench.worker(workflow):
            reply = await sending
        bench.expect(reply.value == 8, "answered", expected=8, seen=reply.text)

    verdict = await grader(check, workflow, early=False)
    assert verdict.passed, verdict.text()


@pytest.mark.slow
async def test_a_held_request_waits_for_its_release_and_is_no_movement(grader: Grader, modules: Modules) -> None:
    # No limit that would end the attempt meanwhile: the next one is a movement.
    run_cell(modules, "payments", PAYMENTS.replace("ShopClient()", "ShopClient(timeout=3600)"))
    workflow = run_cell(modules, "orders", ORDERS.replace("seconds=5", "hours=1"))["OrderWorkflow"]

    async def check(bench: Bench, workflow: Code) -> None:
        bench.shop.faults.hold("payments", operation="charge", order_id="o-1")
        async with bench.worker(workflow):
            held = await bench.start(workflow, {"order_id": "o-1", "amount_cents": 1})
            free = await bench.run(workflow, {"order_id": "o-2", "amount_cents": 1})
            asked = await bench.until(lambda: bool(bench.shop.waiting("o-1")), held)
            vain = await bench.until(lambda: len(bench.shop.payments) > 1, held)
            bench.shop.faults.release("payments", operation="charge", order_id="o-1")
            run = await bench.finish(held)
        bench.expect(free.completed, "another order passes", expected="completed", seen=free.reason)
        bench.expect(asked and not vain, "it waits", expected="held", seen=f"{asked} {vain}")
        bench.expect(run.completed, "it goes on", expected="completed", seen=run.reason)

    verdict = await grader(check, workflow)
    assert verdict.passed, verdict.text()


async def test_all_parts_are_told_and_require_stops(grader: Grader) -> None:
    async def check(bench: Bench, value: object) -> None:
        bench.expect(False, "one", expected=1, seen=2)
        bench.expect(True, "two", expected=1, seen=1)
        bench.require(False, "three", expected=1, seen=2)
        bench.expect(False, "four", expected=1, seen=2)

    verdict = await grader(check, 1)
    assert [part.label for part in verdict.parts] == ["one", "two", "three"]


async def test_a_statement_has_one_line_and_holds_if_it_held_each_time(grader: Grader) -> None:
    async def check(bench: Bench, value: object) -> None:
        for order, ok in (("A", True), ("B", False), ("C", True), ("D", False)):
            bench.expect(ok, "it is paid", expected="paid", seen=order)
            bench.expect(True, "it is shipped", expected="shipped", seen=order)

    verdict = await grader(check, 1)
    assert [(part.label, part.ok, part.seen) for part in verdict.parts] == [
        ("it is paid", False, "B"),
        ("it is shipped", True, "D"),
    ]


async def test_a_check_that_looks_at_nothing_is_the_courses_fault(grader: Grader) -> None:
    async def check(bench: Bench, value: object) -> None: ...

    async def broken(bench: Bench, value: object) -> None:
        raise KeyError("oops")

    for faulty in (check, broken):
        verdict = await grader(faulty, 1)
        assert verdict.outcome is Outcome.ERROR
        assert "course's fault" in verdict.error


async def test_a_server_that_is_gone_is_an_error_not_a_failure(course_server: Server, modules: Modules) -> None:
    gone = replace(course_server, address="127.0.0.1:1")
    answer = run_cell(modules, "greeting", GREETING)["Greeting"]
    verdict = await grade(declared("0.1"), (answer,), server=gone, modules=modules)
    assert verdict.outcome is Outcome.ERROR
    assert "127.0.0.1:1" in verdict.error
    assert verdict.seconds < 10


async def test_an_interrupt_is_passed_on_and_leaves_no_worker(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "greeting", GREETING)["Greeting"]
    running = asyncio.Event()
    held = []

    async def check(bench: Bench, workflow: Code) -> None:
        async with bench.worker(workflow) as worker:
            held.append(worker)
            running.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(grader(check, workflow))  # type: ignore[arg-type]
    await asyncio.wait_for(running.wait(), 120)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 120)
    assert await held[0].wait_exit(5) == -9


async def test_a_queue_without_a_worker_can_be_looked_at(grader: Grader, modules: Modules) -> None:
    workflow = run_cell(modules, "greeting", GREETING)["Greeting"]

    async def check(bench: Bench, workflow: Code) -> None:
        handle = await bench.start(workflow, "Ada")
        waiting = await bench.finish(handle)
        bench.expect("poll" in waiting.reason, "no worker", expected="nobody polls", seen=waiting.reason)
        async with bench.worker(workflow):
            run = await bench.finish(handle)
        bench.expect(run.completed, "nothing is lost", expected="a result", seen=run.reason)

    verdict = await grader(check, workflow, early=False)
    assert verdict.passed, verdict.text()
