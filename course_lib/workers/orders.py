"""Inside the child: what the process that started it asks for while it runs (stop, pause, resume)."""

import asyncio
import os
import signal
import sys

from course_lib.workers import lifeline

STOP, PAUSE, RESUME = "stop", "pause", "resume"


class Orders:
    """The requests of the parent, in their order. Made on the loop that takes them.

    They come through a pipe of their own: on Linux, standard input is the lifeline, where each byte that arrives would
    raise SIGIO and so end this process (see `lifeline.hold`). SIGTERM means stop, whoever sends it. On Windows,
    which has neither, they come through standard input.

    Args:
        descriptor: The pipe's file descriptor; None on Windows.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        if descriptor is None:
            lifeline.on_order(self._from_thread)
        else:
            os.set_inheritable(descriptor, False)
            os.set_blocking(descriptor, False)
            self._loop.add_reader(descriptor, self._read, descriptor)
        if sys.platform != "win32":
            self._loop.add_signal_handler(signal.SIGTERM, self._queue.put_nowait, STOP)

    async def next(self) -> str:
        """Return the next request, as soon as there is one."""
        return await self._queue.get()

    def _from_thread(self, word: str) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, word)

    def _read(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, 4096)
        except BlockingIOError:
            return
        if not data:  # the parent is gone; the lifeline ends this process
            self._loop.remove_reader(descriptor)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._queue.put_nowait(line.decode("ascii", "replace"))
