"""A poll for tests: what a test waits for comes soon, or the test fails and says what did not come."""

import asyncio
import time

from course_lib.waits.until import Condition, holds

LAST_RESORT = 120.0
"""Seconds. What a test waits for comes within one or two; the rest is for a machine that is busy."""


async def until(condition: Condition, what: str = "what the test waits for") -> None:
    """Wait until a condition holds.

    Args:
        condition: Called again and again; may be a coroutine function.
        what: What is waited for, for the failure.
    """
    deadline = time.monotonic() + LAST_RESORT
    while not await holds(condition):
        assert time.monotonic() < deadline, f"not within {LAST_RESORT:g} s: {what}"
        await asyncio.sleep(0.02)
