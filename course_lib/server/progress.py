"""Progress for whatever may take longer than two seconds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from course_lib.server.model import Say

_EVERY = 2.0  # seconds


@contextlib.asynccontextmanager
async def progress(say: Say, text: str) -> AsyncIterator[None]:
    """Say a line every two seconds while the block runs.

    Args:
        say: Gets the line.
        text: The line.
    """

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_EVERY)
            say(text)

    task = asyncio.ensure_future(repeat())
    try:
        yield
    finally:
        task.cancel()
