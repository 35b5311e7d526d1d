"""How a run that a check waits for ends: a result, a dead Worker, a workflow task that keeps failing, stillness."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from course_lib import history
from course_lib.diagnosis import diagnose
from course_lib.grading.evidence import explain, place_of, short_text
from course_lib.waits import Burning, NothingMoves, Stuck
from course_lib.workers import WorkerProcess

# The SDK gives a workflow task two seconds of the clock before it calls it deadlocked. On a busy machine that happens
# to right code, too, now and then; to a loop without an end it happens each time.
_DEADLOCK, _DEADLOCKED = "TMPRL1101", 4


class WorkerDied(Stuck):
    """The learner's code ended its own process."""


class TaskFailing(Stuck):
    """A workflow task fails again and again.

    Args:
        message: The failure's message.
        stack: The failure's stack trace.
    """

    def __init__(self, message: str, stack: str) -> None:
        self.message, self.stack = message, stack
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


async def failing(handle: "WorkflowHandle[Any, Any]", described: history.Described) -> None:
    """Raise when a run's workflow task has failed twice or more in a row.

    Args:
        handle: The run.
        described: What the server says of it now.

    Raises:
        TaskFailing: It has.
    """
    attempt = described.raw_description.pending_workflow_task.attempt
    if attempt < 2:
        return
    recorded = await history.fetch(handle)
    # The history has only the first failure of a row, with the attempt under way behind it.
    for event in reversed(recorded.events):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failure = event.workflow_task_failed_event_attributes.failure
            inner = failure.cause if failure.HasField("cause") else failure
            kind = inner.application_failure_info.type
            message = f"{kind}: {inner.message}" if kind else inner.message
            if _DEADLOCK in message and attempt < _DEADLOCKED:
                return
            raise TaskFailing(message, f"{failure.stack_trace}{inner.stack_trace}")


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


async def reason(
    handle: WorkflowHandle[Any, Any], client: Client, task_queue: str, error: BaseException, lines: dict[str, str]
) -> str:
    """Return why a run gave no result, in words for a learner.

    Args:
        handle: The run.
        client: The check's client.
        task_queue: The run's queue.
        error: The failure, or why the wait was given up.
        lines: Source text by module, to name the learner's line.
    """
    if isinstance(error, TaskFailing):
        place = place_of(error.stack, lines)
        return f"the workflow task fails again and again: {short_text(error.message)}{f', at {place}' if place else ''}"
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
