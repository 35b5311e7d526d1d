"""Inside the child process of 6.2: the learner's function judges each edit."""

import importlib
import sys
import traceback
from typing import Any

from temporalio.client import WorkflowHistory


async def judge(
    module: str, name: str, folder: str, edits: list[str], histories: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """Call the learner's function with each edit and return what it said, or what it raised.

    Args:
        module: The learner's module.
        name: The function.
        folder: Where ``graded_edits`` lies.
        edits: Classes in it.
        histories: ``id`` and ``json`` of each.
    """
    sys.path.append(folder)  # the sandbox imports the classes by this name alone
    function = getattr(importlib.import_module(module), name)
    classes = importlib.import_module("graded_edits")
    recorded = [WorkflowHistory.from_json(each["id"], each["json"]) for each in histories]
    said: list[dict[str, Any]] = []
    for edit in edits:
        try:
            value = function(getattr(classes, edit), list(recorded))
            value = await value if hasattr(value, "__await__") else value
            said.append({"said": value if isinstance(value, bool) else repr(value)[:80], "raised": ""})
        except Exception as error:
            lines = [
                at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename.endswith(f"{module}.py")
            ]
            where = f", at line {lines[-1]}" if lines else ""
            said.append({"said": None, "raised": f"{type(error).__name__}: {str(error)[:160]}{where}"})
    return said
