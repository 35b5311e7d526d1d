"""What chapter 08 says of timers, limits and zones, seen on the server and SDK that the course pins."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from course_lib.history import events_frame
from course_lib.pitfalls import advice
from tests.chapters.test_facts import events, failed_task, working
from tests.chapters.timers import HOUR, Edges, Races, Waits, Zoned


async def start(client: Client, workflow: Any, *args: Any, **options: Any) -> WorkflowHandle[Any, Any]:
    """Start a run, on the queue that ``task_queue`` names."""
    options = {"id": f"timers-{secrets.token_hex(4)}", **options}
    return await client.start_workflow(workflow, args=args, **options)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_08_a_timeout_of_nothing_raises_whatever_the_condition_is(client: Client, seconds: float) -> None:
    async with working(client, Edges) as queue:
        handle = await start(client, "Edges", seconds, task_queue=queue, task_timeout=timedelta(seconds=2))
        if seconds < 0:
            assert "negative delay" in await failed_task(handle)
            await handle.terminate()
        else:
            assert await handle.result() == ["TimeoutError", "TimeoutError", "slept"]


async def test_08_the_sandbox_wraps_a_zone_so_that_datetime_refuses_it(client: Client) -> None:
    async with working(client, Zoned) as queue:
        handle = await start(client, "Zoned", "Europe/Berlin", task_queue=queue)
        said = await failed_task(handle)
        await handle.terminate()
    assert "tzinfo argument must be None or of a tzinfo subclass, not type '_RestrictedProxy'" in said
    assert "imports_passed_through" in advice(said)


async def test_08_a_wait_that_is_over_cancels_its_timer(client: Client) -> None:
    async with working(client, Waits, Races) as queue:
        handle = await start(client, "Waits", task_queue=queue, start_signal="close")
        assert await handle.result() == "closed"
        assert "TIMER_STARTED" not in await events(handle)  # it came before the wait
        handle = await start(client, "Waits", task_queue=queue)
        await TimeSkipper(client).fast_forward(handle, HOUR)
        await handle.signal("close")
        assert await handle.result() == "closed"
        frame = events_frame(await handle.fetch_history())
        assert [kind for kind in frame["type"] if kind.startswith("Timer")] == ["TimerStarted", "TimerCanceled"]
        race = await start(TimeSkipper(client).client, "Races", task_queue=queue)
        assert await race.result() == 1
        kinds = [kind for kind in await events(race) if kind.startswith("TIMER")]
        assert kinds == ["TIMER_STARTED", "TIMER_STARTED", "TIMER_FIRED", "TIMER_CANCELED"]


@pytest.mark.parametrize("limit", ["execution_timeout", "run_timeout"])
async def test_08_a_limit_of_the_start_ends_a_run_without_a_workflow_task(client: Client, limit: str) -> None:
    async with working(client, Waits) as queue:
        limits: dict[str, Any] = {limit: 12 * HOUR}
        handle = await start(TimeSkipper(client).client, "Waits", task_queue=queue, **limits)
        with pytest.raises(Exception, match="failed"):
            await handle.result()
        described = await handle.describe()
        assert described.status is WorkflowExecutionStatus.TIMED_OUT
        assert described.close_time is not None
        assert timedelta(hours=11) < described.close_time - described.start_time < timedelta(hours=13)
        said = await events(handle)
    assert said[-1] == "WORKFLOW_EXECUTION_TIMED_OUT"
    assert said.count("WORKFLOW_TASK_SCHEDULED") == 1


async def test_08_a_start_delay_puts_off_the_first_line(client: Client) -> None:
    async with working(client, Waits) as queue:
        handle = await start(TimeSkipper(client).client, "Waits", task_queue=queue, start_delay=48 * HOUR)
        assert await handle.result() == "silent"
        frame = events_frame(await handle.fetch_history())
    first = frame[frame["type"] == "WorkflowTaskScheduled"]["time"].iloc[0]
    assert first - frame["time"].iloc[0] >= timedelta(hours=48)


async def test_08_an_address_has_one_open_registration(client: Client) -> None:
    async with working(client, Waits) as queue:
        first = await start(client, "Waits", task_queue=queue)
        with pytest.raises(WorkflowAlreadyStartedError):
            await start(client, "Waits", id=first.id, task_queue=queue)
        policy = WorkflowIDConflictPolicy.USE_EXISTING
        found = await start(client, "Waits", id=first.id, task_queue=queue, id_conflict_policy=policy)
        assert found.result_run_id == first.result_run_id
        await first.signal("close")
        await first.result()
        with pytest.raises(RPCError, match="workflow execution already completed"):
            await first.signal("close")
        again = await start(client, "Waits", id=first.id, task_queue=queue)
        assert again.result_run_id != first.result_run_id
        await again.terminate()
