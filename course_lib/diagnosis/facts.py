"""Questions to the server, each with a limit: an unanswered one costs a detail, not the diagnosis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentOptions, WorkerDeploymentVersion
from temporalio.api.enums.v1 import TaskQueueType, WorkerVersioningMode
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from course_lib.history.moments import in_words, moment
from course_lib.workers.pollers import without_ended

T = TypeVar("T")

# The server remembers pollers for five minutes; a live one asks again at least once a minute.
_FRESH = timedelta(seconds=70)
_NEWEST = 200
_LIMIT = 0.8  # seconds for one question


async def asked(question: Awaitable[T], limit: float) -> T | None:
    """Return the answer, None when there is none in time, or none that the SDK can read (of a paused run: 1.35).

    Args:
        question: A call to the server.
        limit: Seconds.
    """
    try:
        async with asyncio.timeout(limit):
            return await question
    except (RPCError, TimeoutError, RuntimeError, ValueError):
        return None


def version_name(version: WorkerDeploymentVersion | WorkerDeploymentOptions) -> str:
    """Return a Worker Deployment version as Temporal writes it, ``"shop:2"``.

    Args:
        version: The version, or the options of a Worker of that version.
    """
    return f"{version.deployment_name}:{version.build_id}"


class Pollers:
    """Who polls a queue for one kind of task.

    Args:
        queue: The queue's name.
        infos: What the server lists; None when it did not answer.
        current: The Worker Deployment version that the queue is routed to, None when there is none.
    """

    def __init__(
        self, queue: str, infos: Sequence[PollerInfo] | None, current: WorkerDeploymentVersion | None = None
    ) -> None:
        self.queue = queue
        self.known = infos is not None
        self.current = current if current is not None and current.build_id else None
        self._versions = {info.identity: info.deployment_options for info in infos or ()}
        now = datetime.now(UTC)
        ages = {info.identity: now - moment(info.last_access_time) for info in infos or ()}
        fresh = {identity: age for identity, age in ages.items() if age < _FRESH}
        self.ages = {identity: fresh[identity] for identity in without_ended(fresh)}

    @property
    def none(self) -> bool:
        """Whether surely nobody polls."""
        return self.known and not self.ages

    def words(self) -> str:
        """Return who polls, in words."""
        if not self.known:
            return "unknown (the server did not say)"
        if not self.ages:
            return "nobody"
        shown = [
            f"{identity}{self._version_of(identity)}, last seen {in_words(age)} ago"
            for identity, age in list(self.ages.items())[:3]
        ]
        return "; ".join(shown)

    def serve(self, version: WorkerDeploymentVersion) -> bool:
        """Return whether a Worker of a version polls.

        Args:
            version: The version.
        """
        return any(
            (found.deployment_name, found.build_id) == (version.deployment_name, version.build_id)
            and found.worker_versioning_mode == WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
            for found in (self._versions[identity] for identity in self.ages)
        )

    def _version_of(self, identity: str) -> str:
        version = self._versions[identity]
        if version.worker_versioning_mode == WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED:
            return f" of version {version_name(version)}"
        return " without a version" if self.current else ""


async def pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> Pollers:
    """Return who polls a queue.

    Args:
        client: A client of the namespace.
        queue: The queue's name.
        kind: Workflow tasks or activity tasks.
    """
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    answer = await asked(client.workflow_service.describe_task_queue(request), _LIMIT)
    if answer is None:
        return Pollers(queue, None)
    return Pollers(queue, answer.pollers, answer.versioning_info.current_deployment_version)


async def newest_events(client: Client, workflow_id: str, run_id: str, most: int = _NEWEST) -> list[HistoryEvent]:
    """Return the last events of a run, newest first; a long history is not read whole.

    Args:
        client: A client of the namespace.
        workflow_id: The workflow.
        run_id: The run; the newest one when it is empty.
        most: How many at most.
    """
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
        maximum_page_size=most,
    )
    answer = await asked(client.workflow_service.get_workflow_execution_history_reverse(request), _LIMIT)
    return list(answer.history.events) if answer else []


async def messages(handle: WorkflowHandle[Any, Any]) -> tuple[list[str], list[str]]:
    """Return the names of the signals and updates that the workflow handles; only a running Worker knows them."""
    answer = await asked(handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata), _LIMIT)
    if answer is None:
        return [], []
    definition = answer.definition
    return (
        [item.name for item in definition.signal_definitions if not item.name.startswith("__")],
        [item.name for item in definition.update_definitions if not item.name.startswith("__")],
    )
