"""Pitfalls that are shown and do not stop the cell."""

import pytest

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


def test_pythons_own_warning_is_shown_with_the_line(notebook: Notebook) -> None:
    said = warnings(notebook.run("orders", "\nOK = 2 is 2\n"))
    assert len(said) == 1
    assert said[0].startswith('⚠ line 3: "is" with')
