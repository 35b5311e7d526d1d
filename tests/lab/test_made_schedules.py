"""Schedules that a notebook has made are deleted with what they started; what others made stays."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleSpec,
)
from temporalio.service import RPCError

from course_lib import server as servers
from course_lib.lab.made_schedules import MadeSchedules, delete_left
from course_lib.server import Server

YEARLY = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=365))])


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, course_server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone, in which the session's server is named by the environment."""
    monkeypatch.setenv("COURSE_STATE", str(tmp_path))
    monkeypatch.setenv("TEMPORAL_ADDRESS", course_server.address)
    return tmp_path


@pytest.fixture
def made(course_server: Server) -> MadeSchedules:
    return MadeSchedules("10_schedules", "ab12", course_server)


@pytest.fixture
async def noting(course_server: Server, made: MadeSchedules) -> Client:
    return await servers.connect(course_server, interceptors=[made])


@pytest.fixture
async def foreign(client: Client) -> AsyncIterator[ScheduleHandle]:
    handle = await create(client)
    yield handle
    await handle.delete()


async def create(client: Client, **options: bool) -> ScheduleHandle:
    name = f"made-{secrets.token_hex(4)}"
    action = ScheduleActionStartWorkflow("Nightly", id=name, task_queue="nobody-polls")
    return await client.create_schedule(name, Schedule(action=action, spec=YEARLY), **options)  # type: ignore[arg-type]


def files(folder: Path) -> list[Path]:
    return list(folder.glob("schedules-*"))


async def exists(schedule: ScheduleHandle) -> bool:
    try:
        await schedule.describe()
    except RPCError:
        return False
    return True


async def test_all_are_deleted_and_what_they_started_is_ended(
    noting: Client, made: MadeSchedules, foreign: ScheduleHandle, own_state: Path
) -> None:
    one, two = await create(noting, trigger_immediately=True), await create(noting)
    assert made.ids == [one.id, two.id]
    run = None
    while run is None:  # the visibility store takes a moment
        run = await anext(noting.list_workflows(f"TemporalScheduledById = '{one.id}'"), None)
    assert await made.delete(noting) == [one.id, two.id]
    assert [await exists(each) for each in (one, two, foreign)] == [False, False, True]
    described = await noting.get_workflow_handle(run.id).describe()
    assert described.status is not None
    assert described.status.name == "TERMINATED"
    assert made.ids == []
    assert files(own_state) == []


async def test_one_that_the_learner_deleted_is_not_looked_for(noting: Client, made: MadeSchedules) -> None:
    await (await create(noting)).delete()
    assert made.ids == []
    assert await made.delete(noting) == []


async def test_a_killed_kernel_s_are_deleted_by_the_next_and_by_a_reset(
    noting: Client, course_server: Server, own_state: Path
) -> None:
    left = await create(noting)
    again = MadeSchedules("10_schedules", "ab12", course_server)
    assert await MadeSchedules("10_schedules", "cd34", course_server).delete(noting) == []
    assert await again.delete(noting) == [left.id]
    left = await create(noting)
    assert await delete_left("05") == await delete_left("05_messages") == []
    assert await delete_left("10") == [left.id]
    assert not await exists(left)


async def test_one_on_another_server_is_kept_in_mind(noting: Client, made: MadeSchedules, own_state: Path) -> None:
    file = own_state / "schedules-10_schedules-ab12.json"
    file.write_text('[{"place": ["somewhere:7233", "default"], "id": "far"}]')
    mine = await create(noting)
    assert made.ids == [mine.id]
    assert await made.delete(noting) == [mine.id]
    assert "far" in file.read_text()
    file.write_text("no JSON")
    assert made.ids == []
