"""Which schedules a notebook has made: one that is left behind would start runs for ever, so they end with the chapter.

A file in the state folder keeps the list: a kernel that was killed could not delete anything.
"""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from temporalio.client import (
    Client,
    CreateScheduleInput,
    DeleteScheduleInput,
    Interceptor,
    OutboundInterceptor,
    ScheduleHandle,
)
from temporalio.service import RPCError, RPCStatusCode

from course_lib import server
from course_lib.paths import state_dir, write_whole
from course_lib.server import Server

_LIMIT = 20.0  # seconds for all of them together


class MadeSchedules(Interceptor):
    """Notes the schedules that a client makes, and deletes them.

    Args:
        chapter: The chapter's id.
        notebook: What tells this notebook from another one of the same chapter.
        where: The server.
    """

    def __init__(self, chapter: str, notebook: str, where: Server) -> None:
        self._file = state_dir() / f"schedules-{chapter}-{notebook}.json"
        self._place = [where.address, where.namespace]

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Put the notes behind what makes and deletes schedules."""
        return _Noting(next, self)

    @property
    def ids(self) -> list[str]:
        """The schedules on this server that have not been deleted, in the order in which they were made."""
        return [each["id"] for each in _read(self._file) if each["place"] == self._place]

    def note(self, schedule: str) -> None:
        """Add a schedule."""
        self._write([*self._others(schedule), {"place": self._place, "id": schedule}])

    def forget(self, schedule: str) -> None:
        """Take a schedule away."""
        self._write(self._others(schedule))

    async def delete(self, client: Client) -> list[str]:
        """Delete them all, terminate what they started and what still runs, and return which there were.

        Args:
            client: A client of the server.
        """
        gone = []
        with contextlib.suppress(TimeoutError, RPCError):  # the next time, then
            async with asyncio.timeout(_LIMIT):
                for schedule in self.ids:
                    if await _delete(client, schedule):
                        gone.append(schedule)
                    self.forget(schedule)
        return gone

    def _others(self, schedule: str) -> list[dict[str, Any]]:
        return [each for each in _read(self._file) if (each["place"], each["id"]) != (self._place, schedule)]

    def _write(self, entries: list[dict[str, Any]]) -> None:
        if not entries:
            self._file.unlink(missing_ok=True)
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, json.dumps(entries))


async def delete_left(chapter: str = "") -> list[str]:
    """Delete what notebooks have left on the server that runs now; without one, nothing is done.

    Args:
        chapter: The chapter's id, or its number; empty for all.

    Returns:
        The ids of the schedules that were there.
    """
    start = f"{int(chapter):02d}_" if chapter.isdigit() else chapter
    files = list(state_dir().glob(f"schedules-{start}*.json"))
    where = await server.find() if files else None
    if where is None:
        return []
    gone: list[str] = []
    client = await server.connect(where)
    for file in files:
        name, _, notebook = file.stem.removeprefix("schedules-").rpartition("-")
        gone += await MadeSchedules(name, notebook, where).delete(client)
    return gone


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        return [dict(each) for each in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []


async def _delete(client: Client, schedule: str) -> bool:
    try:
        await client.get_schedule_handle(schedule).delete()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    query = f"TemporalScheduledById = '{schedule}' AND ExecutionStatus = 'Running'"
    async for run in client.list_workflows(query):
        with contextlib.suppress(RPCError):  # it has just ended
            await client.get_workflow_handle(run.id, run_id=run.run_id).terminate("its schedule was deleted")
    return True


class _Noting(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, made: MadeSchedules) -> None:
        super().__init__(next)
        self._made = made

    async def create_schedule(self, input: CreateScheduleInput) -> ScheduleHandle:
        handle = await super().create_schedule(input)
        self._made.note(handle.id)
        return handle

    async def delete_schedule(self, input: DeleteScheduleInput) -> None:
        await super().delete_schedule(input)
        self._made.forget(input.id)
