"""A run's activity, for checks: what it was asked with, how far its attempts are, and with which failure all ended."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from temporalio.api.enums.v1 import PendingActivityState, RetryState
from temporalio.converter import default
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from course_lib import history
from course_lib.grading.evidence import Handle
from course_lib.history.failures import chain, kind
from course_lib.history.pending import pause

if TYPE_CHECKING:
    from temporalio.api.failure.v1 import Failure
    from temporalio.api.history.v1 import HistoryEvent

    from course_lib.grading.bench import Bench

HEARTBEAT = "TimeoutError (Heartbeat)"
"""The failure of an attempt that was silent for too long."""

LOCAL = (
    "call the activity with `workflow.execute_activity`: the attempts of a local activity are in no history, and it "
    "sends no heartbeats."
)
"""What to do about a local activity where an activity is asked for."""

_LOCAL_MARKER = "core_local_activity"  # of the SDK's core, temporalio 1.35
_SECOND = timedelta(seconds=1)
_SLOW = ("TimeoutError", "ShopTimeout", "ShopUnavailable", "CancelledError")
_WRAPPERS = ("ActivityError", "ChildWorkflowError")


@dataclass(frozen=True)
class Asked:
    """What a workflow asked for with its first activity, in seconds; 0 stands for "not said".

    Args:
        event: The id of ``ActivityTaskScheduled``, 0 when there is none.
        first: The first pause.
        growth: The backoff coefficient.
        longest: The longest pause.
        tries: Attempts in all.
        heartbeat: The heartbeat timeout.
        one_try: The start-to-close timeout.
        everything: The schedule-to-close timeout.
        final: The types of errors that are not to be retried.
        queued: The schedule-to-start timeout, after which there is no retry.
    """

    event: int = 0
    first: float = 0.0
    growth: float = 0.0
    longest: float = 0.0
    tries: int = 0
    heartbeat: float = 0.0
    one_try: float = 0.0
    everything: float = 0.0
    final: tuple[str, ...] = ()
    queued: float = 0.0

    @property
    def limits(self) -> list[str]:
        """What ends the attempts although they go on failing, in words."""
        return [
            *[f"at most {self.tries} attempt{'s' if self.tries > 1 else ''}"] * bool(self.tries),
            *[f"schedule_to_close_timeout={self.everything:g} s"] * bool(self.everything),
            *[f"schedule_to_start_timeout={self.queued:g} s"] * bool(self.queued),
        ]

    @property
    def scarce(self) -> bool:
        """Whether it is not granted three attempts and a minute for all of them, which two failures may take."""
        return 0 < self.tries < 3 or 0 < self.everything < 60

    def pauses(self, count: int) -> list[float]:
        """Return the planned pauses in seconds.

        Args:
            count: How many, whatever the limit on attempts.
        """
        longest = self.longest or 100 * self.first
        return [min(self.first * self.growth**number, longest) for number in range(count)]


@dataclass(frozen=True)
class Tried:
    """How far an activity is.

    Args:
        attempt: The number of the attempt that runs or comes next, or that was the last; 0 when there was none.
        failure: Why the attempt before failed, or the last one, for example ``"TimeoutError (Heartbeat)"``.
        error: The same as an exception, for ``bench.explain``.
        beat: When the server got the last heartbeat of any attempt, to tell it from another one; ``""``: it got none.
        details: The values of the last heartbeat that the server has, of any attempt; empty when it has none.
        pending: Whether it has not ended.
        runs: Whether an attempt is under way.
        pause: Seconds from the failure to the next attempt; 0 unless that is waited for.
        final: Whether it ended with a failure that is not to be retried, as the policy or the failure itself says.
    """

    attempt: int = 0
    failure: str = ""
    error: BaseException | None = None
    beat: str = ""
    details: tuple[Any, ...] = ()
    pending: bool = False
    runs: bool = False
    pause: float = 0.0
    final: bool = False

    @property
    def mistake(self) -> bool:
        """Whether an attempt failed, and not for a reason for which a right answer's fails on a slow machine, too."""
        return bool(self.failure) and not self.failure.startswith(_SLOW)


async def asked(handle: Handle) -> Asked:
    """Return what a run's first activity was scheduled with.

    Args:
        handle: The run.
    """
    return scheduled((await history.fetch(handle)).events)


def scheduled(events: "Sequence[HistoryEvent]", activity: str = "") -> Asked:
    """Return what an activity was scheduled with, the first time.

    Args:
        events: The run's history.
        activity: The activity's type; the first activity of the run when not given.
    """
    for event in events:
        said = event.activity_task_scheduled_event_attributes
        if event.HasField("activity_task_scheduled_event_attributes") and activity in ("", said.activity_type.name):
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
                tuple(policy.non_retryable_error_types),
                _seconds(said.schedule_to_start_timeout),
            )
    return Asked()


