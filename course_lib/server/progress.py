"""Progress for whatever may take longer than two seconds."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

Say = Callable[[str], None]
"""Gets one line of progress."""
_EVERY = 2.0  # seconds


@contextlib.asynccontextmanager
async def progress(say: Say, text: str | Callable[[float], Awaitable[str]]) -> AsyncIterator[None]:
    """Say a line every two seconds while the block runs.

    Args:
        say: Gets the line.
        text: The line, or what returns it for the seconds since the beginning.
    """
    began = time.monotonic()

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_EVERY)
            say(text if isinstance(text, str) else await text(time.monotonic() - began))

    task = asyncio.ensure_future(repeat())
    try:
        yield
    finally:
        task.cancel()
