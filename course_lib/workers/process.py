"""A Worker as a child process: start, stop, kill -9, exit code, and its log as it comes."""

import asyncio
import atexit
import base64
import contextlib
import pickle
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from functools import cache
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.server import Server
from course_lib.workers import blame
from course_lib.workers.child import Child, exit_in_words
from course_lib.workers.process_state import ProcessState
from course_lib.workers.waiting import LAST_RESORT, Still, logger, settle, wait_for, wait_while_moving

PATIENCE = 10.0
"""Seconds for which a process that is to poll may stand still, and CPU seconds that it may use: 0.7 are usual."""
STOP_PATIENCE = 5.0
"""The same for one that is to stop. Past it, it is killed."""
_KILLED = 60.0  # seconds: the kernel ends a killed process at once, but a busy machine is late to tell

_processes: "weakref.WeakSet[WorkerProcess]" = weakref.WeakSet()


class WorkerProcess(ProcessState):
    """A child process with one Worker. It can be started again after each end.

    Args:
        modules: Importable names of modules in ``folder``; what they define is registered.
        server: The Temporal server.
        task_queue: The queue to poll.
        folder: Goes first on the child's ``sys.path``.
        env: Added to this process's environment.
        worker_options: Further arguments of ``temporalio.worker.Worker``; picklable.
        key: A running process with the same key is stopped by `start`; ``None`` never replaces one.
    """

    def __init__(
        self,
        modules: Sequence[str],
        server: Server,
        *,
        task_queue: str,
        folder: Path,
        env: Mapping[str, str] | None = None,
        worker_options: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__()
        self.modules = tuple(modules)
        self.task_queue, self.key = task_queue, key
        self._server, self._folder = server, folder
        self._env = dict(env or {})
        self._options = dict(worker_options or {})
        self._ready: Future[None] = Future()
        self._failure = ""
        _processes.add(self)

    def __repr__(self) -> str:
        return f"<Worker process {', '.join(self.modules)} on {self.task_queue!r}: {self.describe()}>"

    # What it does

    async def start(self, patience: float = PATIENCE) -> None:
        """Start the child and return when the server has seen it poll, however long a busy machine takes for that.

        Does nothing when it polls already; a frozen one goes on.

        Args:
            patience: Seconds for which it may stand still before it polls, and CPU seconds that it may use until then.
                Past either it is killed.

        Raises:
            CourseError: The learner's module cannot be imported, the Worker is not valid, the server does not answer,
                or the patience is over. No child is left.
        """
        if self.alive and self.state == "running":
            self.thaw()
            return
        with self._lock:
            mine = self.state != "starting"
            if mine:
                self._ready = Future()
                self.exit_code = None
                self._child = None
                self._failure = ""
                self._set("starting")
            ready = self._ready
        if not mine:  # a second caller waits for the first one's start, and never aborts it
            await wait_for(ready, LAST_RESORT)
            return
        try:
            await self._replace_others()
            self._spawn()
            await wait_while_moving(ready, self._movers, patience)
        except Still as reason:
            raise await self._not_polling(str(reason)) from None
        except CourseError:
            # The child told why and is about to end by itself; the state is the final one when the error is seen.
            if self._child is not None:
                with contextlib.suppress(TimeoutError):
                    await wait_for(self._child.exited, 1.0)
            self._abort("it failed")
            raise
        except BaseException as error:
            # An interrupted start leaves no half-started worker.
            self._abort(f"the start was interrupted ({type(error).__name__})")
            raise

    async def stop(self, patience: float = STOP_PATIENCE) -> int | None:
        """Stop the Worker gracefully and wait for the child's end, for as long as it moves; then kill it.

        Args:
            patience: Seconds for which it may stand still, and CPU seconds that it may use, until SIGKILL.

        Returns:
            The exit code; ``None`` when it never ran.
        """
        child = self._child
        if child is None or child.exited.done():
            return self.exit_code
        with self._lock:
            if self.state in ("starting", "running"):
                self._set("stopping")
        child.terminate()
        self.thaw()  # a frozen process handles the request when it goes on
        try:
            await wait_while_moving(child.exited, self._movers, patience)
        except Still as reason:
            with self._lock:
                self._why = f"stopped by SIGKILL: it did not end {reason}"
            child.kill()
            await wait_for(child.exited, _KILLED)
        return self.exit_code

    async def restart(self, modules: Sequence[str] | None = None) -> None:
        """Stop the child if it lives, and start it again.

        Args:
            modules: What the new one imports, for example a newer revision; None keeps what it had.

        Raises:
            CourseError: As `start`.
        """
        await self.stop()
        if modules is not None:
            self.modules = tuple(modules)
        await self.start()

    def kill(self) -> bool:
        """Kill the child with SIGKILL, as ``kill -9`` does: no cleanup runs. Return whether there was one."""
        child = self._child
        if child is None or not child.alive:
            return False
        with self._lock:
            self.state = "killed"
        child.kill()
        return True

    async def wait_exit(self, timeout: float) -> int:
        """Wait for the child's end and return its exit code.

        Args:
            timeout: Seconds to wait.

        Raises:
            CourseError: It still runs, or never ran.
        """
        if self._child is None:
            raise CourseError("The worker process was never started.", fix="start it first.")
        try:
            return await wait_for(self._child.exited, timeout)
        except TimeoutError:
            raise CourseError(
                f"The worker process {self.pid} still runs after {timeout:g} s.", fix="stop or kill it first."
            ) from None

    # How

    async def _replace_others(self) -> None:
        others = [other for other in list(_processes) if other is not self and other.key == self.key and other.pid]
        if self.key is not None:
            await asyncio.gather(*(other.stop(patience=1.5) for other in others))

    def _spawn(self) -> None:
        try:
            options = base64.b64encode(pickle.dumps(self._options)).decode()
        except Exception as error:
            raise CourseError(
                f"A worker option cannot be sent to another process: {blame.in_words(error)}",
                fix="define what it refers to in a %%module cell, or use a Worker in the notebook.",
            ) from error
        _kill_at_exit()
        with self._lock:
            ready = self._ready
            self.tasks, self.known_as = (0, 0), ""
            self._child = Child(
                "course_lib.workers.main",
                ["--task-queue", self.task_queue, *self.modules],
                server=self._server,
                env=self._env,
                spec={
                    "folder": str(self._folder),
                    "modules": list(self.modules),
                    "task_queue": self.task_queue,
                    "options": options,
                },
                on_line=self._add_line,
                on_message=lambda message: self._heard(ready, message),
                on_exit=lambda code: self._ended(ready, code),
            )
        self._changed()

    def _heard(self, ready: "Future[None]", message: dict[str, Any]) -> None:
        state, mine = message.get("state"), ready is self._ready
        if state == "ready":
            with self._lock:
                if self.state == "starting" and mine:
                    self.known_as = str(message["identity"])
                    self._set("running")
            settle(ready)
        elif state == "failed":
            self._failure = str(message["what"])
            settle(ready, error=CourseError(message["what"], tried=message["tried"], fix=message["fix"]))
        elif state == "tasks" and mine:
            self.tasks = (int(message["workflow"]), int(message["activity"]))
            self._changed()

    def _ended(self, ready: "Future[None]", code: int) -> None:
        words = exit_in_words(code)
        asked = ""
        with self._lock:
            succeeded = ready is not self._ready
        if succeeded:  # a killed child may end after the next start has begun: its end says nothing of that one
            self._add_line(f"[course] worker process {words}")
            settle(ready, error=CourseError(f"The worker process {words} before it polled its queue."))
            return
        with self._lock:
            frozen, self._frozen = self._frozen, None
            self.exit_code = code
            asked = self.state
            self._why = {
                "stopping": self._why or f"stopped (exit code {code})",
                "killed": words,
                "starting": f"did not start: {words}",
            }.get(asked, f"died: {words}" + (f" · {self._failure}" if self._failure else ""))
            self._set("stopped" if asked == "stopping" else "killed" if asked == "killed" else "died")
        if frozen is not None:
            frozen.forget()
        self._add_line(f"[course] worker process {self._why}")
        tail = [line for line in list(self.lines)[-6:] if not line.startswith("[course]")]
        settle(
            ready,
            error=CourseError(
                f"The worker process {words} before it polled its queue.",
                tried=tail,
                fix="" if asked in ("stopping", "killed") else "look at its last lines, correct the cell, start again.",
            ),
        )
        if asked == "running":
            logger.error("The worker process on %r %s", self.task_queue, self._why)

    async def _not_polling(self, why: str) -> CourseError:
        seen = len(self.lines)
        child = self._child
        if child is not None and child.alive:
            child.dump_stacks()
            with contextlib.suppress(TimeoutError):
                await wait_for(child.exited, 0.3)
        line = blame.dumped_line(list(self.lines)[min(seen, len(self.lines)) :])
        self._abort(f"it did not poll {why}")
        return CourseError(
            f"The worker process did not poll {self.task_queue!r} {why}, so it was killed.",
            tried=[f"it was at {line}"] if line else list(self.lines)[-3:],
            fix="look at that line: a module must import at once." if line else "run `course server status`.",
        )

    def _abort(self, why: str) -> None:
        with self._lock:
            if self.state not in ("starting", "stopping"):
                return
            self._why = f"did not start: {why}"
            self._set("stopping" if self._child is not None and self._child.alive else "stopped")
        if self._child is not None:
            self._child.kill()


def all_processes() -> list[WorkerProcess]:
    """Return the worker processes that this process knows, also those that do not run."""
    return list(_processes)


@cache
def _kill_at_exit() -> None:
    atexit.register(_end_all)


def _end_all() -> None:
    """End every child with the interpreter: asked first, killed after a second. The lifeline covers all other ends."""
    children = [child for process in list(_processes) if (child := process._child) is not None and child.alive]
    for child in children:
        child.terminate()
    wait([child.exited for child in children], timeout=1.0)
    for child in children:
        child.kill()
