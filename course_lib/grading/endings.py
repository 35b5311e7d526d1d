"""How a run that a check waits for ends: a result, a dead Worker, a workflow task that keeps failing, stillness."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError

from course_lib import history
from course_lib.diagnosis import diagnose
from course_lib.grading.evidence import Handle, explain, place_of, short_text
from course_lib.waits import Burning, NothingMoves, Stuck
from course_lib.workers import WorkerProcess

# The SDK gives a workflow task two seconds of the clock before it calls it deadlocked. On a busy machine that happens
# to right code, too, now and then; to a loop without an end it happens each time.
_DEADLOCK, _DEADLOCKED = "TMPRL1101", 4
# A task that a Worker failed that is gone now: how many attempts of others tell that theirs fail, too. The server
# records only the first failure of a row, so nothing says whose the others are.
_OTHERS = 3
# An activity that raises one of these will raise it again. Two attempts that did so are enough.
_SLIPS = ("AttributeError", "BadRequest", "ImportError", "IndexError", "KeyError", "ModuleNotFoundError", "NameError",
          "TypeError", "UnboundLocalError")  # fmt: skip


class WorkerDied(Stuck):
    """The learner's code ended its own process."""


class Failing(Stuck):
    """A workflow task or an activity fails again and again.

    Args:
        what: Which of the two.
        message: The failure's message.
        stack: The failure's stack trace.
    """

    def __init__(self, what: str, message: str, stack: str) -> None:
        self.what, self.message, self.stack = what, message, stack
        super().__init__(message)


def death(workers: Sequence[WorkerProcess]) -> None:
    """Raise when a Worker ended by itself.

    Args:
        workers: The Workers of a check.

    Raises:
        WorkerDied: One did.
    """
    for process in workers:
        if process.state == "died":
            # Killing it was not our doing; its last words are the best explanation.
            words = [line for line in list(process.lines)[-3:] if line.strip()]
            raise WorkerDied(short_text(f"your code ended the worker process: {process.describe()}. {' '.join(words)}"))


async def failing(workers: Sequence[WorkerProcess], handle: "Handle", described: history.Described) -> None:
    """Raise when a run's workflow task has failed twice or more in a row, or an activity by a slip of its code.

    Args:
        workers: The Workers of the check. What one has done that is gone says little of the code that polls now.
        handle: The run.
        described: What the server says of it now.

    Raises:
        Failing: It has.
    """
    for pending in described.raw_description.pending_activities:
        slip = pending.last_failure
        if pending.attempt > 2 and slip.application_failure_info.type in _SLIPS:
            raise Failing("the activity", _message(slip), slip.stack_trace)
    attempt = described.raw_description.pending_workflow_task.attempt
    if attempt < 2:
        return
    recorded = await history.fetch(handle)
    # The history has only the first failure of a row, with the attempt under way behind it.
    for event in reversed(recorded.events):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            attributes = event.workflow_task_failed_event_attributes
            polls = any(each.alive and each.known_as == attributes.identity for each in workers)
            if not polls and attempt <= 1 + _OTHERS:
                return
            failure = attributes.failure
            inner = failure.cause if failure.HasField("cause") else failure
            message = _message(inner)
            if _DEADLOCK in message and attempt < _DEADLOCKED:
                return
            raise Failing("the workflow task", message, f"{failure.stack_trace}{inner.stack_trace}")


def _message(failure: Failure) -> str:
    kind = failure.application_failure_info.type
    return f"{kind}: {failure.message}" if kind else failure.message


def outcome(waiting: "asyncio.Future[Any]") -> tuple[Any, BaseException | None]:
    """Return a run's result and no error, or no result and its failure.

    Args:
        waiting: The ended wait for the result.
    """
    if error := waiting.exception():
        if isinstance(error, WorkflowFailureError):
            return None, error
        raise error
    return waiting.result(), None


async def reason(handle: Handle, client: Client, task_queue: str, error: BaseException, lines: dict[str, str]) -> str:
    """Return why a run gave no result, in words for a learner.

    Args:
        handle: The run.
        client: The check's client.
        task_queue: The run's queue.
        error: The failure, or why the wait was given up.
        lines: Source text by module, to name the learner's line.
    """
    if isinstance(error, Failing):
        place = place_of(error.stack, lines)
        return f"{error.what} fails again and again: {short_text(error.message)}{f', at {place}' if place else ''}"
    if isinstance(error, NothingMoves | Burning):
        found = ""
        with contextlib.suppress(RPCError, TimeoutError):
            async with asyncio.timeout(20):  # a detail: a busy server need not tell it
                diagnosis = await diagnose(handle, client, task_queue)
                found = "; ".join([diagnosis.text, *(f"{name}: {value}" for name, value in diagnosis.details)])
        said = f"still running: {error}"
        return short_text(f"{said}{f': {found}' if found else ''}")
    if isinstance(error, Stuck):
        return str(error)
    return f"the workflow failed: {explain(error, lines)}"
