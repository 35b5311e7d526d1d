"""What the checks of chapter 03 read from a history, and from the server while an activity is still tried again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle

from course_lib import history
from course_lib.history.failures import chain, kind

if TYPE_CHECKING:
    from temporalio.api.failure.v1 import Failure
    from temporalio.api.history.v1 import HistoryEvent

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Asked:
    """What a workflow asked for with its first activity, in seconds; 0 stands for "not said".

    Args:
        event: The id of ``ActivityTaskScheduled``, 0 when there is none.
        first: The first pause.
        growth: The backoff coefficient.
        longest: The longest pause.
        tries: Tries in all.
        heartbeat: The heartbeat timeout.
        one_try: The start-to-close timeout.
        everything: The schedule-to-close timeout.
    """

    event: int = 0
    first: float = 0.0
    growth: float = 0.0
    longest: float = 0.0
    tries: int = 0
    heartbeat: float = 0.0
    one_try: float = 0.0
    everything: float = 0.0

    def pauses(self, count: int) -> list[float]:
        """Return the planned pauses in seconds.

        Args:
            count: How many, whatever the limit on tries.
        """
        longest = self.longest or 100 * self.first
        return [min(self.first * self.growth**number, longest) for number in range(count)]


@dataclass(frozen=True)
class Tried:
    """How far an activity is.

    Args:
        attempt: The number of the latest try, 0 when there was none.
        failure: Why the latest failed try failed, for example ``"TimeoutError (Heartbeat)"``.
        beats: Whether the server holds a heartbeat of the try under way.
    """

    attempt: int = 0
    failure: str = ""
    beats: bool = False


async def asked(handle: WorkflowHandle[Any, Any]) -> Asked:
    """Return what a run's first activity was scheduled with.

    Args:
        handle: The run.
    """
    for event in (await history.fetch(handle)).events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            said = event.activity_task_scheduled_event_attributes
            policy = said.retry_policy
            return Asked(
                event.event_id,
                _seconds(policy.initial_interval),
                policy.backoff_coefficient,
                _seconds(policy.maximum_interval),
                policy.maximum_attempts,
                _seconds(said.heartbeat_timeout),
                _seconds(said.start_to_close_timeout),
                _seconds(said.schedule_to_close_timeout),
            )
    return Asked()


async def tried(handle: WorkflowHandle[Any, Any]) -> Tried:
    """Return how far a run's activity is, or was when it ended.

    Args:
        handle: The run.
    """
    for pending in (await handle.describe()).raw_description.pending_activities:
        failure = first_kind(pending.last_failure) if pending.HasField("last_failure") else ""
        return Tried(pending.attempt, failure, pending.HasField("last_heartbeat_time"))
    attempt, failure = 0, ""
    for event in (await history.fetch(handle)).events:
        if event.HasField("activity_task_started_event_attributes"):
            attempt = event.activity_task_started_event_attributes.attempt
        failure = _last_failure(event) or failure
    return Tried(attempt, failure)


async def over(
    handles: Sequence[WorkflowHandle[Any, Any]], seconds: float, enough: Callable[[int], bool] = lambda _: False
) -> bool:
    """Wait until nothing can change any more: each run has ended, or its workflow task fails, or enough was seen of it.

    Args:
        handles: The runs.
        seconds: The limit.
        enough: Tells, by a run's number, whether enough was seen of it.

    Returns:
        Whether the server ever held a heartbeat.
    """
    beats = False
    limit = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < limit:
        described = await asyncio.gather(*(handle.describe() for handle in handles))
        raw = [one.raw_description for one in described]
        beats |= any(activity.HasField("last_heartbeat_time") for one in raw for activity in one.pending_activities)
        failing = [one.pending_workflow_task.attempt > 1 for one in raw]
        if all(one.close_time is not None or failing[number] or enough(number) for number, one in enumerate(described)):
            break
        await asyncio.sleep(0.15)
    return beats


async def end_types(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """Return the types of the failures with which a workflow failed, outermost first; empty when it did not fail.

    Args:
        handle: The run.
    """
    last = (await history.fetch(handle)).events[-1]
    if not last.HasField("workflow_execution_failed_event_attributes"):
        return []
    return [kind(failure) for failure in chain(last.workflow_execution_failed_event_attributes.failure)]


def first_kind(failure: "Failure") -> str:
    """Return what a failure is, without its causes."""
    return kind(next(chain(failure)))


def _last_failure(event: "HistoryEvent") -> str:
    if event.HasField("activity_task_started_event_attributes"):
        found = event.activity_task_started_event_attributes
        return first_kind(found.last_failure) if found.HasField("last_failure") else ""
    if event.HasField("activity_task_timed_out_event_attributes"):
        return first_kind(event.activity_task_timed_out_event_attributes.failure)
    if event.HasField("activity_task_failed_event_attributes"):
        return first_kind(event.activity_task_failed_event_attributes.failure)
    return ""


def _seconds(duration: Any) -> float:
    return float(duration.ToTimedelta() / _SECOND)
