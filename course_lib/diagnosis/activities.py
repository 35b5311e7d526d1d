"""Open activities: retried, not taken by anybody, or under way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState, TaskQueueType
from temporalio.client import Client

from course_lib.diagnosis import facts
from course_lib.diagnosis.diagnosis import Diagnosis
from course_lib.diagnosis.failing import is_refused, known_fix, learners_line
from course_lib.history.failures import failure_text, is_timeout
from course_lib.history.moments import in_words, optional_moment
from course_lib.shop import process as shop

_SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED


async def find(client: Client, pending: list[Any], queue: str) -> Diagnosis:
    """Return what the open activities wait for: the one that is retried most comes first.

    Args:
        client: A client to look with.
        pending: The open activities, as ``describe`` lists them; at least one.
        queue: The workflow's task queue, used where an activity names none.
    """
    worst = max(pending, key=lambda activity: (activity.HasField("last_failure"), activity.attempt))
    own_queue = worst.activity_options.task_queue.name or queue
    polled = await facts.pollers(client, own_queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
    more = (("open activities", str(len(pending))),) if len(pending) > 1 else ()
    if worst.paused:
        return Diagnosis("waiting", f"The activity {_name(worst)} is paused.", "resume it in the Web UI.", more)
    if worst.HasField("last_failure"):
        return _retrying(worst, polled, more)
    if worst.state == _SCHEDULED:
        return _untaken(worst, polled, more)
    since = optional_moment(worst, "last_started_time")
    age = f" for {in_words(datetime.now(UTC) - since)}" if since else ""
    details = (("worker", worst.last_worker_identity), ("attempt", str(worst.attempt)), *more)
    return Diagnosis(
        "waiting",
        f"The activity {_name(worst)} has been running{age}.",
        "wait for it; if its Worker was killed, the server only finds out by the activity's timeout "
        "(`start_to_close_timeout` or `heartbeat_timeout`).",
        details,
    )


def _name(activity: Any) -> str:
    return f"“{activity.activity_type.name}”"


def _retrying(activity: Any, polled: facts.Pollers, more: tuple[tuple[str, str], ...]) -> Diagnosis:
    failure = activity.last_failure
    line = learners_line(failure)
    limit = f" of {activity.maximum_attempts}" if activity.maximum_attempts else ", without a limit"
    details = [("attempt", f"{activity.attempt}{limit}"), ("last error", failure_text(failure))]
    if line:
        details.append(("your line", line))
    due = optional_moment(activity, "next_attempt_schedule_time")
    if activity.state != _SCHEDULED:
        details.append(("next attempt", "under way now"))
    elif due is not None:
        left = due - datetime.now(UTC)
        details.append(("next attempt", f"at {due:%H:%M:%S} UTC, in {in_words(left)}"))
    if polled.none:
        details.append(("polling", polled.words()))
    fails = f"The activity {_name(activity)} fails and is retried (attempt {activity.attempt})"
    error = failure_text(failure) + (f" (at {line})" if line else ".")
    fix = known_fix(failure)
    if is_refused(failure) and not shop.alive():
        what = f"{fails}: the shop's process is not running."
        fix = (
            "run `lab.shop.start()`: it starts the process again on the same port, and nothing is lost. The next "
            "attempt then succeeds by itself."
        )
    elif polled.none and activity.state == _SCHEDULED and not fix:
        what = (
            f"The activity {_name(activity)} is to be retried (attempt {activity.attempt}), and no Worker polls "
            f"“{polled.queue}” for activities. Its last error: {error}"
        )
        fix = _start_worker(activity)
    else:
        what = f"{fails}: {error}"
        first = "see why it takes so long, or allow it more time" if is_timeout(failure) else "fix the cause"
        fix = (
            fix or f"{first}; the next attempt then succeeds by itself. Faults of the shop: `lab.shop.faults.clear()`."
        )
    return Diagnosis("activity_retrying", what, fix, (*details, *more))


def _untaken(activity: Any, polled: facts.Pollers, more: tuple[tuple[str, str], ...]) -> Diagnosis:
    asked = optional_moment(activity, "scheduled_time")
    age = in_words(datetime.now(UTC) - asked) if asked else "a while"
    details = (("task queue", polled.queue), ("polling", polled.words()), ("waiting for", age), *more)
    if polled.none:
        what = f"No Worker polls the task queue “{polled.queue}” for activities"
        fix = _start_worker(activity)
    else:
        what = f"No Worker has taken the activity from the task queue “{polled.queue}” yet"
        fix = "look whether the Worker still runs, and whether all of its activity slots are busy."
    return Diagnosis("no_poller", f"{what}: {_name(activity)} has waited for {age}.", fix, details)


def _start_worker(activity: Any) -> str:
    has = f"`await lab.worker(workflows=[…], activities=[{activity.activity_type.name}])`"
    return f"start a Worker that has it: {has}, or press Start on the worker process."
