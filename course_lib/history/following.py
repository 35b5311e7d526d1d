"""The work behind a feed: long polls, one for each open run, and a look at what the history does not tell."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionResponse,
    GetWorkflowExecutionHistoryRequest,
    GetWorkflowExecutionHistoryResponse,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from course_lib.history.described import ask
from course_lib.history.pending import Pending
from course_lib.history.run import Gap, Run, successors

# The server ends a long poll without an event after 20 s, and 1 s before the caller's own limit: with a limit below
# 21 s the last second would be one empty answer after the other.
_POLL_LIMIT = timedelta(seconds=40)
_LOOK_LIMIT = timedelta(seconds=5)
_PAGE = 1000
MOST_RUNS = 50  # of one feed
_MANY = 50  # events in one answer: what was written before, not one by one just now
_GATHER = 0.03  # seconds: events that come one by one are collected so long, far below what an eye notices
_LOOK_EVERY = 1.0  # seconds between two looks at one run
_LOOK_GAP = 0.1  # seconds between any two looks of one feed: 50 children that retry cost no more than ten
_PAUSES = (0.5, 1.0, 2.0, 3.0)  # seconds between tries while the server does not answer
_RUNNING = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
_MISSES = 3  # a run that was there and is unknown now: a server that is still starting may say so

_GONE = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


class Follower:
    """Follows runs on the loop on which `follow` is awaited.

    It calls the service itself instead of ``handle.fetch_history_events(wait_new_event=True)``: that has the SDK try
    again in silence for 10 s when the server is gone, and begins anew after an error.

    Args:
        client: Any client of the namespace.
        changed: Called after each change, on that loop.

    Attributes:
        over: Whether no more changes come.
    """

    def __init__(self, client: Client, changed: Callable[[], None]) -> None:
        self.runs: list[Run] = []
        self.left_out = 0
        self._client = client
        self.changed = changed
        self._lock = threading.Lock()
        self._begun = False
        self.over = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._next_look = 0.0

    def begin(self) -> bool:
        """Return True to the first caller only."""
        with self._lock:
            first = not self._begun and not self.over
            self._begun = True
            return first

    def close(self) -> None:
        """End all tasks; from any thread."""
        self.over = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
                self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def follow(self, run: Run) -> None:
        """Begin to follow a run, and return at once."""
        self._loop = asyncio.get_running_loop()
        if not self.over:
            self._spawn(run)

    def _spawn(self, run: Run) -> None:
        task = asyncio.get_running_loop().create_task(self._run(run), name=f"feed of {run.workflow_id}")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks and not self.over:
            self.over = True
            self.changed()

    def _fail(self, run: Run, words: str) -> None:
        if run.error != words:
            run.error = words
            self.changed()

    # ------------------------------------------------------------ one run

    async def _run(self, run: Run) -> None:
        """Read a run's history to its end; what goes wrong is said in the run."""
        events_came = asyncio.Event()
        looking = asyncio.create_task(self._look(run, events_came), name=f"looks at {run.workflow_id}")
        try:
            await self._read(run, events_came)
        except _GiveUp as end:
            self._fail(run, str(end))
        except Exception as error:  # a defect of ours: a picture that stands still without a word would be worse
            self._fail(run, f"It cannot be followed any further: {type(error).__name__}: {error}")
        finally:
            looking.cancel()

    async def _read(self, run: Run, events_came: asyncio.Event) -> None:
        token, failures, misses, paused = b"", 0, 0, False
        while True:
            asked = time.monotonic()
            try:
                if not run.run_id:  # a long poll without it would begin anew with whichever run is the newest then
                    run.run_id = (await self._describe(run)).workflow_execution_info.execution.run_id
                if run.error:  # the long poll would say that the server is back only when it has an event
                    await self._describe(run)
                    self._fail(run, "")
                if paused and not await self._goes_on(run):
                    return
                page = await self._page(run, token)
                fresh = run.take(page.history.events)
            except Gap:
                token = b""
                continue
            except RPCError as error:
                if token and error.status == RPCStatusCode.INVALID_ARGUMENT:
                    token = b""  # the server does not know its own token any more: read again from the start
                    continue
                misses += _unknown(error)
                if _hopeless(error) or (_unknown(error) and (not run.events or misses > _MISSES)):
                    raise _GiveUp(_final(error, run)) from error
                self._fail(run, _words(error))
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1
                continue
            failures = misses = 0
            if fresh:
                self._lead(run, fresh)
                self.changed()
                events_came.set()
            token = page.next_page_token
            if run.closed:
                return
            paused = not token  # of a paused run the server ends the long poll at once, as of a closed one
            if len(fresh) < _MANY and time.monotonic() - asked < 1.0:  # an answer at once: more may come at once
                await asyncio.sleep(_GATHER if fresh else _PAUSES[0])

    async def _goes_on(self, run: Run) -> bool:
        """Wait until a run goes on or has more events than are known, and return True; False when it has ended."""
        while True:
            info = (await self._describe(run)).workflow_execution_info
            if info.history_length > len(run.events) or info.status == _RUNNING:
                return True
            if info.HasField("close_time"):
                return False
            await asyncio.sleep(_LOOK_EVERY)

    def _lead(self, run: Run, fresh: Sequence[HistoryEvent]) -> None:
        known = {(other.workflow_id, other.run_id) for other in self.runs}
        for event in fresh:
            for found in successors(event, run, self._client.namespace):
                if (found.workflow_id, found.run_id) in known:
                    continue
                if len(self.runs) >= MOST_RUNS:
                    self.left_out += 1
                    continue
                self.runs = [*self.runs, found]
                self._spawn(found)

    async def _page(self, run: Run, token: bytes) -> GetWorkflowExecutionHistoryResponse:
        return await self._client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=self._client.namespace,
                execution=WorkflowExecution(workflow_id=run.workflow_id, run_id=run.run_id),
                maximum_page_size=_PAGE,
                next_page_token=token,
                wait_new_event=True,
            ),
            timeout=_POLL_LIMIT,
        )

    # ------------------------------------------------------------ what the history does not tell

    async def _look(self, run: Run, events_came: asyncio.Event) -> None:
        """Describe a run when events came, and again and again while it is unsettled."""
        while True:
            await events_came.wait()
            events_came.clear()
            now = time.monotonic()
            turn = max(now, self._next_look)
            self._next_look = turn + _LOOK_GAP
            await asyncio.sleep(turn - now)
            pending = None
            with contextlib.suppress(RPCError):  # the long poll notices it too, and says so
                pending = Pending.of(await self._describe(run))
                if pending != run.pending and not run.closed:
                    run.pending = pending
                    self.changed()
            await asyncio.sleep(_LOOK_EVERY)
            if pending is None or pending.unsettled:
                events_came.set()

    async def _describe(self, run: Run) -> DescribeWorkflowExecutionResponse:
        return await ask(self._client, run.workflow_id, run.run_id, timeout=_LOOK_LIMIT)


