"""``Bench.replay``: the learner's class against recorded histories, in a process of its own."""

import importlib
from typing import TYPE_CHECKING, Any

from course_lib.cells import Modules
from course_lib.grading import Outcome
from tests.grading.conftest import Grader, run_cell

if TYPE_CHECKING:
    from course_lib.grading import Code

FLOW = """
    import os
    import random

    from temporalio import workflow

    SIZE = os.environ.get("SIZE", "small")


    @workflow.defn
    class Flow:
        @workflow.run
        async def run(self, names: list[str]) -> list[str]:
            if SIZE == "large":
                await workflow.sleep(1)
            print("walks over", len(names))
            return list({set})
"""


async def test_texts_hash_otherwise_in_another_process(grader: Grader, modules: Modules) -> None:
    seen: list[Any] = []

    async def check(bench: Any, flow: "Code") -> None:
        async with bench.worker(flow, env={"PYTHONHASHSEED": "1"}):
            run = await bench.run(flow, list("abcdef"))
        for seed in ("1", "2"):
            seen.extend(await bench.replay(flow, run, run, env={"PYTHONHASHSEED": seed}))
        bench.expect(run.completed, "it completed", expected=True, seen=run.reason)
        seen.append(run.result)

    names = run_cell(modules, "flow", FLOW.replace("{set}", "set(names)"))
    verdict = await grader(check, names["Flow"], early=False)
    assert verdict.outcome is Outcome.PASSED, verdict.text()
    *replays, result = seen
    assert all(replay.agrees for replay in replays)  # a replay does not compare values
    same, also, other, last = [tuple(command.words for command in replay.commands) for replay in replays]
    assert same == also != other == last
    assert same == (f"complete the run with {result}",)


async def test_another_environment_parts_with_the_line(grader: Grader, modules: Modules) -> None:
    seen: list[Any] = []

    async def check(bench: Any, flow: "Code") -> None:
        async with bench.worker(flow):
            run = await bench.run(flow, ["a"])
        seen.extend(await bench.replay(flow, run))
        seen.extend(await bench.replay(flow, run.history, env={"SIZE": "large"}))
        bench.expect(run.completed, "it completed", expected=True, seen=run.reason)

    names = run_cell(modules, "flow", FLOW.replace("{set}", "names"))
    verdict = await grader(check, names["Flow"], early=False)
    assert verdict.outcome is Outcome.PASSED, verdict.text()
    same, other = seen
    assert same.agrees
    assert not other.agrees
    assert other.divergence.source == "await workflow.sleep(1)"
    assert other.divergence.issued == "a timer of 1 s"


async def test_a_module_that_a_new_process_cannot_import_is_said(grader: Grader, modules: Modules) -> None:
    async def check(bench: Any, flow: "Code") -> None:
        async with bench.worker(flow):
            run = await bench.run(flow, ["a"])
        await bench.replay(flow, run, env={"SIZE": "none"})

    source = FLOW.replace("{set}", "names") + '    if SIZE == "none":\n        raise RuntimeError("no such size")\n'
    names = run_cell(modules, "flow", source)
    verdict = await grader(check, names["Flow"], early=False)
    assert verdict.outcome is Outcome.FAILED
    assert "RuntimeError: no such size, at line" in verdict.text()


async def test_a_graders_function_is_called_in_place_of_the_learners(grader: Grader, modules: Modules) -> None:
    seen: list[Any] = []
    through = "tests.grading.test_replays:rules"

    async def check(bench: Any, greet: "Code") -> None:
        called = await bench.call(greet, "ada", through=through)
        bench.expect(called.ok, "it returned", expected=True, seen=called.reason)
        seen.append(called.value)

    names = run_cell(modules, "talk", "def greet(name: str) -> str:\n    return f'hello {name}'")
    verdict = await grader(check, names["greet"], early=False)
    assert verdict.outcome is Outcome.PASSED, verdict.text()
    assert seen == [["greet", "hello ada"]]


def rules(module: str, name: str, who: str) -> list[str]:
    """Run in the child: call the learner's function by its name."""
    return [name, getattr(importlib.import_module(module), name)(who)]


async def test_a_history_is_replayed_with_the_modules_class_of_its_own_type(grader: Grader, modules: Modules) -> None:
    seen: list[Any] = []

    async def check(bench: Any, flow: "Code", other: "Code") -> None:
        async with bench.worker(flow):
            runs = [await bench.run(code, ["a"]) for code in (flow, other)]
        seen.extend(await bench.replay(flow, *runs))
        bench.expect(True, "both ran", expected="", seen="")

    second = FLOW[FLOW.index("    @workflow.defn") :].replace("class Flow", "class Other").replace("SIZE ==", "SIZE !=")
    names = run_cell(modules, "flow", (FLOW + "\n" + second).replace("{set}", "names"))
    verdict = await grader(check, names["Flow"], names["Other"], early=False)
    assert verdict.outcome is Outcome.PASSED, verdict.text()
    assert all(replay.agrees for replay in seen)
    assert [len(replay.commands) for replay in seen] == [1, 2]
