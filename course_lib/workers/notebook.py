"""A Worker inside the notebook: its own thread, its own event loop, its own Client."""

import asyncio
import atexit
import contextlib
import itertools
import logging
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, wait
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.private.sdk import stop_polling
from course_lib.workers import blame, polling
from course_lib.workers.executor import DaemonExecutor
from course_lib.workers.isolated_loop import WorkerLoop
from course_lib.workers.waiting import Mailbox, Still, settle, wait_for, wait_while_moving

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.worker import Worker

logger = logging.getLogger("course_lib.workers")

PATIENCE = 10.0
"""Seconds for which a Worker that is to poll may stand still, and CPU seconds that it may use: 0.3 are usual."""
REPLACE_LIMIT = 1.5
"""Seconds that an earlier Worker gets to end when a new one takes its queue; a replacement takes at most 2 s."""

_numbers = itertools.count(1)
_lock = threading.Lock()
_current: dict[tuple[str, str, str], "NotebookWorker"] = {}


class NotebookWorker:
    """A Worker that runs in this process; made by `start_worker`.

    Attributes:
        task_queue: The queue that it polls.
        identity: How the server and histories name it.
        error: What ended it, when it died; else ``None``.
        notes: What a learner should know about the start, for example that an earlier Worker had to be abandoned.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable["Client"]],
        task_queue: str,
        options: dict[str, Any],
        on_death: Callable[[str], None] | None,
    ) -> None:
        number = next(_numbers)
        self.task_queue = task_queue
        self.identity: str = options.get("identity") or f"notebook-{number}:{os.getpid()}@{socket.gethostname()}"
        self.error: BaseException | None = None
        self.notes: list[str] = []
        self._connect = connect
        self._options = {**options, "identity": self.identity}
        self._on_death = on_death
        self._mailbox = Mailbox()
        self._worker: Worker | None = None
        self._main_task: asyncio.Task[None] | None = None
        self._key: tuple[str, str, str] | None = None
        self._stop_asked = False
        self._running_on_core = False
        self.polls: Future[None] = Future()
        self._ended: Future[None] = Future()
        self._own_executors: list[DaemonExecutor] = []
        self._loop = WorkerLoop()
        self._thread = threading.Thread(target=self._serve, name=f"course-worker-{number} {task_queue}", daemon=True)

    @property
    def running(self) -> bool:
        """Whether it polls its queue."""
        return self._running_on_core and not self._stop_asked and not self._ended.done()

    @property
    def workflows(self) -> tuple[type, ...]:
        """The workflow classes that it runs, as they were when it started."""
        return tuple(self._options.get("workflows", ()))

    def movers(self) -> list[tuple[int, int]]:
        """Return its threads, to look at in order to see whether it moves: process id and native id of each."""
        return [(os.getpid(), thread.native_id) for thread in self._threads() if thread.native_id is not None]

    def __repr__(self) -> str:
        if self.running:
            state = "running"
        elif self.error is not None and self.polls.done():
            state = f"dead: {blame.in_words(self.error)}"
        else:
            state = "stopped" if self._ended.done() else "stopping" if self._stop_asked else "starting"
        return f"<Worker on {self.task_queue!r} in this notebook: {state}>"

    async def stop(self, timeout: float | None = None) -> bool:
        """Stop polling at once and wait for what still runs.

        Args:
            timeout: Seconds to wait; by default the Worker's own ``graceful_shutdown_timeout`` and 2 s more.

        Returns:
            True when it ended; False when an activity still occupied it and it was abandoned. An abandoned Worker
            takes no new task and its thread ends with that activity.
        """
        if timeout is None:
            graceful = self._options.get("graceful_shutdown_timeout") or timedelta()
            timeout = float(graceful.total_seconds()) + 2.0
        self._ask_to_stop()
        try:
            await wait_for(self._ended, timeout)
        except TimeoutError:
            return False
        return True

    def _line_now(self) -> blame.Line | None:
        """Return the learner's line that one of this Worker's threads executes now."""
        return next((line for thread in self._threads() if (line := blame.running_line(thread.ident))), None)

    def _threads(self) -> list[threading.Thread]:
        return [self._thread, *(thread for pool in list(self._own_executors) for thread in list(pool.threads))]

    def _begin(self) -> None:
        self._thread.start()

    def _ask_to_stop(self) -> None:
        """Ask for the end from any thread. The core stops polling at once, even when this Worker's loop is blocked."""
        self._stop_asked = True
        self._silence_core()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._shut_down)

    def _silence_core(self) -> None:
        if self._worker is not None and self._running_on_core:
            with contextlib.suppress(Exception):
                stop_polling(self._worker)

    def _shut_down(self) -> None:
        if self._worker is not None and self._running_on_core:
            # Kept on the object: asyncio holds tasks weakly.
            self._shutdown_task = self._loop.create_task(self._worker.shutdown())
        elif self._main_task is not None:
            self._main_task.cancel()

    def _serve(self) -> None:
        error: BaseException | None = None
        asyncio.set_event_loop(self._loop)
        try:
            self._main_task = self._loop.create_task(self._main())
            self._loop.run_until_complete(self._main_task)
        except BaseException as caught:  # whatever learner's code raises here must be told, not lost with the thread
            error = caught
        self._silence_core()
        self._finish(error)
        with contextlib.suppress(BaseException):
            leftovers = asyncio.all_tasks(self._loop)
            for task in leftovers:
                task.cancel()
            if leftovers:
                self._loop.run_until_complete(asyncio.wait(leftovers, timeout=1.0))
            self._loop.close()

    async def _main(self) -> None:
        client = await self._connect()
        self._worker = worker = self._build(client)
        await self._take_over(client)
        watch = polling.PollWatch(client, self.task_queue, self.identity, self._options)
        await watch.begin()
        self._running_on_core = True
        if self._stop_asked:
            return
        await polling.run(worker, watch, lambda: settle(self.polls))

    def _build(self, client: "Client") -> "Worker":
        from temporalio.worker import Worker

        options = dict(self._options)
        if options.get("activities") and "activity_executor" not in options:
            pool = DaemonExecutor(options.get("max_concurrent_activities") or 100, "course-activity")
            self._own_executors.append(pool)
            options["activity_executor"] = pool
        if options.get("workflows") and "workflow_task_executor" not in options:
            # 500 is the SDK's own default.
            pool = DaemonExecutor(options.get("max_concurrent_workflow_tasks") or 500, "course-workflow")
            self._own_executors.append(pool)
            options["workflow_task_executor"] = pool
        return Worker(client, task_queue=self.task_queue, **options)

    async def _take_over(self, client: "Client") -> None:
        key = (client.service_client.config.target_host, client.namespace, self.task_queue)
        with _lock:
            previous = _current.get(key)
            _current[key] = self
            self._key = key
        if previous is not None and not await previous.stop(REPLACE_LIMIT):
            line = previous._line_now()
            where = f": it is at {line}" if line else ""
            self.notes.append(
                f"The earlier Worker did not end within {REPLACE_LIMIT:g} s{where}. "
                "It was left behind: it takes no new task, and ends when what it still runs has ended."
            )
            logger.warning(self.notes[-1])

    def _finish(self, error: BaseException | None) -> None:
        self._running_on_core = False
        for pool in self._own_executors:
            pool.shutdown()
        with _lock:
            if self._key is not None and _current.get(self._key) is self:
                del _current[self._key]
        died = self.polls.done() and not self._stop_asked
        if died:
            self.error = error or RuntimeError("Worker.run() returned")
        elif error is not None and not self._stop_asked:
            self.error = error
        settle(self.polls, error=self.error or asyncio.CancelledError())
        settle(self._ended)
        if died and self.error is not None:
            reason = f"The Worker on {self.task_queue!r} died: {blame.in_words(self.error)}"
            logger.error(reason)
            if self._on_death is not None:
                self._mailbox.post(self._on_death, reason)


