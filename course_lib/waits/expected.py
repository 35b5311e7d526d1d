"""What will the server move by itself, and after how long? Retries, timeouts and timers, from a run's description."""

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import PendingActivityState, PendingWorkflowTaskState
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import WorkflowHistory

from course_lib.history.pending import pause
from course_lib.history.reading import open_timers

LONGEST = 12.0
"""Seconds: what comes later than this is not waited for."""
WORKING = 4.0
"""Seconds for which an activity that has begun may be silent, its process idle and no request of its own under way."""


def by_description(
    described: DescribeWorkflowExecutionResponse, longest: float = LONGEST, working: float = WORKING
) -> float:
    """Return after how many seconds without a movement the server has done all that it will do by itself.

    Args:
        described: What ``describe()`` returned, as ``raw_description``.
        longest: Seconds: what comes later than this is not waited for.
        working: Seconds for which an activity that has begun may be silent.
    """
    waits = [0.0]
    task = described.pending_workflow_task
    if task.state == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED:
        waits.append(_seconds(described.execution_config.default_workflow_task_timeout))
    for pending in described.pending_activities:
        if pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
            waits.append(pause(pending).total_seconds())
        else:  # its Worker may be dead, then one of these ends it
            options = pending.activity_options
            limits = (
                options.heartbeat_timeout, options.start_to_close_timeout, options.schedule_to_close_timeout
            )  # fmt: skip
            soonest = min((found for limit in limits if (found := _seconds(limit))), default=longest)
            waits.append(soonest if soonest <= longest else working)
    info = described.workflow_execution_info
    if described.workflow_extended_info.HasField("execution_expiration_time"):
        waits.append(_between(info.start_time, described.workflow_extended_info.execution_expiration_time))
    if info.history_length <= 1 and info.HasField("execution_time"):  # a start delay
        waits.append(_between(info.start_time, info.execution_time))
    return max(wait for wait in waits if wait <= longest)


def by_timers(history: WorkflowHistory, longest: float = LONGEST) -> float:
    """Return how long the longest timer that has not ended takes, 0 when there is none or it is longer than that.

    Args:
        history: The run's history.
        longest: Seconds: a timer that is longer is not waited for.
    """
    timers = open_timers(history.events)
    waits = [_seconds(timer.timer_started_event_attributes.start_to_fire_timeout) for timer in timers]
    return max((wait for wait in waits if wait <= longest), default=0.0)


def _seconds(duration: Duration) -> float:
    return duration.seconds + duration.nanos / 1e9


def _between(begin: object, end: object) -> float:
    return float(end.seconds - begin.seconds)  # type: ignore[attr-defined]  # both are protobuf Timestamps
