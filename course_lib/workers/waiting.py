"""Waits on futures of other threads, and calls back into a caller's loop."""

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
logger = logging.getLogger("course_lib.workers")


async def wait_for(future: "Future[T]", timeout: float | None) -> T:
    """Await a thread's future from any loop without ever cancelling it.

    Args:
        future: What to wait for; other waiters keep it when this one gives up.
        timeout: Seconds; ``None`` has no limit.

    Raises:
        TimeoutError: The limit passed.
    """
    wrapped = asyncio.wrap_future(future)
    # An error that arrives after we gave up has other readers: asyncio must not complain about it.
    wrapped.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.wait_for(asyncio.shield(wrapped), timeout)


def settle(future: "Future[Any]", result: Any = None, error: BaseException | None = None) -> bool:
    """Set a future's outcome unless it has one; return whether this call did it."""
    with contextlib.suppress(Exception):
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
        return True
    return False


class Mailbox:
    """Runs callbacks on the loop that was running when this object was made, else right here.

    A callback that draws in a notebook has to run on the kernel's own loop, in the cell that runs *now*: ipykernel
    keeps the cell in a context variable, and an empty context makes it look the current one up (ipykernel 7.4,
    ``ZMQDisplayPublisher.parent_header``).
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def post(self, callback: Callable[..., Any], *args: Any) -> None:
        """Call ``callback`` from any thread; what it raises is logged, never raised here."""
        if self._loop is not None and self._loop.is_running():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_safely, callback, *args, context=contextvars.Context())
                return
        _safely(callback, *args)


def _safely(callback: Callable[..., Any], *args: Any) -> None:
    try:
        callback(*args)
    except Exception:
        logger.exception("a callback failed")
