"""`lab.skip`: one run's clock jumps, and what was due by then has happened; on a server that cannot, it is said."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from course_lib.errors import CourseError
from course_lib.history import describe
from course_lib.lab import StillRunning, skipping
from course_lib.lab.waiting import NotSo, Waits
from course_lib.server import connect, switches
from course_lib.server.crashing import CrashServer
from course_lib.waits.skipping import CannotSkip, clock
from course_lib.waits.until import Condition
from tests.lab import flows
from tests.lab.flows import HOUR, Remind

Handle = WorkflowHandle[Any, Any]


class Skips:
    """What `Lab.skip` calls, and runs to call it with."""

    def __init__(self, client: Client, waits: Waits, queue: str) -> None:
        self.client, self.waits, self.queue = client, waits, queue

    async def __call__(self, handle: Handle, duration: timedelta | None = None) -> datetime:
        async def until(condition: Condition, what: str) -> None:
            await self.waits.until(condition, what, lambda _: None, run=handle)

        return await skipping.skip(self.client, handle, duration, until)

    async def start(self, downtime: int = 0) -> Handle:
        return await self.client.start_workflow(
            Remind.run, downtime, id=f"remind-{secrets.token_hex(4)}", task_queue=self.queue
        )


@pytest.fixture
async def skip(client: Client, waits: Waits) -> AsyncIterator[Skips]:
    queue = f"skips-{secrets.token_hex(4)}"
    async with Worker(client, task_queue=queue, workflows=[Remind], activities=[flows.remind]):
        yield Skips(client, waits, queue)


async def test_a_day_is_over_at_once_and_what_was_due_is_done(skip: Skips) -> None:
    flows.reminded.clear()
    run, other = await skip.start(), await skip.start()
    began = datetime.now(UTC)
    shown = await skip(run, 12 * HOUR)
    assert timedelta(0) <= shown - began - 12 * HOUR < HOUR
    assert flows.reminded == [run.id]  # due after an hour: sent before the call returns
    await skip(run, 12 * HOUR)
    assert await run.result() == "24 hours are over"
    described = await describe(run)
    assert described.close_time is not None
    assert timedelta(hours=24) <= described.close_time - began < timedelta(hours=25)
    assert clock(described) == described.close_time
    # Nobody else's clock has moved.
    assert clock(await describe(other)) - datetime.now(UTC) < HOUR
    assert (await describe(other)).close_time is None
    await other.terminate()


async def test_retries_skip_too_and_without_a_duration_it_goes_to_the_end(skip: Skips) -> None:
    run = await skip.start(downtime=3)
    began = datetime.now(UTC)
    ended = await skip(run)
    assert await run.result() == "24 hours are over"
    assert ended - began >= 24 * HOUR
    assert await skip(run, HOUR) == ended  # one that has ended stays as it is


async def test_an_attempt_that_is_due_later_does_not_hold_it_up(skip: Skips) -> None:
    run = await skip.start(downtime=100)
    assert (await skip(run, 2 * HOUR)).replace(tzinfo=UTC) > datetime.now(UTC) + HOUR
    await run.terminate()


async def test_a_plain_number_is_no_duration(skip: Skips) -> None:
    run = await skip.start()
    with pytest.raises(CourseError, match="names no unit"):
        await skip(run, 24)  # type: ignore[arg-type]
    await run.terminate()


async def test_a_run_that_nobody_works_on_is_said(client: Client, waits: Waits) -> None:
    skip = Skips(client, waits, f"nobody-{secrets.token_hex(4)}")
    run = await skip.start()
    with pytest.raises((NotSo, StillRunning), match="clock of remind-"):
        await skip(run, HOUR)
    await run.terminate()


async def test_a_server_that_cannot_says_what_to_switch_on_and_a_short_time_is_waited(
    waits: Waits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(switches, "DYNAMIC", ())
    plain = CrashServer(tmp_path)
    try:
        client = await connect(await plain.start())
        queue = "plain"
        async with Worker(client, task_queue=queue, workflows=[Remind], activities=[flows.remind]):
            skip = Skips(client, waits, queue)
            run = await skip.start()
            with pytest.raises(CannotSkip, match="WorkflowTimeSkippingEnabled") as raised:
                await skip(run, 12 * HOUR)
            assert isinstance(raised.value, CourseError)
            await skip(run, timedelta(seconds=0.1))
            assert "WorkflowTimeSkippingEnabled" in capsys.readouterr().out
            await run.terminate()
    finally:
        await plain.kill()
