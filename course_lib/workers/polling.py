"""Running a Worker, and whether it has really begun to poll, which only the server knows."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeWorkerDeploymentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

if TYPE_CHECKING:
    from temporalio.worker import Worker

PATIENCE = 5.0
"""Seconds after which a running Worker counts as polling though the server does not list it (a busy cluster whose
list of pollers lags behind)."""


async def run(worker: "Worker", watch: "PollWatch", polls: Callable[[], object]) -> None:
    """Run a Worker to its end.

    Args:
        worker: The Worker.
        watch: Has begun to watch it.
        polls: Called when the server has seen it poll.
    """
    running, seen = asyncio.ensure_future(worker.run()), asyncio.ensure_future(watch.wait())
    await asyncio.wait({running, seen}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        seen.result()
        polls()
    seen.cancel()
    await running


class PollWatch:
    """Waits until the server lists fresh polls of one identity.

    Args:
        client: A client of the Worker's namespace.
        task_queue: The Worker's queue.
        identity: The Worker's identity.
        options: The Worker's arguments: they say which kinds of task it polls.
    """

    def __init__(self, client: Client, task_queue: str, identity: str, options: dict[str, Any]) -> None:
        self._client = client
        self._queue = task_queue
        self._identity = identity
        config = options.get("deployment_config")
        # A version is known to the server a moment after its first poll; until then no traffic can be routed to it.
        self._version = config.version if config is not None and config.use_worker_versioning else None
        self._kinds: list[Any] = []
        if options.get("workflows"):
            self._kinds.append(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
        if options.get("activities") and not options.get("no_remote_activities"):
            self._kinds.append(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
        self._before: dict[Any, datetime | None] = {}

    async def begin(self) -> None:
        """Remember earlier polls of the same identity: the server keeps them for five minutes."""
        try:
            for kind in self._kinds:
                self._before[kind] = await self._last_poll(kind)
        except RPCError as error:
            if error.status not in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED):
                raise
            # This account may work but not look: the Worker's own start has to be enough.
            self._kinds.clear()

    async def wait(self) -> bool:
        """Return True once every kind is polled (and a version is known), False after ``PATIENCE`` seconds without."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        pause = 0.005
        pending: Iterable[Any] = list(self._kinds)
        while True:
            pending = [kind for kind in pending if await self._last_poll(kind) in (None, self._before[kind])]
            if not pending and await self._version_known():
                return True
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.1)

    async def _version_known(self) -> bool:
        if self._version is None:
            return True
        version = WorkerDeploymentVersion(
            deployment_name=self._version.deployment_name, build_id=self._version.build_id
        )
        try:
            await self._client.workflow_service.describe_worker_deployment_version(
                DescribeWorkerDeploymentVersionRequest(namespace=self._client.namespace, deployment_version=version)
            )
        except RPCError as error:
            # Whoever may not look, or asks a server without deployments, goes on with what the poll told.
            return error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION)
        self._version = None
        return True

    async def _last_poll(self, kind: Any) -> datetime | None:
        answer = await self._client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self._client.namespace,
                task_queue=TaskQueue(name=self._queue),
                task_queue_type=kind,
            )
        )
        times = [p.last_access_time.ToDatetime() for p in answer.pollers if p.identity == self._identity]
        return max(times, default=None)
