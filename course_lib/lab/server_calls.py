"""One look at the server, with a limit; a server that is gone is said within seconds, and in words."""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

from course_lib import loops
from course_lib.errors import CourseError
from course_lib.server import Server, health
from course_lib.server.progress import Say
from course_lib.waits.until import Condition, holds

T = TypeVar("T")

_TELL = 2.0  # seconds: progress is shown for all that takes longer than this
# Seconds for which a server may answer nothing at all; a busy one is slow, and one that is gone refuses at once.
_SILENT = 15.0
_LAST_RESORT = 120.0  # seconds for one call to a server that answers other ones
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


def look(coro: Coroutine[Any, Any, T], client: Client, where: Server, say: Say) -> T:
    """Await a call to the server on the background loop, and block until it ends.

    Args:
        coro: The call.
        client: A client of the same server, to find out whether it is there.
        where: The server.
        say: Shows one line of progress; an empty one takes it away.

    Raises:
        ServerGone: The server is gone, or answers nothing.
    """
    return told(watched(coro, client, where), "Waiting for an answer of the Temporal server", say)


def told(coro: Coroutine[Any, Any, T], what: str, say: Say) -> T:
    """Await something that ends by itself on the background loop; when it takes longer, say what takes so long.

    Args:
        coro: What ends by itself.
        what: What it is, in words.
        say: Shows one line of progress; an empty one takes it away.
    """
    future = loops.background().submit(coro)
    began = time.monotonic()
    try:
        while True:
            try:
                return future.result(_TELL)
            except FutureTimeout:
                if future.done():  # it came just now, or the error is its own
                    return future.result()
            say(f"{what}: {time.monotonic() - began:.0f} s.")
    finally:
        future.cancel()
        say("")


async def watched(coro: Coroutine[Any, Any, T], client: Client, where: Server) -> T:
    """Await a call to the server, and give it up as soon as a look finds that the server is gone.

    Args:
        coro: The call.
        client: A client of the same server, to find out whether it is there.
        where: The server.

    Raises:
        ServerGone: The server is gone, or has answered nothing for a while.
    """
    call = asyncio.ensure_future(coro)
    began = answered = time.monotonic()
    try:
        while True:
            await asyncio.wait({call}, timeout=_PATIENCE)
            if call.done():
                return call.result()
            found = await health.look(client)
            if found.answers:
                answered = time.monotonic()
            elif not call.done() and not (found.silent and time.monotonic() - answered < _SILENT):
                raise ServerGone(where, found.reason)
            if time.monotonic() - began > _LAST_RESORT:
                raise ServerGone(where, f"no answer within {_LAST_RESORT:g} s")
    except RPCError as error:
        if not health.is_gone(error):
            raise
        raise ServerGone(where, health.reason(error)) from error
    finally:
        call.cancel()


async def asked(condition: Condition, where: Server | None = None) -> tuple[bool, ServerGone | None]:
    """Return whether a condition holds, and the error to tell when it asks a server that is gone.

    Args:
        condition: A function without arguments; may be a coroutine function.
        where: The server, if it is known.
    """
    try:
        return await holds(condition), None
    except ServerGone as error:
        return False, error
    except RPCError as error:
        if not health.is_gone(error):
            raise
        return False, ServerGone(where, health.reason(error))
