"""A server for a check that kills it: on disk, on a port of its own, and never the one that the learner works with.

It is the SDK's own local environment, so it ends with the process that started it.
"""

import asyncio
import contextlib
from pathlib import Path

import psutil
from temporalio.testing import WorkflowEnvironment

from course_lib.daemons import free_port
from course_lib.errors import CourseError
from course_lib.server import download, switches
from course_lib.server.embedded import HOST, NAMESPACE
from course_lib.server.model import Server

_START_LIMIT = 60.0  # seconds; 0.3 s measured
_TRIES = 5
_END_LIMIT = 5.0


class CrashServer:
    """One Temporal server that may be killed and started again, with the same data on the same port.

    Args:
        folder: Where its database lies.
    """

    def __init__(self, folder: Path) -> None:
        self._database = folder / "temporal.db"
        self._port = free_port(None)
        self._environment: WorkflowEnvironment | None = None

    async def start(self) -> Server:
        """Start it, or start it again, and wait until it answers.

        Raises:
            CourseError: There is no ``temporal`` binary, or it did not start.
        """
        program = await download.locate_or_fetch(lambda _: None)
        try:
            async with asyncio.timeout(_START_LIMIT):
                self._environment = await self._begin(str(program))
        except (RuntimeError, TimeoutError) as error:
            raise CourseError(
                f"A second Temporal server could not be started: {error or f'not within {_START_LIMIT:g} s'}",
                tried=[f"{program} on port {self._port}"],
                fix="close programs that keep this machine busy and try again.",
            ) from error
        return Server(f"{HOST}:{self._port}", NAMESPACE, "", origin="course", version="", pid=self._process().pid)

    async def _begin(self, program: str) -> WorkflowEnvironment:
        for left in reversed(range(_TRIES)):
            try:
                return await WorkflowEnvironment.start_local(
                    ip=HOST,
                    port=self._port,
                    dev_server_existing_path=program,
                    dev_server_database_filename=str(self._database),
                    # Without --output its greeting stands in the learner's cell.
                    dev_server_extra_args=["--output", "none", *switches.arguments()],
                )
            except RuntimeError:  # the SDK gives it 5 s (1.35), which is little on a busy machine
                if not left:
                    raise
        raise AssertionError("unreachable")

    async def kill(self) -> None:
        """End it at once, as ``kill -9`` does; its data stays."""
        process = self._process()
        process.kill()
        await asyncio.to_thread(process.wait, _END_LIMIT)
        await self.stop()

    async def stop(self) -> None:
        """End it if it runs."""
        environment, self._environment = self._environment, None
        if environment is not None:
            with contextlib.suppress(RuntimeError):  # it has been killed
                await environment.shutdown()

    def _process(self) -> psutil.Process:
        def is_it(child: psutil.Process) -> bool:
            try:
                return str(self._database) in child.cmdline()
            except psutil.NoSuchProcess:  # another child that has ended, and that nobody has asked how yet
                return False

        return next(filter(is_it, psutil.Process().children(recursive=True)))
