"""A server for a check that kills it: on disk, on a port of its own, and never the one that the learner works with."""

import asyncio
import atexit
from pathlib import Path

from course_lib.daemons import Daemon, free_port
from course_lib.errors import CourseError
from course_lib.server import download, embedded
from course_lib.server.server import Server


class CrashServer:
    """One Temporal server that may be killed and started again, with the same data on the same port.

    Args:
        folder: Where its files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._daemon = Daemon("server", folder)
        self._database = folder / "temporal.db"
        self._port = free_port(None)

    async def start(self) -> Server:
        """Start it, or start it again, and wait until it answers. It ends with this process.

        Raises:
            CourseError: There is no ``temporal`` binary, or it did not start.
        """
        program = await download.locate_or_fetch(lambda _: None)
        atexit.register(self._daemon.kill)
        try:
            return await embedded.launch(
                self._daemon, program, lambda _: {"grpc": self._port}, self._database, lambda _: None, {}
            )
        except CourseError as error:
            raise CourseError(
                f"A second Temporal server could not be started: {error.what}", tried=error.tried, fix=error.fix
            ) from error

    async def kill(self) -> None:
        """End it at once if it runs, as ``kill -9`` does; its data stays."""
        await asyncio.to_thread(self._daemon.kill)
        atexit.unregister(self._daemon.kill)