def local(events: "Sequence[HistoryEvent]") -> bool:
    """Return whether a run has called a local activity, which is recorded when it has ended.

    One that is under way keeps its workflow task alive: the task completes with no command, and the next one follows.

    Args:
        events: The run's history.
    """
    idle = sum(
        one.HasField("workflow_task_completed_event_attributes")
        and next_one.HasField("workflow_task_scheduled_event_attributes")
        for one, next_one in pairwise(events)
    )
    return idle > 1 or any(event.marker_recorded_event_attributes.marker_name == _LOCAL_MARKER for event in events)


async def require_asked(bench: "Bench", handle: Handle, next_step: str, *, order: str | None = None) -> Asked:
    """Wait until a run's first activity is scheduled, and return with what; end the check when it will not be.

    Args:
        bench: The check.
        handle: The run.
        next_step: What to do when it is not.
        order: The order that the activity asks the shop about; None when it is about no order.
    """
    plan = Asked()

    async def called() -> bool:
        nonlocal plan
        held = bool(bench.shop.waiting(order))  # looked at first: an activity is in the history before it asks the shop
        events = (await history.fetch(handle)).events
        plan = scheduled(events)
        return plan.event > 0 or held or local(events)

    came = await bench.until(called, handle)
    if plan.event:
        return plan
    label, wanted = "the activity is called", "ActivityTaskScheduled"
    if came:
        bench.require(False, label, expected=wanted, seen="a local activity", next_step=LOCAL)
    run = await bench.finish(handle)
    bench.require(
        False,
        label,
        expected=wanted,
        seen=run.reason or f"completed with {run.result!r}",
        events=run.last_event,
        next_step=next_step,
    )
    return plan


async def tried(handle: Handle) -> Tried:
    """Return how far a run's activity is, or was when it ended.

    Args:
        handle: The run.
    """
    for pending in (await handle.describe()).raw_description.pending_activities:
        beat = str(pending.last_heartbeat_time) if pending.HasField("last_heartbeat_time") else ""
        details = tuple(await default().decode(pending.heartbeat_details.payloads))
        waits = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        failure = pending.last_failure if pending.HasField("last_failure") else None
        told = await _told(failure)
        return Tried(pending.attempt, *told, beat, details, True, not waits, pause(pending) / _SECOND)
    attempt, last, final = 0, None, False
    for event in (await history.fetch(handle)).events:
        if event.HasField("activity_task_started_event_attributes"):
            attempt = event.activity_task_started_event_attributes.attempt
        if event.HasField("activity_task_failed_event_attributes"):
            state = event.activity_task_failed_event_attributes.retry_state
            final = state == RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE
        last = _failure(event) or last
    return Tried(attempt, *await _told(last), final=final)


async def until(bench: "Bench", handle: Handle, so: "Callable[[Tried], object]") -> tuple[bool, Tried]:
    """Wait until a run's activity is so far, and return whether it came to that, and how far it is then.

    Args:
        bench: The check.
        handle: The run.
        so: Looks at how far it is.
    """
    now = Tried()

    async def looked() -> bool:
        nonlocal now
        now = await tried(handle)
        return bool(so(now))

    return await bench.until(looked, handle), now


async def fail_for_good(bench: "Bench", handle: Handle) -> bool:
    """Let the activity of a run fail, as ``temporal activity fail`` does, and return whether there came to be one.

    Args:
        bench: The check.
        handle: The run.
    """
    failure = ApplicationError("it was failed from outside", non_retryable=True)

    async def failed() -> bool:
        for pending in (await handle.describe()).raw_description.pending_activities:
            activity = bench.client.get_async_activity_handle(
                workflow_id=handle.id, run_id=None, activity_id=pending.activity_id
            )
            with contextlib.suppress(RPCError):  # it is between two attempts
                await activity.fail(failure)
                return True
        return False

    return await bench.until(failed, handle)


async def failed_with(handle: Handle) -> list[str]:
    """Return the types of the failures with which a workflow failed, outermost first; empty when it did not fail.

    What only says which activity or child workflow it was is left out.

    Args:
        handle: The run.
    """
    last = (await history.fetch(handle)).events[-1]
    if not last.HasField("workflow_execution_failed_event_attributes"):
        return []
    kinds = [kind(failure) for failure in chain(last.workflow_execution_failed_event_attributes.failure)]
    return [name for name in kinds if name not in _WRAPPERS]


def _failure(event: "HistoryEvent") -> "Failure | None":
    if event.HasField("activity_task_started_event_attributes"):
        found = event.activity_task_started_event_attributes
        return found.last_failure if found.HasField("last_failure") else None
    if event.HasField("activity_task_timed_out_event_attributes"):
        return event.activity_task_timed_out_event_attributes.failure
    if event.HasField("activity_task_failed_event_attributes"):
        return event.activity_task_failed_event_attributes.failure
    return None


async def _told(failure: "Failure | None") -> tuple[str, BaseException | None]:
    return (kind(failure), await default().decode_failure(failure)) if failure else ("", None)


def _seconds(duration: Any) -> float:
    return float(duration.ToTimedelta() / _SECOND)
