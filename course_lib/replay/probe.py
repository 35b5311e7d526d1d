"""The replay's probe: a workflow runner around the sandboxed one, which looks at the workflow after each activation.

It runs outside the sandbox, in the thread that has just run the workflow, and reads the SDK's own objects. It never
runs code of the learner's, except their queries.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from course_lib.history.payloads import Decoder
from course_lib.private import sdk
from course_lib.replay.asyncio_tasks import MAIN, Births, born
from course_lib.replay.command_words import Words
from course_lib.replay.journeys import Command, Wait
from course_lib.replay.places import Places
from course_lib.replay.queries import Asking
from course_lib.replay.variables import State
from course_lib.replay.waiting_lines import Waits

_TERMINAL = ("complete_workflow_execution", "fail_workflow_execution", "continue_as_new_workflow_execution")


@dataclass
class Seen:
    """What one activation showed.

    Args:
        event: The last event that the code had been told of.
        time: The workflow's clock.
        jobs: What it was told, in words.
        commands: What it asked for.
        raw: The same as the SDK's messages.
        waits: Where its tasks wait.
        state: Its variables.
        answers: Its queries' answers.
        failure: Why the activation failed.
        resolved: The numbers of the activities that it told the result of.
    """

    event: int
    time: datetime
    jobs: tuple[str, ...]
    commands: tuple[Command, ...]
    raw: tuple[Any, ...]
    waits: tuple[Wait, ...]
    state: Mapping[str, str]
    answers: Mapping[str, str]
    failure: Failure | None
    resolved: tuple[int, ...]


class Record:
    """What the probe gathers in one replay.

    Args:
        places: Finds lines.
        decoder: Reads payloads.
        asking: Asks the queries.
    """

    def __init__(self, places: Places, decoder: Decoder, asking: Asking) -> None:
        self.places = places
        self.decoder = decoder
        self.asking = asking
        self.seen: list[Seen] = []
        self.evicted: Any = None  # the core's last word: why it lets the run go
        self.evicted_at = 0  # the last event that the core had read by then
        self.heard: Callable[[], None] = lambda: None  # called at that moment
        self.blocked = False  # an activation was interrupted, because it took too long
        self.broken: Exception | None = None  # the probe itself failed


class ProbeRunner(WorkflowRunner):
    """Makes workflow instances that are looked at.

    Args:
        record: Where the findings go.
        sandboxed: Whether the workflow runs in the sandbox; False for one that asked not to.
    """

    def __init__(self, record: Record, sandboxed: bool = True) -> None:
        self._record = record
        self._inner: WorkflowRunner = SandboxedWorkflowRunner() if sandboxed else UnsandboxedWorkflowRunner()

    def prepare_workflow(self, defn: Any) -> None:
        """Check the workflow as a Worker does when it starts."""
        self._inner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Make an instance with a probe in it."""
        return _Probe(self._inner.create_instance(det), self._record)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        """Hand on the Worker's setting."""
        self._inner.set_worker_level_failure_exception_types(types)


class _Probe(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, record: Record) -> None:
        self._inner = inner
        self._record = record
        self._impl = sdk.inside(inner)
        self._lines: list[int | None] = []
        self._words = Words(record.decoder)
        self._births = Births(self._impl, record.places)
        self._waits = Waits(self._impl, record.places)
        self._state = State(self._impl)
        self._main: FrameType | None = None
        self._asked: dict[tuple[str, int], int | None] = {}  # the line behind each number
        sdk.on_command(self._impl, lambda: self._lines.append(self._line()))
        sdk.on_run(self._impl, self._began)

    def _began(self, coroutine: Any) -> None:
        # A finished coroutine has no frame; the frame, once held, still tells the line of its `return`.
        self._main = getattr(coroutine, "cr_frame", None)

    def _line(self) -> int | None:
        places = self._record.places
        if (line := places.calling(sys._getframe(2))) is not None:
            return line
        error = sys.exc_info()[1]
        if error is not None and (line := places.raised(error.__traceback__)) is not None:
            return line
        task = asyncio.current_task(self._impl)
        origin = born(task) if task is not None else None
        if origin is not None and origin.label == MAIN:
            return self._main.f_lineno if self._main is not None else None
        return origin.line if origin is not None else None

    def _asking_line(self, command: Any, line: int | None) -> int | None:
        """Return the line behind a command; what nothing of the learner's cancels has the line that asked for it."""
        variant = str(command.WhichOneof("variant"))
        seq: int = getattr(getattr(command, variant), "seq", 0)
        if variant == "start_timer":
            self._asked[variant, seq] = line
        elif variant == "cancel_timer" and line is None:
            return self._asked.get(("start_timer", seq))
        return line

    def activate(self, act: sdk.WorkflowActivation) -> sdk.WorkflowActivationCompletion:
        """Activate the workflow, then look at it."""
        for job in act.jobs:
            if job.HasField("remove_from_cache"):
                self._record.evicted, self._record.evicted_at = job.remove_from_cache, act.history_length
                self._record.heard()
                return self._inner.activate(act)
        self._lines.clear()
        depth = sys.get_coroutine_origin_tracking_depth()
        sys.set_coroutine_origin_tracking_depth(1)  # of this thread alone
        try:
            done = self._inner.activate(act)
        finally:
            sys.set_coroutine_origin_tracking_depth(depth)
        try:
            self._look(act, done)
        except Exception as error:  # the replay goes on; the journey says that its picture has a hole
            self._record.broken = error
        except BaseException:  # the SDK's deadlock detection interrupts this thread, here while it asks a query
            self._record.blocked = True
            raise
        return done

    def _look(self, act: sdk.WorkflowActivation, done: sdk.WorkflowActivationCompletion) -> None:
        jobs = tuple(map(self._words.job, act.jobs))
        raw = () if done.HasField("failed") else tuple(done.successful.commands)
        commands = []
        for command, line in zip(raw, self._lines, strict=False):
            kind, words = self._words.command(command)
            commands.append(Command(kind, words, self._asking_line(command, line)))
        over = any(command.WhichOneof("variant") in _TERMINAL for command in raw)
        state = self._state.now(self._main)
        failed = done.failed.failure if done.HasField("failed") else None
        asking = self._record.asking
        answers = {} if failed else asking.answers(self._inner, self._impl, act, self._state)
        self._record.seen.append(
            Seen(
                event=act.history_length,
                time=datetime.fromtimestamp(act.timestamp.seconds, UTC).replace(
                    microsecond=act.timestamp.nanos // 1000
                ),
                jobs=jobs,
                commands=tuple(commands),
                raw=raw,
                waits=() if over else self._waits.now(),
                state=state,
                answers=answers,
                failure=failed,
                resolved=tuple(job.resolve_activity.seq for job in act.jobs if job.HasField("resolve_activity")),
            )
        )

    def get_serialization_context(self, command_info: Any) -> Any:
        """Ask the instance."""
        return self._inner.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        """Ask the instance."""
        return self._inner.get_external_store_context(command_info)

    def get_info(self) -> Any:
        """Ask the instance."""
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        """Ask the instance."""
        return self._inner.get_thread_id()
