"""Answers that loop, exit, flood or lie: each ends with a verdict, and the kernel is well."""

import asyncio
import contextlib
import itertools
import os
import time
from typing import Any

import psutil
import pytest

from course_lib.cells import Modules
from course_lib.grading import Bench, Code, Outcome, engine

from .conftest import Grader, run_cell

SLOW = pytest.mark.slow

HEAD = """import asyncio, os, subprocess, sys, time
from datetime import timedelta
from temporalio import activity, workflow
"""
WORKFLOW = """
@workflow.defn
class Order:
    @workflow.run
    async def run(self, order_id: str) -> str:
        {}
        return await workflow.execute_activity(charge, order_id, start_to_close_timeout=timedelta(seconds=3))
"""
ACTIVITY = """
@activity.defn
async def charge(order_id: str) -> str:
    {}
    return order_id
"""


def source(*, top: str = "", workflow: str = "pass", activity: str = "pass") -> str:
    return f"{HEAD}{top}\n{ACTIVITY.format(activity)}\n{WORKFLOW.format(workflow)}"


async def check_order(bench: Bench, order: Code) -> None:
    async with bench.worker(order):
        run = await bench.run(order, "o-1")
    bench.expect(run.completed, "the order completes", expected="a result", seen=run.reason)


async def beat(times: list[float]) -> None:
    """Note this thread's CPU time at each turn of its loop: a busy machine makes turns late, but not dear."""
    while True:
        times.append(time.thread_time())
        await asyncio.sleep(0.05)


async def grade_well(grader: Grader, answer: Any, check: Any = check_order, **options: Any) -> Any:
    """Grade while the kernel's loop keeps time, and look that nothing is left behind."""
    times: list[float] = []
    pulse = asyncio.create_task(beat(times))
    verdict = await grader(check, answer, **options)
    pulse.cancel()
    assert max(b - a for a, b in itertools.pairwise(times)) < 2.0, "the kernel's loop was blocked"
    ours = [
        child for child in psutil.Process(os.getpid()).children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and "course_lib.workers.main" in " ".join(child.cmdline())
    ]  # fmt: skip
    _, alive = psutil.wait_procs(ours, timeout=5)
    assert alive == []
    return verdict


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(
            source(workflow="while True: pass"), "give the loop an end", id="loop in the workflow", marks=SLOW
        ),
        pytest.param(source(activity="while True: pass"), "give the loop an end", id="loop in the activity"),
        pytest.param(
            source(activity="sys.exit(3)"), "ends the whole worker", id="sys.exit in the activity", marks=SLOW
        ),
        pytest.param(source(activity="getattr(os, '_' + 'exit')(7)"), "exit code 7", id="hidden os._exit"),
        pytest.param(source(activity="os.kill(os.getpid(), 9)"), "SIGKILL", id="kills itself"),
        pytest.param(
            source(activity="[0 for x in iter(int, 1)]"), "nothing came of it", id="loop that no rule knows", marks=SLOW
        ),
        pytest.param(
            source(workflow="all(x == 0 for x in iter(int, 1))"),
            "deadlock",
            id="workflow loop that no rule knows",
            marks=SLOW,
        ),
    ],
)
async def test_ends_with_a_verdict(code: str, words: str, grader: Grader, modules: Modules) -> None:
    verdict = await grade_well(grader, run_cell(modules, "orders", code)["Order"])
    assert verdict.outcome is Outcome.FAILED, verdict.text()
    assert words in verdict.text()


@pytest.mark.parametrize(
    ("top", "words"),
    [
        pytest.param("[0 for x in iter(int, 1)]", "of CPU time", marks=SLOW),
        ("sys.exit(3)", "SystemExit"),
        ("getattr(os, '_' + 'exit')(4)", "exit code 4"),
        ("raise ValueError('broken import')", "broken import"),
    ],
)
async def test_a_module_that_hurts_when_it_is_imported(top: str, words: str, grader: Grader, modules: Modules) -> None:
    elsewhere = f"if os.getpid() != {os.getpid()}: {top}"  # this process imports it, too
    verdict = await grade_well(grader, run_cell(modules, "orders", source(top=elsewhere))["Order"])
    assert verdict.outcome is Outcome.FAILED, verdict.text()
    assert words in verdict.text()


