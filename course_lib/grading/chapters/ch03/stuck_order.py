"""The order that is stuck, for the check of 3.4: what a Worker with the broken code does with it, done by hand.

A real Worker reports the first failure of a workflow task, takes the next attempt and says no more: when it is killed,
the run waits until that attempt times out. Here nobody has taken it, so the learner's Worker gets it at once.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.api.command.v1 import Command, ScheduleActivityTaskCommandAttributes
from temporalio.api.common.v1 import ActivityType, Payloads
from temporalio.api.enums.v1 import CommandType, WorkflowTaskFailedCause
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollActivityTaskQueueRequest,
    PollWorkflowTaskQueueRequest,
    RespondActivityTaskCompletedRequest,
    RespondWorkflowTaskCompletedRequest,
    RespondWorkflowTaskFailedRequest,
)

if TYPE_CHECKING:
    from course_lib.grading import Bench, Handle

_LIMIT = 120.0  # seconds for a twentieth of one; past it the machine was too busy
_FAILURE = Failure(
    message="'Order' object has no attribute 'total_cents'",
    source="PythonSDK",
    application_failure_info=ApplicationFailureInfo(type="AttributeError"),
)


async def stuck_order(bench: "Bench", order: dict[str, Any]) -> "Handle":
    """Start a checkout, reserve its stock, and fail the workflow task that comes next. No Worker may poll yet.

    Args:
        bench: The check.
        order: An ``Order`` as plain data.

    Raises:
        TimeoutError: It took two minutes.
    """
    service, encode = bench.client.workflow_service, bench.client.data_converter.encode
    queue = TaskQueue(name=bench.task_queue)
    whose: dict[str, Any] = {"namespace": bench.client.namespace, "identity": "the broken code"}
    handle = await bench.start("Checkout", order)

    async def take(poll: Any, request: Any) -> bytes:
        token = b""
        while not token:  # a long poll comes back empty after a minute
            token = (await poll(request(task_queue=queue, **whose))).task_token
        return token

    async with asyncio.timeout(_LIMIT):
        reserve = ScheduleActivityTaskCommandAttributes(
            activity_id="1",
            activity_type=ActivityType(name="reserve"),
            task_queue=queue,
            input=Payloads(payloads=await encode([order])),
        )
        reserve.start_to_close_timeout.FromTimedelta(timedelta(seconds=_LIMIT))
        command = Command(
            command_type=CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
            schedule_activity_task_command_attributes=reserve,
        )
        token = await take(service.poll_workflow_task_queue, PollWorkflowTaskQueueRequest)
        await service.respond_workflow_task_completed(
            RespondWorkflowTaskCompletedRequest(task_token=token, commands=[command], **whose)
        )
        token = await take(service.poll_activity_task_queue, PollActivityTaskQueueRequest)
        reserved = await bench.shop.client(_LIMIT).reserve_stock(order["id"], "teapot", idempotency_key=order["id"])
        await service.respond_activity_task_completed(
            RespondActivityTaskCompletedRequest(
                task_token=token, result=Payloads(payloads=await encode([reserved])), **whose
            )
        )
        token = await take(service.poll_workflow_task_queue, PollWorkflowTaskQueueRequest)
        await service.respond_workflow_task_failed(
            RespondWorkflowTaskFailedRequest(
                task_token=token,
                cause=WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
                failure=_FAILURE,
                **whose,
            )
        )
    return handle
