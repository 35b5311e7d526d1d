"""The look at the run that goes on while the panel is on the screen, and only then."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future

from course_lib import loops
from course_lib.widgets.messages.desk import Desk

EVERY = 1.0
EVERY_CLOSED = 3.0  # a new run of the same workflow id may begin, and Workers that answer queries come and go


class Watch:
    """Looks at the run again and again while somebody looks at the panel.

    Args:
        desk: What is looked at; it is held weakly by the work in the background.
        tick: Called, on the background thread, after each look.
    """

    def __init__(self, desk: Desk, tick: Callable[[], None]) -> None:
        self._desk = weakref.ref(desk)
        self._tick = tick
        self._lock = threading.Lock()
        self._work: Future[None] | None = None

    def go(self, on: bool) -> None:
        """Begin or end to look; any thread may call it, also twice."""
        with self._lock:
            if on and (self._work is None or self._work.done()):
                self._work = loops.background().submit(_look(weakref.ref(self)))
            elif not on and self._work is not None:
                self._work.cancel()
                self._work = None

    @property
    def going(self) -> bool:
        """Whether it looks."""
        return self._work is not None and not self._work.done()


async def _look(this: weakref.ref[Watch]) -> None:
    while (watch := this()) is not None and (desk := watch._desk()) is not None:
        await desk.look()
        watch._tick()
        pause = EVERY_CLOSED if desk.state.closed else EVERY
        del watch, desk
        await asyncio.sleep(pause)
