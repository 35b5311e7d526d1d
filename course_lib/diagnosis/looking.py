"""The order of suspicion: server, end, workflow task, activities, children, timers, messages."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import PendingWorkflowTaskState, TaskQueueType, VersioningBehavior
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from course_lib.diagnosis import activities, facts, tasks
from course_lib.diagnosis.diagnosis import Diagnosis
from course_lib.history import Described, describe, unpausing
from course_lib.history.moments import elapsed, in_words, moment
from course_lib.history.reading import attributes, open_timers, type_name
from course_lib.history.rules import RULES
from course_lib.pitfalls import advice
from course_lib.server import health

# The whole look ends within 3 s: describe, then at most two questions one after the other, or one and a replay.
_WHOLE = 2.8
_DESCRIBE = 1.2
_LONG = 10.0  # for a server that answers something else
# A Worker that polls takes a task in milliseconds.
_PATIENCE = timedelta(seconds=1)
_AGAIN = 0.5

_WORKFLOW = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW


async def diagnose(handle: WorkflowHandle[Any, Any], client: Client, task_queue: str) -> Diagnosis:
    """Return why a workflow does not go on. Ends within 3 s of a server that is quick; never raises for what it finds.

    Args:
        handle: The workflow.
        client: A client to look with.
        task_queue: The queue on which the course's Worker polls.
    """
    ends = time.monotonic() + _WHOLE
    try:
        async with asyncio.timeout(_DESCRIBE):
            described = await describe(client.get_workflow_handle(handle.id, run_id=handle.run_id))
    except TimeoutError:
        return await _slow(handle, client, task_queue)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return Diagnosis(
                "not_found",
                f"The server has no workflow “{handle.id}”.",
                "look at the id; if the server was started anew with an empty database, start the workflow again.",
            )
        return _gone(client, health.reason(error))
    return await _Look(handle, client, task_queue, described, ends).find()


async def _slow(handle: WorkflowHandle[Any, Any], client: Client, task_queue: str) -> Diagnosis:
    """Return why a server did not describe a run at once: it is gone, it hangs, or this computer is busy."""
    found = await health.look(client)
    if not found.answers and not found.silent:
        return _gone(client, found.reason)
    if found.answers:
        described = await facts.asked(describe(client.get_workflow_handle(handle.id, run_id=handle.run_id)), _LONG)
        if described is not None:
            return await _Look(handle, client, task_queue, described, time.monotonic() + _WHOLE).find()
    return Diagnosis(
        "server_gone",
        f"The Temporal server at {client.service_client.config.target_host} has not answered yet.",
        "look again in a moment, as a busy computer is slow. If it stays so, the server hangs: press Restart on "
        "`lab.server_panel()`, or run `course server stop` and `course server start` in a terminal; running workflows "
        "go on from their histories.",
    )


def _gone(client: Client, reason: str) -> Diagnosis:
    return Diagnosis(
        "server_gone",
        f"The Temporal server at {client.service_client.config.target_host} does not answer.",
        "press Start on `lab.server_panel()`, or run `course server start` in a terminal (`course server status` says "
        "more); running workflows go on from their histories.",
        (("reason", reason),),
    )


class _Look:
    """One look at one run."""

    def __init__(
        self, handle: WorkflowHandle[Any, Any], client: Client, task_queue: str, described: Described, ends: float
    ) -> None:
        self.handle = client.get_workflow_handle(handle.id, run_id=described.run_id)
        self.client = client
        self.ours = task_queue
        self.described = described
        self.ends = ends  # as `time.monotonic` counts
        self.raw = described.raw_description
        self.queue: str = self.raw.execution_config.task_queue.name or described.task_queue

    async def find(self) -> Diagnosis:
        if self.described.status != WorkflowExecutionStatus.RUNNING:
            return await self._closed()
        if self.described.paused:
            return self._paused()
        if self.raw.HasField("pending_workflow_task") and (found := await self._task()):
            return found
        if self.raw.pending_activities:
            return await activities.find(self.client, list(self.raw.pending_activities), self.queue)
        return await self._waiting()

    def _paused(self) -> Diagnosis:
        pause = self.raw.workflow_extended_info.pause_info
        since = datetime.now(UTC) - moment(pause.paused_time)
        details = [("paused", f"{in_words(since)} ago by {pause.identity or 'somebody'}")]
        if pause.reason:
            details.append(("reason", pause.reason))
        fix = f"unpause it: {unpausing(self.handle.id)}; it then goes on where it stands."
        return Diagnosis("waiting", "The run is paused.", fix, tuple(details))

    async def _closed(self) -> Diagnosis:
        status = self.described.status.name.replace("_", " ").lower()
        last = next(iter(await facts.newest_events(self.client, self.handle.id, self.described.run_id)), None)
        failure = ""
        if last is not None and (rule := RULES.get(type_name(last.event_type))) and rule.failure:
            failure = rule.failure(attributes(last))
        details = (("failure", failure),) if failure else ()
        fix = "read its result with `await lab.result(handle)`." if status == "completed" else advice(failure)
        return Diagnosis("closed", f"The workflow has ended: {status}.", fix, details)

    # ------------------------------------------------------------ the workflow task

    async def _task(self) -> Diagnosis | None:
        task = self.raw.pending_workflow_task
        polled, newest = await asyncio.gather(
            facts.pollers(self.client, self.queue, _WORKFLOW),
            facts.newest_events(self.client, self.handle.id, self.described.run_id) if task.attempt > 1 else _nothing(),
        )
        if task.attempt > 1 and (recorded := tasks.recorded(newest)):
            return await tasks.find(
                self.handle, self.described, recorded, polled, self.queue, self.ends - time.monotonic()
            )
        age = datetime.now(UTC) - moment(task.scheduled_time)
        if task.state == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED:
            # A list of pollers is old news: a task that nobody takes tells more.
            if not polled.none and age < _PATIENCE:
                age = await self._left_lying(task, age)
            if polled.none or age >= _PATIENCE:
                return await self._no_poller(polled, age)
            return None
        working = datetime.now(UTC) - moment(task.started_time)
        if working > _PATIENCE:
            return Diagnosis(
                "waiting",
                f"A Worker has been busy with one workflow task for {in_words(working)}.",
                "look again in a moment, as a busy computer is slow. If it stays so, look for a call that blocks in "
                "the workflow (`time.sleep`, an endless loop); if that Worker was killed, the server gives the task to "
                f"another one after {in_words(elapsed(self.raw.execution_config.default_workflow_task_timeout))}.",
                (("polling", polled.words()),),
            )
        return None

    async def _left_lying(self, task: Any, age: timedelta) -> timedelta:
        """Wait until a young task is old enough to judge, and return its age then; zero when it was taken."""
        await asyncio.sleep((_PATIENCE - age).total_seconds())
        described = await facts.asked(describe(self.handle), _AGAIN)
        later = described.raw_description.pending_workflow_task if described else task
        untouched = (later.scheduled_time, later.state) == (task.scheduled_time, task.state)
        return _PATIENCE if untouched else timedelta(0)

    async def _no_poller(self, polled: facts.Pollers, age: timedelta) -> Diagnosis:
        if polled.none:
            what = f"No Worker polls the task queue “{self.queue}”."
        else:
            though = ", though a Worker is listed as polling it" if polled.known else ""
            what = f"A workflow task has waited on the task queue “{self.queue}” for {in_words(age)}{though}."
        details = [("task queue", self.queue), ("polling", polled.words()), ("waiting for", in_words(age))]
        versioning = self.raw.workflow_execution_info.versioning_info
        pinned = versioning.behavior == VersioningBehavior.VERSIONING_BEHAVIOR_PINNED
        wanted = versioning.deployment_version if pinned else polled.current
        if wanted is not None and polled.known and not polled.serve(wanted):
            return _wrong_version(wanted, pinned, self.queue, tuple(details))
        if self.ours and self.ours != self.queue:
            own = await facts.pollers(self.client, self.ours, _WORKFLOW)
            details.append((f"polling “{self.ours}”", own.words()))
            if not own.none:
                return Diagnosis(
                    "no_poller",
                    what,
                    f"your Worker polls “{self.ours}”. Both need one name, best `lab.task_queue`: start a Worker on "
                    f"“{self.queue}”, or start the workflow on “{self.ours}” under a new id.",
                    tuple(details),
                )
        kind = f" of version {facts.version_name(wanted)}" if wanted is not None else ""
        fix = f"start a Worker{kind}: run the cell with `await lab.worker(…)`, or press Start on the worker process."
        if not polled.none:
            slow = "look again in a moment, as a busy computer is slow"
            fix = f"{slow}. If it stays so, that Worker hangs or was killed: {fix}"
        return Diagnosis("no_poller", what, f"{fix} Nothing is lost meanwhile.", tuple(details))

    # ------------------------------------------------------------ a wait that is meant

    async def _waiting(self) -> Diagnosis:
        newest, (signals, updates), polled = await asyncio.gather(
            facts.newest_events(self.client, self.handle.id, self.described.run_id),
            facts.messages(self.handle),
            facts.pollers(self.client, self.queue, _WORKFLOW),
        )
        details: list[tuple[str, str]] = []
        if polled.none:
            details.append(("polling", "nobody; start a Worker, else nothing happens when the wait is over"))
        if messages := _named(signals, updates):
            details.append(("it listens to", ", ".join(messages)))
        if got := next((e for e in newest if e.HasField("workflow_execution_signaled_event_attributes")), None):
            name = got.workflow_execution_signaled_event_attributes.signal_name
            log = "if nothing came of it, look into the Worker's log: a value of another type is dropped"
            details.append(("it has got", f"signal `{name}` (event {got.event_id}); {log}"))
        what, fix = self._meant(newest, signals, updates, details)
        return Diagnosis("waiting", what, fix, tuple(details))

    def _meant(
        self, newest: list[Any], signals: list[str], updates: list[str], details: list[tuple[str, str]]
    ) -> tuple[str, str]:
        """Return what the workflow waits for, and what ends it; add to the details."""
        if self.raw.pending_children:
            child = self.raw.pending_children[0]
            details.append(("child", f"{child.workflow_type_name} “{child.workflow_id}”"))
            look = f'`await lab.diagnose(lab.client.get_workflow_handle("{child.workflow_id}"))`'
            children = len(self.raw.pending_children)
            return f"The workflow waits for {children} child workflow(s).", f"look at the child: {look}."
        if self.raw.pending_nexus_operations:
            operation = self.raw.pending_nexus_operations[0]
            what = f"The workflow waits for the Nexus operation {operation.service}.{operation.operation}."
            return what, "look whether a Worker serves that endpoint."
        messages = _named(signals, updates)
        if not newest and not messages:
            what = "The workflow waits: no activity and no child is open. The server did not say in time for what."
            return what, "look again in a moment."
        awaited = " or ".join(messages[:4])
        if timers := _timers(newest):
            number, due = timers[0]
            left = due - datetime.now(UTC)
            details.insert(0, ("timer", f"event {number}, due at {due:%H:%M:%S} UTC, in {in_words(left)}"))
            timer = f"a timer that fires in {in_words(left)}"
            if messages:
                what = f"The workflow waits for {awaited}, or for {timer}."
                return what, f"send it: {_sending(signals, updates)}, or wait that long."
            return f"The workflow waits for {timer}.", "wait that long."
        if messages:
            return f"The workflow waits for {awaited}.", f"send it: {_sending(signals, updates)}."
        if self.raw.HasField("pending_workflow_task"):
            # A Worker has it, or has just got it.
            return "The workflow has just been given a workflow task.", "look again in a second."
        what = "The workflow waits for a signal or an update: no timer, activity or child is open."
        return what, "send the message that its `wait_condition` waits for."


def _named(signals: list[str], updates: list[str]) -> list[str]:
    return [f"signal `{name}`" for name in signals] + [f"update `{name}`" for name in updates]


def _sending(signals: list[str], updates: list[str]) -> str:
    if signals:
        return f'`await handle.signal("{signals[0]}", …)`'
    return f'`await handle.execute_update("{updates[0]}", …)`'


def _wrong_version(
    wanted: WorkerDeploymentVersion, pinned: bool, queue: str, details: tuple[tuple[str, str], ...]
) -> Diagnosis:
    bound = "The workflow is pinned" if pinned else f"The task queue “{queue}” is routed"
    way_out = (
        "a pinned run goes to no other version."
        if pinned
        else "or route the queue to the Workers that run: `temporal worker deployment set-current-version "
        f"--deployment-name {wanted.deployment_name}` with `--build-id …`, or with `--unversioned`."
    )
    return Diagnosis(
        "no_poller",
        f"{bound} to version {facts.version_name(wanted)}, and no Worker of that version polls.",
        f"start a Worker of that version{':' if pinned else ','} {way_out} Nothing is lost meanwhile.",
        details,
    )


async def _nothing() -> list[Any]:
    return []


def _timers(newest: list[Any]) -> list[tuple[int, datetime]]:
    """Return the open timers among the newest events, the next one first."""
    due = (
        (timer.event_id, moment(timer.event_time) + elapsed(timer.timer_started_event_attributes.start_to_fire_timeout))
        for timer in open_timers(newest)
    )
    return sorted(due, key=lambda timer: timer[1])
