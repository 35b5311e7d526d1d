"""Schedules, as the server tells of them: what is due, what ran, and when one has nothing more to do."""

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

if TYPE_CHECKING:
    from temporalio.client import Client, ScheduleDescription, WorkflowExecution

    from course_lib.grading import Bench, Handle
    from course_lib.waits.until import Condition

DUE = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
MOST = 1000
"""Due times that the server answers with at once (1.32)."""
# On server 1.32 a schedule is a workflow of the server's own: its events and timers say that it still does something.
_SCHEDULER = "temporal-sys-scheduler:"


async def due_times(client: "Client", name: str, first: datetime, last: datetime) -> list[datetime]:
    """Return what the server says is due after ``first`` and up to ``last``, `MOST` at most.

    Args:
        client: A client of the namespace.
        name: The schedule's ID.
        first: The beginning, which is left out.
        last: The end, which is included.
    """
    from google.protobuf.timestamp_pb2 import Timestamp
    from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest

    request = ListScheduleMatchingTimesRequest(
        namespace=client.namespace,
        schedule_id=name,
        start_time=Timestamp(seconds=int(first.timestamp())),
        end_time=Timestamp(seconds=int(last.timestamp())),
    )
    found = await client.workflow_service.list_schedule_matching_times(request)
    return [time.ToDatetime(UTC) for time in found.start_time]


async def described(client: "Client", name: str) -> "ScheduleDescription | None":
    """Return a schedule, None when there is none.

    Args:
        client: A client of the namespace.
        name: The schedule's ID.
    """
    try:
        return await client.get_schedule_handle(name).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None


async def runs(client: "Client", name: str) -> "list[WorkflowExecution]":
    """Return what a schedule has started, by due time and start.

    Args:
        client: A client of the namespace.
        name: The schedule's ID.
    """
    found = [run async for run in client.list_workflows(f"TemporalScheduledById = '{name}'")]
    return sorted(found, key=lambda run: (due(run), run.start_time))


def due(run: "WorkflowExecution") -> datetime:
    """Return when a run was due."""
    return run.typed_search_attributes.get(DUE) or run.start_time


async def until(bench: "Bench", name: str, condition: "Condition", *others: "Handle") -> bool:
    """Wait until something is so of a schedule and of what it starts, and return whether it came to be.

    Args:
        bench: The check.
        name: The schedule's ID.
        condition: A function without arguments; may be a coroutine function.
        *others: Runs that it depends on, too.
    """
    scheduler: Any = bench.client.get_workflow_handle(_SCHEDULER + name)
    try:
        await scheduler.describe()
    except RPCError:
        return await bench.until(condition, *others)  # a server on which it is none
    return await bench.until(condition, scheduler, *others)


async def finish(client: "Client", run: "WorkflowExecution", told: set[str], how: str = "well") -> None:
    """Tell a run of `GradedJob` how to end, once.

    Args:
        client: A client of the namespace.
        run: The run.
        told: The run IDs of those that were told already; this one is added.
        how: ``"well"``, or anything else for a failure.
    """
    if run.run_id not in told:
        told.add(run.run_id)
        with contextlib.suppress(RPCError):  # it has just ended
            await client.get_workflow_handle(run.id, run_id=run.run_id).signal("finish", how)
