"""Calls `repair` of 10.3 in the child process: times travel there as text."""

import inspect
from datetime import datetime
from importlib import import_module
from typing import Any


async def repair(module: str, name: str, client: Any, schedule: str, first: str, last: str) -> None:
    """Call the learner's function.

    Args:
        module: Its module.
        name: Its name.
        client: A connected client.
        schedule: The schedule's ID.
        first: The first due time, in ISO 8601.
        last: The last one.
    """
    function = getattr(import_module(module), name)
    answer = function(client, schedule, datetime.fromisoformat(first), datetime.fromisoformat(last))
    if inspect.isawaitable(answer):
        await answer
