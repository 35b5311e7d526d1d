"""Time that jumps: the server lets one run's own clock skip to its next timer, and leaves all others alone.

It is a switch of the server, per run, in Temporal still experimental. `temporalio.testing.TimeSkipper` sends the
request; here it gets the words for what can go wrong.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from course_lib import history
from course_lib.errors import CourseError
from course_lib.history import Described
from course_lib.history.moments import elapsed, moment
from course_lib.history.reading import open_timers

SWITCH = "frontend.WorkflowTimeSkippingEnabled"
"""Its name in the server's dynamic configuration."""


class CannotSkip(CourseError):
    """The server has no time skipping, or it is switched off.

    Args:
        reason: The server's own words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This server does not let the time of a run jump: {reason}",
            fix=f"use the course's own server, or set `{SWITCH}` to true in the dynamic configuration of yours.",
        )


async def fast_forward(
    client: Client, handle: WorkflowHandle[Any, Any], duration: timedelta | float | None = None
) -> None:
    """Let a run's own time jump, and return when it has; timers and attempts that are due by then begin on the way.

    The server jumps whenever the run waits for nothing but time: never past an activity that is under way, a workflow
    task or a child. So somebody has to limit the wait.

    Args:
        client: Any client of the run's namespace.
        handle: The run. One that has ended stays as it is.
        duration: How far, as a timedelta or in seconds; None: to the run's end, however far that is.

    Raises:
        CannotSkip: The server cannot do it.
    """
    try:
        await TimeSkipper(client).fast_forward(handle, duration)
    except RPCError as error:
        if error.status == RPCStatusCode.UNIMPLEMENTED:
            raise CannotSkip(error.message) from error
        if error.status != RPCStatusCode.NOT_FOUND:  # it has ended
            raise


def clock(described: Described) -> datetime:
    """Return the time that a run's own clock shows, UTC; of one that has ended, when it did.

    Args:
        described: The run, as `history.describe` has it.
    """
    if described.close_time is not None:
        return described.close_time
    info = described.raw_description.workflow_extended_info
    skipped = info.HasField("time_skipping_info")
    return moment(info.time_skipping_info.current_time) if skipped else datetime.now(UTC)


async def settled(handle: WorkflowHandle[Any, Any]) -> bool:
    """Return whether everything that was due by a run's own clock has happened: a timer fires up to a second later.

    Args:
        handle: The run. What its children do is not looked at.
    """
    described = await history.describe(handle)
    if described.close_time is not None:
        return True
    raw, now = described.raw_description, clock(described)
    if raw.HasField("pending_workflow_task"):
        return False
    for pending in raw.pending_activities:
        waits = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        if not waits or moment(pending.scheduled_time) <= now:
            return False
    timers = open_timers((await history.fetch(handle)).events)
    lasts = [elapsed(each.timer_started_event_attributes.start_to_fire_timeout) for each in timers]
    return all(moment(each.event_time) + last > now for each, last in zip(timers, lasts, strict=True))
