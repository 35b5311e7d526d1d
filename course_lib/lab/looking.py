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


class ServerGone(CourseError):
    """The Temporal server does not answer.

    Args:
        where: The server; None when whoever asked it did not say which.
        reason: Why it does not, in a few words.

    Attributes:
        start: How to start it again, a clause.
    """

    def __init__(self, where: Server | None, reason: str) -> None:
        self.start = (
            "press Start on `lab.server_panel()`, or run `course server start` in a terminal"
            if where is None or where.owned
            else "start it again where it was started"
        )
        super().__init__(
            f"The Temporal server{f' at {where.address}' if where else ''} does not answer: {reason}.",
            fix=f"{self.start}; then run this cell again. Running workflows go on from their histories.",
        )


def look(coro: Coroutine[Any, Any, T], client: Client, where: Server) -> T:
    """Await a call to the server on the background loop, and block until it ends.

    Args:
        coro: The call.
        client: A client of the same server, to find out whether it is there.
        where: The server.

    Raises:
        ServerGone: The server is gone, or did not answer within the limit.
    """
    try:
        return loops.background().run(watched(coro, client, where), _LIMIT)
    except TimeoutError as error:
        raise ServerGone(where, f"no answer within {_LIMIT:g} s") from error


async def watched(coro: Coroutine[Any, Any, T], client: Client, where: Server) -> T:
    """Await a call to the server, and give it up as soon as a look finds that the server is gone.

    Args:
        coro: The call.
        client: A client of the same server, to find out whether it is there.
        where: The server.

    Raises:
        ServerGone: The server is gone.
    """
    call = asyncio.ensure_future(coro)
    try:
        while True:
            await asyncio.wait({call}, timeout=_PATIENCE)
            if call.done():
                return call.result()
            if not (found := await health.look(client)).answers and not call.done():
                raise ServerGone(where, found.reason)
    except RPCError as error:
        if not health.is_gone(error):
            raise
        raise ServerGone(where, health.reason(error)) from error
    finally:
        call.cancel()
