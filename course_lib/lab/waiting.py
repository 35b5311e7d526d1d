"""Waiting for a workflow's result, with a limit and, past it, a diagnosis."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from course_lib.errors import CourseError
from course_lib.server import health

if TYPE_CHECKING:
    from course_lib.diagnosis import Diagnosis

# Progress is shown for all that takes longer than this.
_PATIENCE = 2.0
_EVERY = 1.0
# Before a server that is gone is asked again.
_PAUSE = 0.5


class StillRunning(CourseError):
    """The workflow had no result within the limit; the message is the diagnosis.

    Args:
        diagnosis: What was found.
        workflow_id: The workflow that was waited for.
        timeout: The limit in seconds.
    """

    def __init__(self, diagnosis: "Diagnosis", workflow_id: str, timeout: float) -> None:
        self.diagnosis = diagnosis
        super().__init__(
            f"{workflow_id} has no result after {timeout:g} s.\n" + "\n".join(diagnosis.lines()),
            fix="mend the cause above; the workflow is not lost. Then await lab.result(handle) again.",
        )


async def result(
    handle: WorkflowHandle[Any, Any], client: Client, task_queue: str, timeout: float, say: Callable[[str], None]
) -> Any:
    """Return a workflow's result, or raise with a diagnosis.

    Args:
        handle: The workflow.
        client: A client to look with.
        task_queue: The queue on which the course's Worker polls.
        timeout: Seconds to wait.
        say: Shows one line of progress; an empty one takes it away.

    A server that goes away meanwhile is waited for, too, and said.

    Raises:
        StillRunning: No result within ``timeout``.
        temporalio.client.WorkflowFailureError: The workflow ended otherwise; a note lists the chain of causes.
    """
    from course_lib.diagnosis import diagnose

    waiter = asyncio.ensure_future(handle.result())
    started = time.monotonic()
    try:
        while not waiter.done() or _lost(waiter):
            elapsed = time.monotonic() - started
            if elapsed >= timeout:
                raise StillRunning(await diagnose(handle, client, task_queue), handle.id, timeout)
            if waiter.done():  # the SDK has given up on a server that is gone; it may come back
                await asyncio.sleep(_PAUSE)
                waiter = asyncio.ensure_future(handle.result())
            await asyncio.wait({waiter}, timeout=min(_PATIENCE if elapsed < _PATIENCE else _EVERY, timeout - elapsed))
            elapsed = time.monotonic() - started
            if not waiter.done() and elapsed >= _PATIENCE:
                look = await diagnose(handle, client, task_queue)
                say(f"{handle.id}: {elapsed:.0f} s of at most {timeout:g} s. {look.lines()[0]}")
        say("")
        try:
            return waiter.result()
        except WorkflowFailureError as error:
            error.add_note(f"Causes, outermost first: {' <- '.join(_causes(error))}")
            raise
    finally:
        waiter.cancel()


def _lost(waiter: "asyncio.Future[Any]") -> bool:
    """Return whether a wait has ended because the server is gone: the SDK tries for 6 s (measured on 1.35)."""
    error = None if waiter.cancelled() else waiter.exception()
    return isinstance(error, RPCError) and health.is_gone(error)


def _causes(error: BaseException) -> list[str]:
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        chain.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return chain
