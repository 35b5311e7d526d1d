"""A poll for tests: what a test waits for comes soon, or the test fails and says what did not come."""

import asyncio
import time

from course_lib.waits.until import Condition, holds


async def until(condition: Condition, seconds: float, what: str) -> None:
    """Wait until a condition holds.

    Args:
        condition: Called again and again; may be a coroutine function.
        seconds: How long, at most.
        what: What is waited for, for the failure.
    """
    deadline = time.monotonic() + seconds
    while not await holds(condition):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.02)
