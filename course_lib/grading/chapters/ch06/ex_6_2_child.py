"""Inside the child process of 6.2: the learner's function judges each edit."""

import asyncio
import importlib
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory


async def judge(
    module: str, name: str, folder: str, edits: list[str], histories: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """Call the learner's function with each edit and return what it said, raised and lost, and whether it took some.

    Args:
        module: The learner's module.
        name: The function.
        folder: Where ``graded_edits`` lies.
        edits: Classes in it.
        histories: ``id`` and ``json`` of each.
    """
    modules = tempfile.TemporaryDirectory()  # gone with the process
    sys.path.append(modules.name)  # the sandbox imports the classes by their modules' names
    _versions(folder, modules.name, edits)
    function = getattr(importlib.import_module(module), name)
    recorded = [WorkflowHistory.from_json(each["id"], each["json"]) for each in histories]
    given = list(recorded)  # the same list each time, as the exercise's example has it
    said: list[dict[str, Any]] = []
    for edit in edits:
        others = asyncio.all_tasks()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            version = importlib.import_module(f"graded_{edit}").OrderWorkflow
            told = await _answer(function, version, given, module)
        # Python warns when it throws a coroutine away that nobody awaited; a task that nobody awaited goes on.
        lost = any("never awaited" in str(each.message) for each in warned)
        if left := asyncio.all_tasks() - others:
            lost = True
            await asyncio.wait(left)
        said.append({**told, "lost": lost, "took": given != recorded})
    return said


def _versions(folder: str, modules: str, edits: list[str]) -> None:
    """Write each edit into a module of its own, so that all of them have one name, as the versions of a class have."""
    source = Path(folder, "graded_edits.py").read_text()
    for edit in edits:
        Path(modules, f"graded_{edit}.py").write_text(source.replace(f"class {edit}", "class OrderWorkflow"))


async def _answer(
    function: Callable[..., Any], edit: type, histories: list[WorkflowHistory], module: str
) -> dict[str, Any]:
    try:
        value = function(edit, histories)
        value = await value if hasattr(value, "__await__") else value
        return {"said": value if isinstance(value, bool) else repr(value)[:80], "raised": ""}
    except Exception as error:
        lines = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename.endswith(f"{module}.py")]
        where = f", at line {lines[-1]}" if lines else ""
        return {"said": None, "raised": f"{type(error).__name__}: {str(error)[:160]}{where}"}