async def test_a_flood_of_output_does_not_fill_the_kernel(grader: Grader, modules: Modules) -> None:
    before = psutil.Process().memory_info().rss
    code = source(activity="[print('x' * 10_000_000, end='') for _ in range(5)]; print('y\\n' * 100_000)")
    verdict = await grade_well(grader, run_cell(modules, "orders", code)["Order"])
    assert verdict.passed, verdict.text()
    assert psutil.Process().memory_info().rss - before < 150_000_000


async def test_a_huge_error_is_shortened(grader: Grader, modules: Modules) -> None:
    code = source(workflow="raise ApplicationError('x' * 1_000_000)").replace(
        "from temporalio import activity",
        "from temporalio.exceptions import ApplicationError\nfrom temporalio import activity",
    )
    verdict = await grade_well(grader, run_cell(modules, "orders", code)["Order"])
    assert verdict.outcome is Outcome.FAILED
    assert len(verdict.text()) < 3000


async def test_what_the_code_started_ends_with_it(grader: Grader, modules: Modules) -> None:
    code = source(activity="return str(subprocess.Popen(['sleep', '300']).pid)")

    async def check(bench: Bench, order: Code) -> None:
        async with bench.worker(order):
            run = await bench.run(order, "o-1")
        bench.expect(False, "pid", expected="", seen=str(run.result))

    verdict = await grade_well(grader, run_cell(modules, "orders", code)["Order"], check)
    pid = int(verdict.parts[0].seen)
    with contextlib.suppress(psutil.NoSuchProcess):  # it may end between any two looks
        psutil.Process(pid).wait(5)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("while True: pass", "TimeoutError"),
        ("sys.exit(2)", "SystemExit"),
        ("os._exit(2)", "SystemExit"),
        ("return [1] * 10_000_000", "ValueError"),
        ("print('x' * 50_000_000); raise KeyError('gone')", "KeyError"),
    ],
)
async def test_a_function_that_hurts(body: str, error: str, grader: Grader, modules: Modules) -> None:
    function = run_cell(modules, "starter", f"import os, sys\n\ndef start(name: str):\n    {body}\n")["start"]

    async def check(bench: Bench, start: Code) -> None:
        called = await bench.call(start, "x")
        bench.expect(called.error == error, "error", expected=error, seen=f"{called.error} {called.reason}")

    verdict = await grade_well(grader, function, check)
    # What its source shows fails the check, too.
    assert [part.ok for part in verdict.parts if part.label == "error"] == [True], verdict.text()


class Liar:
    """Says yes to everything, for ever."""

    def __eq__(self, other: object) -> bool:
        while True:
            pass

    def __hash__(self) -> int:
        return 1

    def __repr__(self) -> str:
        raise SystemExit


async def test_an_object_that_lies_is_never_compared(grader: Grader) -> None:
    async def check(bench: Bench, value: object) -> None:
        bench.expect(value == 3, "value", expected=3, seen=value)

    for liar in (Liar(), [Liar()], {"a": (1, Liar())}):
        verdict = await grader(check, liar)
        assert verdict.outcome is Outcome.FAILED
        assert "a plain value" in verdict.text()


async def test_a_forgotten_await_is_named(grader: Grader) -> None:
    async def start() -> int:
        return 3

    async def check(bench: Bench, value: object) -> None:
        bench.expect(value == 3, "value", expected=3, seen=value)

    verdict = await grader(check, start())
    assert "write `await`" in verdict.next_step


async def test_an_endless_check_ends_and_does_not_blame_the_answer(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(bench: Bench, value: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(engine, "_LIMIT", 0.5)
    verdict = await grader(check, 1)
    assert verdict.outcome is Outcome.ERROR
    assert "too busy" in verdict.error
    assert "Your answer was not judged." in verdict.error
