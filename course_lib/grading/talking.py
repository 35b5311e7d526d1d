"""Messages to a learner's workflow, for checks: each has a limit, and what comes back is said in words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from temporalio.client import (
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from course_lib.grading.evidence import cause_of, short, short_text

_LIMIT = timedelta(seconds=4)


@dataclass(frozen=True)
class Reply:
    """What came back for one message.

    Args:
        state: "answered", "refused" (rejected or failed, with a reason) or "silent" (nothing within the limit).
        value: The answer.
        text: All of it in words.
    """

    state: Literal["answered", "refused", "silent"]
    value: Any
    text: str

    @property
    def ok(self) -> bool:
        """Whether there is an answer."""
        return self.state == "answered"


async def update(handle: WorkflowHandle[Any, Any], name: str, arg: Any, *, limit: timedelta = _LIMIT) -> Reply:
    """Send an update and wait for its end.

    Args:
        handle: The run.
        name: The update's name.
        arg: Its argument as plain data.
        limit: How long to wait.
    """
    try:
        value = await handle.execute_update(name, arg, rpc_timeout=limit)
    except WorkflowUpdateFailedError as error:
        inner = cause_of(error)
        return Reply("refused", None, short_text(str(inner)))
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        return Reply("silent", None, f"no answer within {limit.total_seconds():g} s")
    except RPCError as error:
        return Reply("refused", None, short_text(error.message))
    return Reply("answered", value, short(value))


async def ask(handle: WorkflowHandle[Any, Any], name: str) -> Reply:
    """Ask a query without arguments.

    Args:
        handle: The run.
        name: The query's name.
    """
    try:
        value = await handle.query(name, rpc_timeout=_LIMIT)
    except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
        return Reply("refused", None, short_text(str(error)))
    except RPCError as error:
        return Reply("silent", None, short_text(error.message))
    return Reply("answered", value, short(value))


async def signal(handle: WorkflowHandle[Any, Any], name: str, *args: Any) -> bool:
    """Send a signal, and return whether the run was still there to take it.

    Args:
        handle: The run.
        name: The signal's name.
        *args: Its arguments as plain data.
    """
    try:
        await handle.signal(name, args=args, rpc_timeout=_LIMIT)
    except RPCError:
        return False
    return True
