"""Pitfalls that are shown and do not stop the cell."""

import pytest

from course_lib.cells.magic import missing_awaits
from tests.cells.conftest import Notebook

WORKFLOW = (
    "from temporalio import workflow\n{}\n@workflow.defn\nclass W:\n    @workflow.run\n    async def run(self): ...\n"
)


def warnings(said: list[str]) -> list[str]:
    return [line for line in said if line.startswith("⚠")]


@pytest.mark.parametrize("package", ["numpy", "pandas", "httpx"])
def test_a_heavy_import_in_a_workflow_module_is_warned_of(notebook: Notebook, package: str) -> None:
    said = notebook.run("orders", WORKFLOW.format(f"import {package}"))
    assert said[0] == "orders.py · revision 1 · W"
    assert warnings(said) == [
        f"⚠ line 3: the sandbox would load {package} afresh for every workflow run\n    import {package}\n"
        "    → put this import under `with workflow.unsafe.imports_passed_through():`"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "with workflow.unsafe.imports_passed_through():\n    import numpy",
        "def f():\n    import numpy",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy",
        "import json",
    ],
)
def test_an_import_that_does_no_harm_is_not_warned_of(notebook: Notebook, line: str) -> None:
    assert warnings(notebook.run("orders", WORKFLOW.format(line))) == []


def test_a_module_without_a_workflow_may_import_what_it_likes(notebook: Notebook) -> None:
    assert warnings(notebook.run("payments", "import httpx\nimport numpy\n")) == []


def test_a_heavy_import_by_way_of_a_sibling_is_warned_of(notebook: Notebook) -> None:
    notebook.run("payments", "import httpx\ndef charge(): ...\n")
    said = warnings(notebook.run("orders", WORKFLOW.format("from payments import charge")))
    assert len(said) == 1
    assert "line 3: the sandbox would load httpx afresh for every workflow run by way of payments" in said[0]
    passed = "with workflow.unsafe.imports_passed_through():\n    from payments import charge"
    assert warnings(notebook.run("orders", WORKFLOW.format(passed))) == []


def test_a_pitfall_in_a_siblings_function_is_warned_of_where_it_is_called(notebook: Notebook) -> None:
    notebook.run("clocks", "import time\ndef now():\n    return time.time()\n")
    source = WORKFLOW.format("from clocks import now").replace("...", "now()")
    said = warnings(notebook.run("orders", source))
    assert len(said) == 1
    assert said[0].startswith("⚠ line 7: `now` leads to line 4 of clocks: `time.time` reads the worker's clock")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("workflow.sleep(1)", "write `await` in front of `workflow.sleep(…)`"),
        ("x = workflow.start_activity('a')\n        return x", "is taken for the result"),
        (
            "await workflow.execute_activity('a', start_to_close_timeout=4)",
            "`start_to_close_timeout` is a plain number",
        ),
        ("p = workflow.RetryPolicy(non_retryable_error_types=[ValueError])", "the class `ValueError` stands where"),
        ("await workflow.sleep(workflow.timedelta(4))", "`timedelta(4)` counts days"),
    ],
)
def test_a_slip_that_nobody_means_is_warned_of(notebook: Notebook, line: str, words: str) -> None:
    source = WORKFLOW.format("").replace("...", f"\n        {line}")
    assert [words in warning for warning in warnings(notebook.run("orders", source))] == [True]


def test_what_only_a_check_turns_down_is_not_warned_of(notebook: Notebook) -> None:
    source = WORKFLOW.format("").replace("...", "\n        await workflow.execute_activity('a')")
    assert warnings(notebook.run("orders", source)) == []


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("lab.check('1.1', Order)", 1),
        ("\nhandle = lab.client.start_workflow(Order.run, 'o-1', id='o-1', task_queue='q')", 2),
        ("handle.signal('approve')", 1),
        ("async def buy(): ...\nbuy()", 2),
        ("print(f'{lab.result(handle)}')", 1),
    ],
)
def test_a_forgotten_await_in_a_plain_cell_has_its_line(cell: str, line: int) -> None:
    assert [slip.line for slip in missing_awaits(cell)] == [line]


@pytest.mark.parametrize(
    "cell",
    [
        "await lab.check('1.1', Order)",
        "import asyncio\nawait asyncio.gather(lab.result(a), lab.result(b))",
        "runs = [lab.client.start_workflow('o', id=str(n)) for n in range(3)]\nawait asyncio.gather(*runs)",
        "asyncio.run(lab.result(handle))",
        "frame.query('id == 1')",
        "def start():\n    return lab.client.start_workflow('o', id='a')",
        "process.start()\nx = 1 +",
    ],
)
def test_a_plain_cell_without_one_is_left_alone(cell: str) -> None:
    assert missing_awaits(cell) == []


def test_pythons_own_warning_is_shown_with_the_line(notebook: Notebook) -> None:
    said = warnings(notebook.run("orders", "\nOK = 2 is 2\n"))
    assert len(said) == 1
    assert said[0].startswith('⚠ line 3: "is" with')
