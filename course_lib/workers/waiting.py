"""Waits on futures of other threads, for as long as what settles them moves, and calls back into a caller's loop."""

import asyncio
import contextlib
import contextvars
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from course_lib.waits import Idle
from course_lib.waits.processes import Mover

T = TypeVar("T")
logger = logging.getLogger("course_lib.workers")

LAST_RESORT = 600.0
"""Seconds after which a wait ends although something moves."""
_LOOK = 0.25


class Still(Exception):
    """It will not come; the text completes a sentence such as "it did not poll"."""


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


async def wait_while_moving(future: "Future[T]", movers: Callable[[], Iterable[Mover]], patience: float) -> T:
    """Await a thread's future for as long as the processes or threads move that are to settle it.

    Args:
        future: What to wait for.
        movers: Returns them, at each look.
        patience: Seconds for which they may stand still, and CPU seconds that they may use.

    Raises:
        Still: The patience is over.
    """
    idle, began = Idle(movers), time.monotonic()
    while True:
        try:
            return await wait_for(future, _LOOK)
        except TimeoutError:
            if future.done():  # it is the future's own
                return future.result()
        idle.look()
        if idle.seconds >= patience:
            raise Still(f"and has stood still for {patience:g} s")
        if idle.burnt >= patience:
            raise Still(f"within {patience:g} s of CPU time")
        if time.monotonic() - began > LAST_RESORT:
            raise Still(f"within {LAST_RESORT:g} s")


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
