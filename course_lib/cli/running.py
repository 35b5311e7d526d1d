"""How a command runs async code."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_async(coro: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on an event loop of its own.

    A process that ends right after its last call of the SDK can die with code 134 or 139
    (https://github.com/temporalio/sdk-python/issues/300), so the loop lives on for a moment.

    Args:
        coro: What to run.
    """

    async def settled() -> T:
        try:
            return await coro
        finally:
            await asyncio.sleep(0.05)

    return asyncio.run(settled())


def say(line: str) -> None:
    """Print a line of progress at once, also into a pipe."""
    print(line, flush=True)
