"""`Lab.skip`: a run's own clock jumps, in a cell."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from temporalio.client import Client, WorkflowHandle

from course_lib import history
from course_lib.errors import CourseError
from course_lib.waits import skipping
from course_lib.waits.until import Condition, closed

_MOST = 60.0  # seconds that a cell waits in place of a jump

Until = Callable[[Condition, str], Awaitable[None]]


async def skip(client: Client, handle: WorkflowHandle[Any, Any], duration: timedelta | None, until: Until) -> datetime:
    """Let a run's clock jump; on a server that cannot, say what to switch on, and wait if it is short.

    Args:
        client: Any client.
        handle: The run.
        duration: How far; None: to the end of the run.
        until: Waits for a condition as `Lab.until` does: it gives up when nothing moves.

    Returns:
        What the run's own clock shows then.

    Raises:
        CannotSkip: The server cannot, and nobody wants to wait for so long.
        CourseError: The duration is a plain number, or nothing moves that would let the clock jump.
    """
    if duration is not None and not isinstance(duration, timedelta):
        raise CourseError(
            f"`lab.skip` was given {duration!r}, which names no unit.",
            fix="write a timedelta, for example `lab.skip(handle, timedelta(hours=24))`.",
        )
    jump = asyncio.ensure_future(skipping.fast_forward(client, handle, duration))
    what = f"the clock of {handle.id} is at {'its end' if duration is None else f'+{duration}'}"
    try:
        await until(jump.done, what)
        jump.result()
        await until(partial(skipping.settled, handle), "what was due by then has happened")
    except skipping.CannotSkip as cannot:
        seconds = 0.0 if duration is None else duration.total_seconds()
        if seconds > _MOST:
            raise
        print(f"{cannot.what} So this cell waits in real time. To skip: {cannot.fix}")
        await asyncio.sleep(seconds)
        if duration is None:
            await until(partial(closed, handle), f"{handle.id} has ended")
    finally:
        jump.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):  # the wait has said what there is to say
            await jump
    return skipping.clock(await history.describe(handle))
