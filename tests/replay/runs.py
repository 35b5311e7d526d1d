"""Real runs of the flows on the real server: one history of each kind, recorded at the same time."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    ResetWorkflowExecutionRequest,
    RespondWorkflowTaskFailedRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from tests.replay import edited, flows, flows_more
from tests.replay.flows import Approve, Buy, Fails, Family, Loop, Order, Patched, Pinned, Stay, Wide

ORDER = Order("o-1", 100)
ACTIVITIES = [flows.charge, flows.reserve, flows.hang, flows.broken, flows_more.slow, flows_more.flaky]
WORKFLOWS = [
    *(Buy, Approve, Wide, flows.Mail, Family, Loop, Patched, Fails, Stay),
    *(
        flows_more.LongLocal,
        flows_more.RetriedLocal,
        flows_more.Parent,
        flows_more.Dropped,
        flows_more.Talk,
        flows_more.Quiet,
    ),
]
LIMIT = 120.0
Handle = WorkflowHandle[Any, Any]
Kinds = dict[str, Callable[[], Awaitable[WorkflowHistory]]]


def fresh() -> str:
    return secrets.token_hex(5)


async def record(client: Client) -> dict[str, WorkflowHistory]:
    """Return a history of each kind of run, by name."""
    queue = fresh()
    recorder = Recorder(client, queue)
    kinds = recorder.kinds()
    worker = Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=ACTIVITIES,
        graceful_shutdown_timeout=timedelta(0),
    )
    async with worker:
        histories = await asyncio.gather(*(within(name, make()) for name, make in kinds.items()))
        await asyncio.gather(*(recorder.stop(handle) for handle in recorder.open))
    return dict(zip(kinds, histories, strict=True))


async def within(name: str, run: Awaitable[WorkflowHistory]) -> WorkflowHistory:
    try:
        return await asyncio.wait_for(run, LIMIT)
    except TimeoutError:
        raise TimeoutError(f"the run “{name}” did not get where it should within {LIMIT:g} s") from None


class Recorder:
    """Starts the runs.

    Args:
        client: A client of the test's server.
        queue: The task queue of the Worker that runs meanwhile.
    """

    def __init__(self, client: Client, queue: str) -> None:
        self.client = client
        self.queue = queue
        self.open: list[Handle] = []

    def kinds(self) -> Kinds:
        return {
            "bought": lambda: self.run(Buy.run, ORDER),
            "wide": lambda: self.run(Wide.run, ORDER),
            "patched": lambda: self.run(Patched.run, ORDER),
            "continued": lambda: self.run(Loop.run, 1, first=True),
            "continued, last": lambda: self.run(Loop.run, 1),
            "failed by an activity": lambda: self.run(Fails.run, ORDER, "activity"),
            "failed": lambda: self.run(Fails.run, ORDER, "run"),
            "long local activity": self.long_local,
            "retried local activity": lambda: self.run(flows_more.RetriedLocal.run, ORDER),
            "parent": lambda: self.run(flows_more.Parent.run, ORDER),
            "taken back": lambda: self.run(flows_more.Dropped.run, ORDER),
            "timed out": self.timed_out,
            "approved": lambda: self.approved(True),
            "open": lambda: self.approved(False),
            "talk": self.talk,
            "family": self.family,
            "cancelled": self.cancelled,
            "terminated": self.terminated,
            "stuck": self.stuck,
            "reset": self.reset,
            "nobody took it": self.nobody,
            "mended": self.mended,
            "task timed out": self.task_timed_out,
            "pinned": self.pinned,
            "delayed": self.delayed,
            "quiet": self.quiet,
            "carried over": self.carried_over,
        }

    async def timed_out(self) -> WorkflowHistory:
        # On a busy machine a run may be over before a Worker got to it, which is another case: "nobody took it".
        for seconds in (4, 15, 45):
            found = await self.run(Fails.run, ORDER, "wait", execution_timeout=timedelta(seconds=seconds))
            if any(event.HasField("workflow_task_completed_event_attributes") for event in found.events):
                break
        return found

    async def long_local(self) -> WorkflowHistory:
        # The Worker asks for more time after 80 % of a task's timeout. On a busy machine it may be late: then the
        # task times out, the Worker cancels the local activity, and that failure is what it records.
        for seconds in (1, 4, 15):
            found = await self.run(
                flows_more.LongLocal.run, ORDER, 1.8 * seconds, task_timeout=timedelta(seconds=seconds)
            )
            if not has(found, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT):
                break
        return found

    async def start(self, method: Any, *args: Any, queue: str | None = None, **options: Any) -> Handle:
        return await self.client.start_workflow(
            method, args=args, id=fresh(), task_queue=queue or self.queue, **options
        )

    async def run(self, method: Any, *args: Any, first: bool = False, **options: Any) -> WorkflowHistory:
        handle = await self.start(method, *args, **options)
        with contextlib.suppress(WorkflowFailureError):
            await handle.result()
        run_id = handle.first_execution_run_id if first else None
        return await self.client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()

    async def until(self, handle: Handle, done: Callable[[WorkflowHistory], bool]) -> WorkflowHistory:
        """Wait for the history to have what is looked for."""
        while True:
            history = await handle.fetch_history()
            if done(history):
                return history
            await asyncio.sleep(0.05)

    async def stop(self, handle: Handle) -> None:
        with contextlib.suppress(Exception):
            await handle.terminate()

    async def approved(self, whole: bool) -> WorkflowHistory:
        handle = await self.start(Approve.run, 2)
        self.open.append(handle)
        # One workflow task for each message, however slow the machine is.
        await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED))
        await handle.signal(Approve.approve, "ada")
        await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 2))
        await handle.signal(Approve.remind, 0.05)
        await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_TIMER_FIRED))
        with contextlib.suppress(WorkflowUpdateFailedError):
            await handle.execute_update(Approve.set_note, "")
        await handle.execute_update(Approve.set_note, "hi")
        assert await handle.query(Approve.approvals) == ["ada"]
        if whole:
            await handle.signal(Approve.approve, "bob")
            await handle.result()
        return await handle.fetch_history()

    async def talk(self) -> WorkflowHistory:
        handle = await self.start(flows_more.Talk.run, queue=self.queue)
        await handle.execute_update(flows_more.Talk.order, "tea")
        with contextlib.suppress(WorkflowUpdateFailedError):
            await handle.execute_update(flows_more.Talk.order, "poison")
        await handle.signal("unknown-signal", {"a": 1})
        await handle.signal(flows_more.Talk.close)
        await handle.result()
        return await handle.fetch_history()

    async def family(self) -> WorkflowHistory:
        # On a busy machine the first local activity may outlast its workflow task, which is another case.
        for _ in range(3):
            other = await self.start(Approve.run, 1)
            found = await self.run(Family.run, ORDER, other.id)
            types = [event.event_type for event in found.events]
            before = types[: types.index(EventType.EVENT_TYPE_MARKER_RECORDED)]
            if before.count(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) == 1:
                break
        return found

    async def cancelled(self) -> WorkflowHistory:
        handle = await self.start(Stay.run, ORDER)
        await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED))
        await handle.cancel()
        with contextlib.suppress(WorkflowFailureError):
            await handle.result()
        return await handle.fetch_history()

    async def terminated(self) -> WorkflowHistory:
        handle = await self.start(Fails.run, ORDER, "wait")
        await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_TIMER_STARTED))
        await handle.terminate(reason="enough")
        return await handle.fetch_history()

    async def stuck(self) -> WorkflowHistory:
        handle = await self.start(Fails.run, ORDER, "task")
        self.open.append(handle)
        return await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED))

    async def reset(self) -> WorkflowHistory:
        handle = await self.start(Approve.run, 3)
        self.open.append(handle)
        await handle.signal(Approve.approve, "ada")
        await handle.execute_update(Approve.set_note, "hi")
        history = await handle.fetch_history()
        first = next(
            event.event_id
            for event in history.events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        )
        answer = await self.client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=self.client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=handle.first_execution_run_id or ""),
                reason="again",
                workflow_task_finish_event_id=first,
                request_id=fresh(),
            )
        )
        again = self.client.get_workflow_handle(handle.id, run_id=answer.run_id)
        await again.signal(Approve.approve, "bob")
        await again.signal(Approve.approve, "cleo")
        await again.result()
        return await again.fetch_history()

    async def nobody(self) -> WorkflowHistory:
        handle = await self.start(Buy.run, ORDER, queue=fresh())
        self.open.append(handle)
        return await handle.fetch_history()

    async def mended(self) -> WorkflowHistory:
        """Return a run whose first workflow task failed, and whose second one a Worker with mended code took."""
        queue = fresh()
        handle = await self.start(Buy.run, ORDER, queue=queue)
        task = await self.take(queue)
        failure = Failure(message="'receipt'", application_failure_info=ApplicationFailureInfo(type="KeyError"))
        # By hand: a Worker fails several times before it can be stopped, and the server then waits ever longer.
        await self.client.workflow_service.respond_workflow_task_failed(
            RespondWorkflowTaskFailedRequest(
                namespace=self.client.namespace,
                task_token=task.task_token,
                cause=WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
                failure=failure,
            )
        )
        async with Worker(self.client, task_queue=queue, workflows=[Buy], activities=ACTIVITIES):
            await handle.result()
        return await handle.fetch_history()

    async def take(self, queue: str) -> PollWorkflowTaskQueueResponse:
        """Take a workflow task as a Worker does."""
        return await self.client.workflow_service.poll_workflow_task_queue(
            PollWorkflowTaskQueueRequest(
                namespace=self.client.namespace, task_queue=TaskQueue(name=queue), identity="a Worker that dies"
            ),
            timeout=timedelta(seconds=20),
        )

    async def task_timed_out(self) -> WorkflowHistory:
        """Return a run whose first workflow task was taken by a Worker that never answered."""
        queue = fresh()
        handle = await self.start(Buy.run, ORDER, queue=queue, task_timeout=timedelta(seconds=1))
        await self.take(queue)
        async with Worker(self.client, task_queue=queue, workflows=[Buy], activities=ACTIVITIES):
            await handle.result()
        return await handle.fetch_history()

    async def pinned(self) -> WorkflowHistory:
        queue, name = fresh(), f"shop-{fresh()}"
        version = WorkerDeploymentVersion(deployment_name=name, build_id="one")
        config = WorkerDeploymentConfig(version=version, use_worker_versioning=True)
        worker = Worker(
            self.client, task_queue=queue, workflows=[Pinned], activities=ACTIVITIES, deployment_config=config
        )
        async with worker:
            while True:
                with contextlib.suppress(Exception):  # the server hears of the deployment when its Worker polls
                    await self.client.workflow_service.set_worker_deployment_current_version(
                        SetWorkerDeploymentCurrentVersionRequest(
                            namespace=self.client.namespace, deployment_name=name, build_id="one"
                        )
                    )
                    break
                await asyncio.sleep(0.1)
            return await self.run(Pinned.run, ORDER, queue=queue)

    async def quiet(self) -> WorkflowHistory:
        handle = await self.start(flows_more.Quiet.run)
        self.open.append(handle)
        return await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED))

    async def carried_over(self) -> WorkflowHistory:
        """Return a run whose code was edited so that it asks for more; its command went with the next workflow task."""
        queue = fresh()
        handle = await self.start(flows_more.Quiet.run, queue=queue, task_timeout=timedelta(seconds=1))
        async with Worker(self.client, task_queue=queue, workflows=[flows_more.Quiet], max_cached_workflows=0):
            await self.until(handle, lambda history: has(history, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED))
        async with Worker(
            self.client, task_queue=queue, workflows=[edited.QuietAsks], activities=ACTIVITIES, max_cached_workflows=0
        ):
            await handle.signal("close")
            await handle.result()
        return await handle.fetch_history()

    async def delayed(self) -> WorkflowHistory:
        handle = await self.start(Buy.run, ORDER, start_delay=timedelta(hours=1))
        self.open.append(handle)
        return await handle.fetch_history()


def has(history: WorkflowHistory, kind: "EventType.ValueType", count: int = 1) -> bool:
    return sum(event.event_type == kind for event in history.events) >= count
