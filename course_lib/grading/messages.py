"""Messages to a learner's workflow, for checks: waited for as the bench waits, and told in words."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.update.v1 import UpdateRef
from temporalio.api.workflowservice.v1 import PollWorkflowExecutionUpdateRequest
from temporalio.client import (
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from course_lib.grading.evidence import Handle, cause_of, short, short_text

if TYPE_CHECKING:
    from course_lib.grading.bench import Bench

# A last resort: an answer is waited for as long as anything moves.
_LIMIT = timedelta(minutes=5)
_METADATA = "__temporal_workflow_metadata"


@dataclass(frozen=True)
class Reply:
    """What came back for one message.

    Args:
        state: "answered", "refused" (rejected or failed, with a reason) or "silent" (none came, and nothing moves).
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


_SILENT = Reply("silent", None, "no answer, and nothing moves")


async def update(bench: "Bench", handle: Handle, name: str, arg: Any, *, id: str | None = None) -> Reply:
    """Send an update and wait for its end.

    Args:
        bench: The check.
        handle: The run.
        name: The update's name.
        arg: Its argument as plain data.
        id: The update's id, for ``arrived``; a new one when not given.
    """
    return await _reply(bench, handle, handle.execute_update(name, arg, id=id, rpc_timeout=_LIMIT), "refused")


async def arrived(handle: Handle, id: str) -> bool:
    """Return whether the server has an update: it keeps one that no worker has seen yet, and no event says so.

    Args:
        handle: The run that it was sent to.
        id: The update's id.
    """
    client = handle._client  # a handle has no public way to its client
    request = PollWorkflowExecutionUpdateRequest(
        namespace=client.namespace,
        identity=client.identity,
        update_ref=UpdateRef(workflow_execution=WorkflowExecution(workflow_id=handle.id), update_id=id),
    )
    try:
        await client.workflow_service.poll_workflow_execution_update(request, timeout=_LIMIT)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def ask(bench: "Bench", handle: Handle, name: str) -> Reply:
    """Ask a query without arguments.

    Args:
        bench: The check.
        handle: The run.
        name: The query's name.
    """
    return await _reply(bench, handle, handle.query(name, rpc_timeout=_LIMIT), "silent")


async def require_handler(
    bench: "Bench", handle: Handle, kind: Literal["signal", "query", "update"], name: str, more: str = ""
) -> None:
    """End the check when a workflow has no handler of a kind for a message; only a running Worker knows.

    Args:
        bench: The check.
        handle: A run that rests.
        kind: How the message is sent.
        name: The message's name.
        more: What else to say about it then.
    """
    answer = await _reply(bench, handle, handle.query(_METADATA, result_type=WorkflowMetadata), "silent")
    if not answer.ok:
        return  # its code does not run: that shows in what the check does next
    said = answer.value.definition
    known = {"signal": said.signal_definitions, "query": said.query_definitions, "update": said.update_definitions}
    names = {of: [each.name for each in each_of if not each.name.startswith("__")] for of, each_of in known.items()}
    bench.require(
        name in names[kind],
        f"`{name}` is {'an' if kind == 'update' else 'a'} {kind}",
        expected=f"a method `{name}` with `@workflow.{kind}`",
        seen="; ".join(f"{of}: {', '.join(found)}" for of, found in names.items() if found) or "no handler at all",
        next_step=f"mark the method `{name}` with `@workflow.{kind}`, and leave it that name: whoever sends the {kind} "
        f"`{name}` reaches no other handler.{more}",
    )


async def _reply(
    bench: "Bench", handle: Handle, call: Coroutine[Any, Any, Any], error_is: Literal["refused", "silent"]
) -> Reply:
    """Wait for the answer to a message; ``error_is`` is what an error of the server's means for it."""
    message = asyncio.ensure_future(call)
    if not await bench.reply(message, handle):
        return _SILENT
    try:
        value = message.result()
    except WorkflowUpdateFailedError as error:
        return Reply("refused", None, short_text(str(cause_of(error))))
    except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
        return Reply("refused", None, short_text(str(error)))
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        return _SILENT
    except RPCError as error:
        return Reply(error_is, None, short_text(error.message))
    return Reply("answered", value, short(value))


async def signal(handle: Handle, name: str, *args: Any) -> bool:
    """Send a signal, and return whether the run was still there to take it.

    Args:
        handle: The run.
        name: The signal's name.
        *args: Its arguments as plain data.
    """
    try:
        await handle.signal(name, args=args, rpc_timeout=_LIMIT)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def heard(bench: "Bench", handle: Handle) -> bool:
    """Return whether a run has had a workflow task since its last signal.

    Args:
        bench: The check.
        handle: The run, which has got one.
    """
    types = list((await bench.events(handle))["type"])[::-1]
    return "WorkflowTaskCompleted" in types[: types.index("WorkflowExecutionSignaled")]
