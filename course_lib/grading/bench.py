"""What a check works with: learner's code in a child process, the real server, a fresh shop, a list of parts."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from course_lib import history
from course_lib.cells import Modules
from course_lib.errors import CourseError
from course_lib.grading import calls, endings
from course_lib.grading.answers import AnswerProblem, Code
from course_lib.grading.evidence import Handle, Run, event_ids, explain, short, short_text
from course_lib.grading.exercises import Exercise
from course_lib.grading.verdict import CORRECT, Part
from course_lib.server import Server, connect
from course_lib.shop import Shop, looking
from course_lib.unique import unique
from course_lib.waits import NothingMoves, Stuck, Watch, expected, skipping
from course_lib.waits.until import Condition, closed, rests
from course_lib.workers import WorkerProcess

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.replay import Replayed
    from course_lib.server.crashing import CrashServer

CLIENT, CONTESTED = calls.CLIENT, calls.CONTESTED
"""Stand for a connected Client among the arguments of ``Bench.call``."""

WEST, EAST = {"PYTHONHASHSEED": "1", "TZ": "WWW+12"}, {"PYTHONHASHSEED": "2", "TZ": "EEE-14"}
"""Environments of two processes: an id that is made of a hash, or of the day, is never the same in both."""

# A killed worker keeps its sticky queue on the server for this long; the default of 10 s would be the check's time.
_OPTIONS: dict[str, Any] = {"sticky_queue_schedule_to_start_timeout": timedelta(seconds=1)}
# Longer than the SDK's deadlock detector (2 s), so that its message gets into the history, also on a busy machine.
_TASK_TIMEOUT = timedelta(seconds=6)
_NOTHING = object()


class Stopped(Exception):
    """A required part does not hold: the rest of the check would only repeat it."""


class Bench:
    """One grading run.

    Args:
        exercise: What is graded.
        client: A client of its own.
        server: The server.
        modules: The chapter's module cells.
        shop: A fresh shop; the child processes get its address as SHOP_URL.
        parts: Where to note what was looked at; a new list when not given.

    Attributes:
        task_queue: A queue of this run alone.
        parts: What was looked at so far.
        ran: What was run so far, in words.
    """

    def __init__(
        self,
        exercise: Exercise,
        client: Client,
        server: Server,
        modules: Modules,
        shop: Shop,
        parts: list[Part] | None = None,
    ) -> None:
        self.exercise = exercise
        self.client = client
        self.shop = shop
        self.task_queue = unique("grading", exercise.id.replace(".", "-"))
        self.parts: list[Part] = [] if parts is None else parts
        self.ran: list[str] = []
        self._server = server
        self._modules = modules
        self._workers: list[WorkerProcess] = []
        self._early: tuple[tuple[str, ...], WorkerProcess, asyncio.Task[None]] | None = None
        self._handles: dict[str, Handle] = {}
        self._lines: dict[str, str] = {}
        self._called = False
        self._children: set[int] = set()
        self._watch = Watch(
            client,
            self._pids,
            [partial(looking.stir, shop.path)],
            lambda: endings.death(self._workers),
            partial(endings.failing, self._workers),
        )

    # ---------------------------------------------------------------- say what was seen

    def expect(
        self,
        ok: bool,
        label: str,
        *,
        expected: object,
        seen: object,
        events: Sequence[int] = (),
        next_step: str = "",
    ) -> bool:
        """Note one thing that was looked at, and go on either way.

        Args:
            ok: Whether it is as it should be.
            label: A statement that is true when ``ok``.
            expected: What should have been seen; text is shown as it is, other values by ``repr``.
            seen: What was seen.
            events: Ids of the events that show it.
            next_step: What to do when it does not hold.

        Returns:
            ``ok``.
        """
        events = tuple(int(event) for event in events)
        said = [part for part in self.parts if part.label == label]
        if all(part.ok for part in said):
            # A statement has one line, though it is looked at twice: it holds if it held each time.
            part = Part(bool(ok), label, _words(expected), _words(seen), events, next_step)
            self.parts[:] = [each for each in self.parts if each not in said] + [part]
        return bool(ok)

    def require(
        self,
        ok: bool,
        label: str,
        *,
        expected: object,
        seen: object,
        events: Sequence[int] = (),
        next_step: str = "",
    ) -> None:
        """Like ``expect``, and end the check here when it does not hold.

        Args:
            ok: Whether it is as it should be.
            label: A statement that is true when ``ok``.
            expected: What should have been seen.
            seen: What was seen.
            events: Ids of the events that show it.
            next_step: What to do when it does not hold.
        """
        if not self.expect(ok, label, expected=expected, seen=seen, events=events, next_step=next_step):
            raise Stopped(label)

    def require_completed(self, run: Run, next_step: str = CORRECT, *, label: str = "the workflow completes") -> None:
        """End the check here when a run did not complete.

        Args:
            run: The run.
            next_step: What to do then.
            label: A statement that is true when it did.
        """
        expected, seen = "WorkflowExecutionCompleted as the last event", run.reason or "it completed"
        self.require(run.completed, label, expected=expected, seen=seen, events=run.last_event, next_step=next_step)

    def did(self, what: str) -> None:
        """Add to what the verdict says was run; ``run``, ``start``, ``call`` and ``worker`` do so themselves."""
        self.ran.append(what)

    def unique(self, base: str) -> str:
        """Return an id that no other run has, such as ``order-3f9c21``."""
        return unique(base)

    # ---------------------------------------------------------------- run code

    def start_early(self, *answers: Code) -> None:
        """Begin to start the Worker of these answers, so that ``worker`` with the same ones need not wait."""
        names = self._module_names(answers)
        process = self._process(names, self.task_queue, {}, {})
        self._early = (names, process, asyncio.create_task(process.start()))

    @contextlib.asynccontextmanager
    async def worker(
        self,
        *answers: Code,
        extra: Sequence[Path] = (),
        task_queue: str | None = None,
        env: Mapping[str, str] | None = None,
        **options: Any,
    ) -> AsyncIterator[WorkerProcess]:
        """Run a Worker with the modules of these answers in a child process; it is killed at the end of the block.

        ``worker.kill()`` and ``await worker.start()`` make a crash and a restart.

        Args:
            *answers: Code answers; their modules, and the module cells that these import, are registered whole.
            extra: Files of further modules, such as a chapter's own fixtures. Files and not names: the sandbox imports
                a workflow's module afresh with its parent packages, and those of a check are too much for it.
            task_queue: Another queue than this run's.
            env: Added to the process's environment, for example another ``PYTHONHASHSEED``. Such an exercise says
                ``early=False``: a Worker that was started early polls the same queue without it.
            **options: Plain values for ``temporalio.worker.Worker``.
        """
        names = (*self._module_names(answers), *(file.stem for file in extra))
        plain = not options and not env and task_queue is None
        try:
            if plain and self._early is not None and self._early[0] == names:
                _, process, starting = self._early
                self._early = None
                await starting
            else:
                await self._no_early()  # it would take this one's tasks
                path = os.pathsep.join([*(str(file.parent) for file in extra), *_python_path()])
                env = {"PYTHONPATH": path, **(env or {})}
                process = self._process(names, task_queue or self.task_queue, options, env)
                await process.start()
        except CourseError as error:
            seen = short_text(" ".join([error.what, *error.tried]))
            raise AnswerProblem("a Worker starts with your code", "it polls its task queue", seen, error.fix) from error
        try:
            yield process
        finally:
            process.kill()
            # Its death, if it died, belongs to this block and not to a later one.
            self._workers.remove(process)

    async def run(self, workflow: Code | str, arg: Any = _NOTHING, **options: Any) -> Run:
        """Start a workflow, wait for its end, and collect the evidence.

        Args:
            workflow: The learner's workflow, or a type's name.
            arg: Its argument as plain data: a dict for a dataclass. Without it, none is passed.
            **options: Further arguments of ``Client.start_workflow``, such as ``id``.
        """
        return await self.finish(await self.start(workflow, arg, **options))

    async def start(
        self,
        workflow: Code | str,
        arg: Any = _NOTHING,
        *,
        id: str | None = None,
        skip: bool = False,
        quiet: bool = False,
        **options: Any,
    ) -> Handle:
        """Start a workflow on this run's queue and return its handle.

        Args:
            workflow: The learner's workflow, or a type's name.
            arg: Its argument as plain data.
            id: The workflow id; a new one when not given.
            skip: Whether the server skips this run's time whenever it waits for a timer and nothing else.
            quiet: Do not mention it among what was run.
            **options: Further arguments of ``Client.start_workflow``.
        """
        name = _workflow_type(workflow)
        args = [] if arg is _NOTHING else [arg]
        options = {"task_queue": self.task_queue, "task_timeout": _TASK_TIMEOUT, **options}
        client = self._skipper.client if skip else self.client
        handle = await client.start_workflow(name, args=args, id=id or self.unique(name), **options)
        self._handles[handle.id] = handle
        if not quiet:
            self.did(f"{name}({', '.join(short(value, 80) for value in args)})")
        return handle

    async def skip(self, handle: Handle, seconds: float) -> None:
        """Let a run's own time jump: a timer that is due by then fires at once, and the workflow sees the later time.

        The server waits with the jump until nothing else than a timer is pending. Other runs are not touched.

        Args:
            handle: The run.
            seconds: How far.

        Raises:
            CourseError: The server cannot do it.
        """
        for _ in range(2):  # a busy server has been seen to let a request lie that came while the run moved
            jump = asyncio.ensure_future(skipping.fast_forward(self.client, handle, seconds))
            try:
                await self._watch.until(jump.done, [handle], wake=jump)
                return jump.result()
            except Stuck:
                continue  # at last: what the run is doing instead is for the check to see
            finally:
                await _drop(jump)

    @cached_property
    def _skipper(self) -> TimeSkipper:
        return TimeSkipper(self.client)

    async def finish(self, handle: Handle, *, alone: bool = False) -> Run:
        """Wait until a run ends, its Worker dies, its code keeps failing, or nothing moves any more.

        Args:
            handle: The run.
            alone: Whether nobody sends it a message meanwhile. Then it is over as soon as it rests, see ``rest``, with
                no timer that fires soon: an answer that waits for what does not come is told so at once.
        """
        waiting = asyncio.ensure_future(handle.result())
        error: BaseException | None

        async def stays() -> bool:
            if not alone or not await rests(handle) or expected.by_timers(await history.fetch(handle)):
                return False
            if not await closed(handle):
                raise NothingMoves("it waits, and nothing comes")
            return False  # its result is on its way

        async def ended() -> bool:
            return waiting.done() or await stays()

        try:
            await self._watch.until(ended, [handle], wake=waiting)
            result, error = endings.outcome(waiting)
        except Stuck as stuck:
            result, error = endings.outcome(waiting) if waiting.done() else (None, stuck)
        finally:
            await _drop(waiting)
        # Only a run without an answer needs the long look.
        reason = "" if error is None else await endings.reason(handle, self.client, self.task_queue, error, self._lines)
        recorded = await history.fetch(handle)
        if not isinstance(error, Stuck):
            self._handles.pop(handle.id, None)
        events = history.events_frame(recorded)
        return Run(handle, result, error, recorded, events, completed=error is None, reason=reason)

    async def wait_until(
        self,
        handle: Handle,
        predicate: "Callable[[pd.DataFrame], object]",
        what: str,
        *,
        next_step: str = "",
    ) -> "pd.DataFrame":
        """Wait until the history of a run satisfies a predicate; end the check when it will not.

        Args:
            handle: The run.
            predicate: Called with the history as a DataFrame.
            what: What is waited for, a statement; it becomes the failed part's label.
            next_step: What to do when it does not come.

        Returns:
            The history that satisfied it.
        """
        frame = await self.events(handle)

        async def so() -> bool:
            nonlocal frame
            over = await closed(handle)  # asked first: what comes until the end is in the history then
            frame = await self.events(handle)
            if predicate(frame):
                return True
            if over:
                raise Stuck("the workflow ended before that")
            return False

        try:
            await self._watch.until(so, [handle])
        except Stuck as error:
            reason = await endings.reason(handle, self.client, self.task_queue, error, self._lines)
            last = tuple(int(event) for event in frame["event_id"].tail(1))
            raise AnswerProblem(what, "it happens", reason, next_step, last) from error
        return frame

    async def wait_for(
        self, condition: Condition, what: str, *, seen: str = "it did not happen", next_step: str = ""
    ) -> None:
        """Wait until something outside the history is so, such as a row in the shop; else end the check.

        Args:
            condition: A function without arguments; may be a coroutine function.
            what: What is waited for, a statement; it becomes the failed part's label.
            seen: What to say when it did not come.
            next_step: What to do when it does not come.
        """
        try:
            await self._watch.until(condition, list(self._handles.values()))
        except Stuck as error:
            seen = seen if isinstance(error, NothingMoves) else str(error)
            raise AnswerProblem(what, "it happens", seen, next_step) from error

    async def until(self, condition: Condition, *runs: Handle) -> bool:
        """Wait until something is so, and return whether it came to be; a check that goes on either way.

        Args:
            condition: A function without arguments; may be a coroutine function.
            *runs: The runs that it depends on; by default all that were started and have not been waited for. When
                all of them have ended, it is looked at once more.
        """

        async def over() -> bool:
            return all([await closed(run) for run in runs])

        try:
            await self._watch.until(condition, runs or list(self._handles.values()), over=over if runs else None)
        except Stuck:
            return False
        return True

    async def rests(self, handle: Handle) -> bool:
        """Return whether a run waits for nothing but timers and messages, or has ended, see ``rest``."""
        return await rests(handle)

    async def rest(self, handle: Handle) -> "pd.DataFrame":
        """Wait until a run waits for nothing but timers and messages, or has ended, and return its history.

        What a message does is done when the run rests again: the server makes a task pending with each that it takes.

        Args:
            handle: The run. Nobody else sends it messages meanwhile.
        """
        await self.until(partial(rests, handle), handle)
        return await self.events(handle)

    async def reply(self, message: "asyncio.Future[Any]", handle: Handle) -> bool:
        """Wait for the answer to a message, and return whether there is one.

        Args:
            message: The call that is under way. It is cancelled when no answer will come.
            handle: The run that it was sent to.
        """
        try:
            with contextlib.suppress(Stuck):
                await self._watch.until(message.done, [handle], wake=message)
            return message.done()
        finally:
            if not message.done():
                await _drop(message)

    async def call(
        self,
        function: Code,
        *args: Any,
        quiet: bool = False,
        through: str = "",
        runs: Sequence[Handle] = (),
        env: Mapping[str, str] | None = None,
    ) -> calls.Called:
        """Call a function of the learner's in a child process.

        Args:
            function: A ``def`` or ``async def`` of a module cell.
            *args: Plain data (a dict for a dataclass parameter), ``CLIENT`` for a connected client, ``CONTESTED``
                for one that always comes second.
            quiet: Do not mention it among what was run.
            through: ``package.module:function`` of the grader's that the child calls instead, with the module and the
                name of the learner's in front of ``args``: for one that wants what cannot be sent, such as classes or
                functions. The child imports that package, too: a chapter that does so imports at its top no more than
                it must.
            runs: What it waits for: their events are movements, too.
            env: Added to the process's environment, for example another ``PYTHONHASHSEED``.
        """
        self._module_names([function])
        self._called = True
        if not quiet:
            shown = ("client" if isinstance(arg, calls.Connected) else short(arg, 80) for arg in args)
            self.did(f"{function.name}({', '.join(shown)})")
        return await calls.call(function, args, self._place(env or {}, runs), through)

    def _place(self, env: Mapping[str, str], runs: Sequence[Handle] = ()) -> calls.Place:
        env = {"SHOP_URL": self.shop.url, **env}
        wait = partial(self._answer, runs=runs)
        return calls.Place(self._server, self._modules, env, self.client, self._lines, wait)

    async def _answer(self, answer: "asyncio.Future[Any]", pid: int, *, runs: Sequence[Handle]) -> None:
        self._children.add(pid)
        try:
            await self._watch.until(answer.done, runs, wake=answer)
        finally:
            self._children.discard(pid)

    async def replay(
        self,
        workflow: Code,
        *recorded: Run | WorkflowHistory,
        env: Mapping[str, str] | None = None,
    ) -> "tuple[Replayed, ...]":
        """Replay histories with the learner's workflow in a fresh process, as a Worker after a deploy would.

        Args:
            workflow: The learner's workflow; its module's class of another type replays a history of that type.
            *recorded: Runs of this check, or stored histories; the same one several times makes several replays.
            env: Added to the process's environment, for example another ``PYTHONHASHSEED``.

        Returns:
            One for each history.
        """
        from course_lib.grading import replays  # the replay room: not needed to open a chapter

        self._module_names([workflow])
        histories = [each.history if isinstance(each, Run) else each for each in recorded]
        return await replays.replay(workflow, histories, self._place(env or {}))

    @contextlib.asynccontextmanager
    async def crash_server(self) -> "AsyncIterator[tuple[Bench, CrashServer]]":
        """Open a second bench on a server that the check may kill: the learner's is nobody's to kill.

        Yields:
            A bench with the same shop, which adds to the same parts, and its server.

        Raises:
            CourseError: No second server can be started here.
        """
        from course_lib.server.crashing import CrashServer  # not needed to open a chapter

        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            server = CrashServer(Path(folder))
            there = await server.start()
            try:
                other = Bench(self.exercise, await connect(there), there, self._modules, self.shop, self.parts)
                other.ran = self.ran
                yield other, server
            finally:
                await server.kill()

    # ---------------------------------------------------------------- look

    async def events(self, handle: Handle) -> "pd.DataFrame":
        """Return a run's history, as far as it is, as a DataFrame."""
        frame: pd.DataFrame = history.events_frame(await history.fetch(handle))
        return frame

    def ids(self, events: "pd.DataFrame", type: str, name: str | None = None) -> tuple[int, ...]:
        """Return the ids of the events of one type and name, see ``Run.ids``."""
        return event_ids(events, type, name)

    # ---------------------------------------------------------------- end

    async def close(self) -> None:
        """Kill the Workers, terminate what still runs, delete the shop. Never raises."""
        await self._no_early()
        for process in self._workers:
            process.kill()
        if self._called:
            await self._collect()
        await asyncio.gather(*(self._end(handle) for handle in self._handles.values()), return_exceptions=True)
        with contextlib.suppress(Exception):
            await asyncio.to_thread(self.shop.delete)

    async def _no_early(self) -> None:
        if self._early is not None:
            _, process, starting = self._early
            self._early = None
            await _drop(starting)
            process.kill()
            self._workers.remove(process)

    async def _collect(self) -> None:
        """Find what the learner's own functions started on this run's queue."""
        query = f"TaskQueue = '{self.task_queue}' AND ExecutionStatus = 'Running'"
        with contextlib.suppress(RPCError, TimeoutError):
            async with asyncio.timeout(2):
                async for found in self.client.list_workflows(query):
                    self._handles.setdefault(found.id, self.client.get_workflow_handle(found.id))

    def _pids(self) -> list[int]:
        alive = [process.pid for process in self._workers if process.pid is not None]
        return [*alive, *self._children]

    @staticmethod
    async def _end(handle: Handle) -> None:
        with contextlib.suppress(RPCError):
            await handle.terminate("the check that started it has ended", rpc_timeout=timedelta(seconds=2))

    # ---------------------------------------------------------------- inside

    def _module_names(self, answers: Sequence[Code]) -> tuple[str, ...]:
        names = calls.module_names(answers, self._modules)
        for name in names:
            self._lines[name] = calls.file_text(self._modules, name)
        return tuple(names)

    def _process(
        self, modules: Sequence[str], task_queue: str, options: dict[str, Any], env: dict[str, str]
    ) -> WorkerProcess:
        process = WorkerProcess(
            modules,
            self._server,
            task_queue=task_queue,
            folder=self._modules.folder,
            env={"SHOP_URL": self.shop.url, **env},
            worker_options={**_OPTIONS, **options},
        )
        self._workers.append(process)
        return process

    def explain(self, error: BaseException) -> str:
        """Return an error in words, with the line of the learner's code that it came from."""
        return explain(error, self._lines)


async def _drop(task: "asyncio.Future[Any]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _python_path() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def _words(value: object) -> str:
    return short_text(value) if isinstance(value, str) else short(value)


def _workflow_type(workflow: Code | str) -> str:
    if isinstance(workflow, str):
        return workflow
    if workflow.kind == "workflow":
        return workflow.type_name
    raise AnswerProblem(
        f"{workflow.name} is a workflow",
        "a class with `@workflow.defn`",
        {"activity": "an activity", "function": "a plain function", "class": "a plain class"}[workflow.kind],
        f"put `@workflow.defn` above the class {workflow.name}, and `@workflow.run` above its `async def run`.",
    )
