"""Inside the child: run Workers, one at a time, as the process that started it asks."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.workers.orders import PAUSE, RESUME, STOP, Orders
from course_lib.workers.shift import Shift

if TYPE_CHECKING:
    from temporalio.client import Client

logger = logging.getLogger("course_lib.workers")


class Serving:
    """The Workers of this process.

    Args:
        connect: Returns a new client.
        task_queue: The queue.
        options: The Worker's other arguments.
        tell: Sends a message to the parent.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable["Client"]],
        task_queue: str,
        options: dict[str, Any],
        tell: Callable[..., None],
    ) -> None:
        self._connect, self._queue, self._options, self._tell = connect, task_queue, options, tell
        self._current: Shift | None = None
        self._draining: list[Shift] = []
        # The wait until the server has seen it poll, and what to tell then.
        self._seen: asyncio.Future[bool] | None = None
        self._word = "ready"

    async def run(self, orders: Orders) -> None:
        """Work until a stop is asked for or a Worker fails.

        Args:
            orders: What the parent asks for.

        Raises:
            Exception: What made the Worker fail.
        """
        await self._begin()
        asked = asyncio.ensure_future(orders.next())
        while True:
            current, seen = self._current, self._seen
            waited: set[asyncio.Future[Any]] = {asked, *([current.run] if current else []), *([seen] if seen else [])}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if current is not None and current.run.done():
                break
            if seen is not None and seen.done():
                self._polls(seen.result())
            if asked.done():
                if asked.result() == STOP:
                    break
                await self._obey(asked.result())
                asked = asyncio.ensure_future(orders.next())
        asked.cancel()
        self._forget_seen()
        left = [*self._draining, *([self._current] if self._current else [])]
        await asyncio.gather(*(shift.end() for shift in left))
        with contextlib.suppress(Exception):
            await asyncio.sleep(0.05)  # let the core's own threads come to rest

    async def _begin(self) -> None:
        self._current = await Shift.begin(self._connect, self._queue, self._options)
        self._seen = asyncio.ensure_future(self._current.polls())

    def _polls(self, _: bool) -> None:
        names = [thing.__name__ for thing in (*self._options["workflows"], *self._options["activities"])]
        logger.info("Worker %s polls %s: %s", os.getpid(), self._queue, ", ".join(names))
        self._tell(state=self._word, identity=self._options["identity"])
        self._seen = None

    async def _obey(self, order: str) -> None:
        if order == PAUSE and self._current is not None:
            self._forget_seen()
            await self._pause(self._current)
        elif order == RESUME and self._current is None:
            self._word = "resumed"
            try:
                await self._begin()
            except CourseError as error:  # no server: it stays paused, and can be asked again
                self._tell(state="refused", what=error.what, fix=error.fix)

    async def _pause(self, shift: Shift) -> None:
        self._current = None
        logger.info("Pausing: this Worker is shut down; the activities that it runs may finish")
        ended = await shift.pause()
        logger.info("Worker process %s polls no more", os.getpid())
        self._tell(state="paused", draining=not ended)
        if not ended:
            self._draining.append(shift)
            shift.run.add_done_callback(lambda _: self._drained(shift))

    def _drained(self, shift: Shift) -> None:
        self._draining.remove(shift)
        if not shift.run.cancelled() and (error := shift.run.exception()):
            logger.warning("a paused Worker ended with %s", error)
        if not self._draining:
            self._tell(state="drained")

    def _forget_seen(self) -> None:
        if self._seen is not None:
            self._seen.cancel()
            self._seen = None