async def start_worker(
    connect: Callable[[], Awaitable["Client"]],
    task_queue: str,
    *,
    workflows: Sequence[type] = (),
    activities: Sequence[Callable[..., Any]] = (),
    on_death: Callable[[str], None] | None = None,
    say: Callable[[str], None] | None = None,
    patience: float = PATIENCE,
    **worker_kwargs: Any,
) -> NotebookWorker:
    """Start a Worker in this process, in place of the earlier one on the same queue.

    Args:
        connect: Returns a new Client; called on the Worker's own loop.
        task_queue: The queue to poll.
        workflows: As for ``temporalio.worker.Worker``.
        activities: As for ``temporalio.worker.Worker``; sync ones get a thread pool
            unless ``activity_executor`` is given.
        on_death: Called with a reason when the Worker ends unasked, on the loop that called this function.
        say: Called with each note about the replacement.
        patience: Seconds for which the Worker's threads may stand still before it polls, and CPU seconds that they may
            use until then.
        **worker_kwargs: Everything else that ``temporalio.worker.Worker`` takes.

    Returns:
        The Worker, once the server has seen it poll.

    Raises:
        CourseError: It cannot start; the earlier Worker keeps running when the new one was not even valid.
    """
    _stop_at_exit()
    options = {"workflows": list(workflows), "activities": list(activities), **worker_kwargs}
    options = {name: value for name, value in options.items() if name not in ("workflows", "activities") or value}
    worker = NotebookWorker(connect, task_queue, options, on_death)
    started = time.monotonic()
    worker._begin()
    try:
        await wait_while_moving(worker.polls, worker.movers, patience)
    except Still as reason:
        line = worker._line_now()
        worker._ask_to_stop()
        raise CourseError(
            f"The Worker on {task_queue!r} did not begin to poll {reason}.",
            tried=[f"its thread is at {line}"] if line else ["connecting, validating the workflows, polling"],
            fix="look at that line" if line else "run `course server status`, then run the cell again.",
        ) from None
    except (KeyboardInterrupt, asyncio.CancelledError) as interrupt:
        asked = worker._stop_asked
        worker._ask_to_stop()
        if asked and isinstance(interrupt, asyncio.CancelledError):
            raise CourseError(
                f"Another Worker took the queue {task_queue!r} while this one started.", fix="run one of the two cells."
            ) from None
        raise
    except Exception as error:
        with _lock:
            survives = any(key[2] == task_queue and other is not worker for key, other in _current.items())
        also = ("the earlier Worker on this queue keeps running, with the earlier code",) if survives else ()
        what = f"The Worker on {task_queue!r} could not start"
        raise blame.explained(what, error, "this one, again", *also) from error
    for note in worker.notes:
        if say is not None:
            say(note)
    logger.debug("worker on %s polls after %.3f s", task_queue, time.monotonic() - started)
    return worker


def running_workers() -> list[NotebookWorker]:
    """Return the Workers of this process that poll now."""
    return [worker for worker in current_workers() if worker.running]


def current_workers() -> list[NotebookWorker]:
    """Return the newest Worker of this process on each queue, from its start to its end."""
    with _lock:
        return list(_current.values())


@cache
def _stop_at_exit() -> None:
    atexit.register(_end_all)


def _end_all() -> None:
    """Let every Worker end cleanly before the interpreter does, within one second in all."""
    workers = running_workers()
    for worker in workers:
        worker._ask_to_stop()
    wait([worker._ended for worker in workers], timeout=1.0)