class _GiveUp(Exception):
    """Why a run cannot be followed any more, in words."""


def _unknown(error: RPCError) -> bool:
    # A server that is still starting does not know its namespaces for a moment.
    return error.status == RPCStatusCode.NOT_FOUND and "namespace" not in error.message.lower()


def _hopeless(error: RPCError) -> bool:
    return error.status in (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.UNIMPLEMENTED)


def _words(error: RPCError) -> str:
    # A connection that breaks under a call is told as "transport error" or "h2 protocol error".
    if error.status in _GONE or "transport error" in error.message or "h2 " in error.message:
        return "The Temporal server does not answer; trying again. What is shown is what was known before."
    return f"The Temporal server refuses ({error.status.name}: {error.message[:200]}); trying again."


def _final(error: RPCError, run: Run) -> str:
    if error.status != RPCStatusCode.NOT_FOUND:
        return f"Run {run.run_id!r} of workflow {run.workflow_id!r} cannot be followed: {error.message[:200]}"
    which = f"run {run.run_id!r} of workflow {run.workflow_id!r}" if run.run_id else f"workflow {run.workflow_id!r}"
    if run.events:
        return f"The server no longer knows {which}: it was deleted, or the server has another database now."
    return f"The server knows no {which}. It may have been deleted, or live in another namespace."
