"""This machine's own unit of time: how long a workflow that does nothing takes here and now."""

import asyncio
import secrets
import time
from datetime import timedelta

from temporalio.api.command.v1 import Command, CompleteWorkflowExecutionCommandAttributes
from temporalio.api.enums.v1 import CommandType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest, RespondWorkflowTaskCompletedRequest
from temporalio.client import Client
from temporalio.service import RPCError

from course_lib.errors import CourseError
from course_lib.server import health

ROUND_TRIP = "course-round-trip-"
"""How the IDs of such workflows begin."""

# Seconds; 0.02 on a quiet machine, 0.1 to 0.5 with eight busy processes on two cores.
_LIMIT = 90.0


class TooBusy(CourseError):
    """The machine or the server was too slow to tell anything: that is no fault of who waits.

    Args:
        what: What did not happen, a clause without a full stop.
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"This computer was too busy: {what}.",
            fix="close programs that keep it busy, or wait a moment, and run the cell again.",
        )


async def round_trip(client: Client) -> float:
    """Run a workflow that does nothing, and return how long it took, in seconds.

    Its one task is taken and completed by hand, by the same calls that a Worker makes: no Worker is needed.

    Args:
        client: A client of the namespace.

    Raises:
        TooBusy: It did not end within a minute and a half, or the server refused it.
        temporalio.service.RPCError: The server is gone.
    """
    name = f"{ROUND_TRIP}{secrets.token_hex(8)}"
    began = time.monotonic()
    try:
        async with asyncio.timeout(_LIMIT):
            handle = await client.start_workflow(
                name, id=name, task_queue=name, execution_timeout=timedelta(seconds=2 * _LIMIT)
            )
            token = b""
            while not token:  # a long poll comes back empty after a minute
                task = await client.workflow_service.poll_workflow_task_queue(
                    PollWorkflowTaskQueueRequest(
                        namespace=client.namespace, task_queue=TaskQueue(name=name), identity=name
                    )
                )
                token = task.task_token
            await client.workflow_service.respond_workflow_task_completed(
                RespondWorkflowTaskCompletedRequest(
                    namespace=client.namespace,
                    task_token=token,
                    identity=name,
                    commands=[
                        Command(
                            command_type=CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
                            complete_workflow_execution_command_attributes=CompleteWorkflowExecutionCommandAttributes(),
                        )
                    ],
                )
            )
            await handle.result()
    except TimeoutError:
        raise TooBusy(f"a workflow that does nothing took more than {_LIMIT:g} s") from None
    except RPCError as error:
        if health.is_gone(error):
            raise
        raise TooBusy(f"the Temporal server did not answer ({error.message})") from error
    return time.monotonic() - began
