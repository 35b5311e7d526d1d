"""One look at the server, with a limit; a server that is gone is said within seconds, and in words."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

from course_lib import loops
from course_lib.errors import CourseError
from course_lib.server import Server, health

T = TypeVar("T")

# Longer than any look at a run of this course takes.
_LIMIT = 15.0
# The SDK tries for 6 to 10 s before it gives a call up (measured on 1.35); nobody needs to wait that long to be told.
_PATIENCE = 1.0


def look(coro: Coroutine[Any, Any, T], client: Client, where: Server) -> T:
    """Await a call to the server on the background loop, and block until it ends.

    Args:
        coro: The call.
        client: A client of the same server, to find out whether it is there.
        where: The server.

    Raises:
        CourseError: The server is gone, or did not answer within the limit.
    """
    try:
        return loops.background().run(_watched(coro, client, where), _LIMIT)
    except TimeoutError as error:
        raise _gone(where, f"no answer within {_LIMIT:g} s") from error


async def _watched(coro: Coroutine[Any, Any, T], client: Client, where: Server) -> T:
    call = asyncio.ensure_future(coro)
    try:
        while True:
            await asyncio.wait({call}, timeout=_PATIENCE)
            if call.done():
                return call.result()
            if not (found := await health.look(client)).answers and not call.done():
                raise _gone(where, found.reason)
    except RPCError as error:
        if not health.is_gone(error):
            raise
        raise _gone(where, health.reason(error)) from error
    finally:
        call.cancel()


def _gone(where: Server, reason: str) -> CourseError:
    start = (
        "press Start on `lab.server_panel()`, or run `course server start` in a terminal"
        if where.owned
        else "start it again where it was started"
    )
    return CourseError(
        f"The Temporal server at {where.address} does not answer: {reason}.",
        fix=f"{start}; then run this cell again. Running workflows go on from their histories.",
    )
