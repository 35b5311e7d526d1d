"""Waiting for a run without ever hanging: the end, a dead Worker, a workflow task that keeps failing, the limit."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.service import RPCError

from course_lib import history
from course_lib.diagnosis import diagnose
from course_lib.grading.evidence import explain, place_of, short_text
from course_lib.workers import WorkerProcess

if TYPE_CHECKING:
    import pandas as pd

_LOOK = 0.25
_GROWS = 1.0  # seconds without a new event after which a history does not grow any more


class NoResult(Exception):
    """A run gave no result: the message says why as far as it is known."""


class WorkerDied(NoResult):
    """The learner's code ended its own process."""


class TaskFailing(NoResult):
    """A workflow task fails again and again.

    Args:
        message: The failure's message.
        stack: The failure's stack trace.
    """

    def __init__(self, message: str, stack: str) -> None:
        self.message, self.stack = message, stack
        super().__init__(message)


class StillRunning(NoResult):
    """The limit passed."""


def death(workers: Sequence[WorkerProcess]) -> WorkerDied | None:
    """Return which Worker ended by itself, if one did."""
    for process in workers:
        if process.state == "died":
            # Killing it was not our doing; its last words are the best explanation.
            words = [line for line in list(process.lines)[-3:] if line.strip()]
            return WorkerDied(
                short_text(f"your code ended the worker process: {process.describe()}. {' '.join(words)}")
            )
    return None


class Stop:
    """Watches one run.

    Args:
        handle: The run.
        workers: The Workers that serve it.
        early: Whether a workflow task that failed twice ends the wait.
    """

    def __init__(self, handle: WorkflowHandle[Any, Any], workers: Sequence[WorkerProcess], early: bool) -> None:
        self._handle, self._workers, self._early = handle, workers, early

    async def result(self, timeout: float) -> tuple[Any, BaseException | None]:
        """Return the result and no error, or nothing and why.

        Args:
            timeout: Seconds. A run whose history still grows then gets as many again: on a busy machine a right
                answer takes longer, and "still running" would call it wrong.
        """
        began = time.monotonic()
        deadline = began + timeout
        length, grew = 0, began
        waiting = asyncio.ensure_future(self._handle.result())
        try:
            while True:
                await asyncio.wait({waiting}, timeout=min(_LOOK, max(0.01, deadline - time.monotonic())))
                if waiting.done():
                    return _outcome(waiting)
                described = await self._handle.describe()
                if described.history_length != length:
                    length, grew = described.history_length, time.monotonic()
                if error := death(self._workers) or await self._failing(described):
                    # The end may have come while we looked.
                    return _outcome(waiting) if waiting.done() else (None, error)
                if (now := time.monotonic()) >= deadline:
                    if now - grew > _GROWS or now >= began + 2 * timeout:
                        return None, StillRunning(f"still running after {now - began:.0f} s")
                    deadline = min(now + _GROWS, began + 2 * timeout)
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def until(
        self, predicate: "Callable[[pd.DataFrame], object]", timeout: float
    ) -> "tuple[pd.DataFrame, BaseException | None]":
        """Return the history that satisfies the predicate, or the latest one and why not.

        Args:
            predicate: Called with the history as a DataFrame.
            timeout: Seconds.
        """
        deadline = time.monotonic() + timeout
        while True:
            frame = history.events_frame(await history.fetch(self._handle))
            if bool(predicate(frame)):
                return frame, None
            if await self.closed():
                frame = history.events_frame(await history.fetch(self._handle))
                return frame, None if bool(predicate(frame)) else NoResult("the workflow ended before that")
            if error := death(self._workers) or await self._failing(await self._handle.describe()):
                return frame, error
            if time.monotonic() >= deadline:
                return frame, StillRunning(f"not within {timeout:g} s")
            await asyncio.sleep(0.1)

    async def closed(self) -> bool:
        """Return whether the run has ended."""
        return (await self._handle.describe()).status != WorkflowExecutionStatus.RUNNING

    async def _failing(self, described: WorkflowExecutionDescription) -> TaskFailing | None:
        if not self._early:
            return None
        pending = described.raw_description.pending_workflow_task
        if pending.attempt < 2:
            return None
        recorded = await history.fetch(self._handle)
        # The history has only the first failure of a row, with the attempt under way behind it.
        for event in reversed(recorded.events):
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                failure = event.workflow_task_failed_event_attributes.failure
                break
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                return None
        else:
            return None
        inner = failure.cause if failure.HasField("cause") else failure
        kind = inner.application_failure_info.type
        return TaskFailing(
            f"{kind}: {inner.message}" if kind else inner.message, f"{failure.stack_trace}{inner.stack_trace}"
        )


def _outcome(waiting: "asyncio.Future[Any]") -> tuple[Any, BaseException | None]:
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
        error: What ``Stop`` returned.
        lines: Source text by module, to name the learner's line.
    """
    if isinstance(error, TaskFailing):
        place = place_of(error.stack, lines)
        return f"the workflow task fails again and again: {short_text(error.message)}{f', at {place}' if place else ''}"
    if isinstance(error, StillRunning):
        found = ""
        with contextlib.suppress(RPCError, TimeoutError):
            async with asyncio.timeout(4):
                diagnosis = await diagnose(handle, client, task_queue)
                found = "; ".join([diagnosis.text, *(f"{name}: {value}" for name, value in diagnosis.details)])
        return short_text(f"{error}{f': {found}' if found else ''}")
    if isinstance(error, NoResult):
        return str(error)
    return f"the workflow failed: {explain(error, lines)}"
