"""The wait itself: it ends when something is so, when nothing moves any more, or when a process only burns CPU time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from course_lib import history
from course_lib.server import health
from course_lib.waits import expected
from course_lib.waits.idle import BURNT, Idle
from course_lib.waits.machine import TooBusy, round_trip
from course_lib.waits.processes import Mover

LAST_RESORT = 600.0
"""Seconds after which a wait is given up although something moves. It says nothing about what was waited for."""
MOST_EVENTS = 3000
"""Events of one run after which a history that still grows is a loop without an end."""
AWAY = 60.0
"""Seconds for which a server that is gone is waited for."""

# Seconds between two questions whether it is so: quick first, then seldom enough to cost nothing. Whether something
# moves is of no interest sooner than this, and the less the longer it takes: each look costs the server three reads for
# a run.
_FIRST, _PAUSE, _LOOKS, _LOOKS_LATER = 0.02, 0.25, 0.2, 0.5
_CHILDREN, _GENERATIONS = 20, 10  # of one run, that are looked at

Condition = Callable[[], bool | Awaitable[bool]]
Stir = Callable[[], tuple[object, float]]
"""Returns the state of something that may move, and after how many seconds it will move by itself (0: it will not)."""
Run = WorkflowHandle[Any, Any]


class Stuck(Exception):
    """What was waited for will not come; the message says why as far as it is known."""


class NothingMoves(Stuck):
    """No event, no request, no process that computes."""


class Endless(NothingMoves):
    """A history that grows without an end, or a child that starts another one, which starts another one."""


class Burning(Stuck):
    """A process of the learner's computes, and nothing comes of it."""


class StillMoving(TooBusy):
    """The last resort: something moved all the time, and what was waited for did not come."""


@dataclass(frozen=True)
class Manner:
    """How a wait waits.

    Args:
        longest: Seconds: what comes by itself, but later than this, is not waited for.
        working: Seconds for which an activity that has begun may be silent.
        burnt: CPU seconds that may be used while nothing else moves.
        every: Seconds between two looks at the runs.
        retries: Retries of an activity, nothing else coming in its run's history, after which one more is no movement.
        tries: Tries of a workflow task after which one more is no movement.
        at_work: Whether what the processes compute counts only while one of the runs waits for a Worker: it may be busy
            for ever with another run, which fails again and again.
    """

    longest: float = expected.LONGEST
    working: float = expected.WORKING
    burnt: float = BURNT
    every: float = 0.0
    retries: int = 10
    tries: int = 3
    at_work: bool = False


CHECK = Manner()
"""Of a check, which knows its runs and has nobody's time to lose."""
CELL = Manner(longest=30.0, working=30.0, burnt=60.0, every=1.0, retries=30, tries=2, at_work=True)
"""Of a learner's own cell, whose code may take its time."""


@dataclass
class _Seen:
    """What one wait has seen of its runs, and when it looked; several waits may share one Watch."""

    began: float
    when: float
    """When the runs were looked at."""
    asked: float
    """When it was asked whether something moves."""
    open: list[Run] = field(default_factory=list)
    soon: float = 0.0
    """Seconds after which one of them moves by itself."""
    at_work: bool = True
    """Whether one waits for a Worker."""
    in_vain: bool = False
    """Whether one tries again and again."""


class Watch:
    """Waits on one server, for runs and for whatever else is told to it. A server that goes away is waited for, too.

    Args:
        client: A client of the namespace.
        movers: Returns the processes and threads that run the learner's code, at each look.
        stirs: What else may move, such as a shop's requests.
        give_up: Raises `Stuck`, or returns, at each look: for what ends every wait, such as a dead Worker.
        look_at: The same for each description of a run that is waited for.
        manner: How it waits.

    Attributes:
        idle: What moves.
    """

    def __init__(
        self,
        client: Client,
        movers: Callable[[], Iterable[Mover]],
        stirs: Sequence[Stir] = (),
        give_up: Callable[[], None] | None = None,
        look_at: Callable[[Run, history.Described], Awaitable[None]] | None = None,
        manner: Manner = CHECK,
    ) -> None:
        self.idle = Idle(movers, lambda: round_trip(client))
        self._client, self._manner = client, manner
        self._stirs, self._give_up, self._look_at = stirs, give_up, look_at
        self._attempts: dict[tuple[str, int, str], int] = {}  # of each activity, when its run's history was this long

    async def until(
        self,
        condition: Condition,
        runs: Sequence[Run] = (),
        *,
        wake: "asyncio.Future[Any] | None" = None,
        over: Condition | None = None,
        patience: float | None = None,
    ) -> None:
        """Return as soon as a condition holds.

        Args:
            condition: Called again and again; may be a coroutine function.
            runs: What it waits for: their events and what the server has still to do for them, and for their children,
                are movements. A list may change meanwhile.
            wake: A look is due as soon as this is done.
            over: Whether it can no longer come to hold; asked before the condition, which then has the last word.
            patience: Seconds for which nothing may move; by default as long as something is due by itself, and two
                more.

        Raises:
            Stuck: It will not hold.
            TooBusy: Something still moved after ten minutes, or the computer was too slow to tell.
            temporalio.service.RPCError: The server has been gone for a minute, or it refused to be looked at.
        """
        began = time.monotonic()
        seen = _Seen(began, began, began)
        pause = _FIRST
        self.idle.begin()
        waited = {run.id for run in runs}  # what was retried before this wait was somebody's plan
        self._attempts = {where: first for where, first in self._attempts.items() if where[0] not in waited}
        while True:
            try:
                if await self._comes(seen, condition, runs, over, patience):
                    return
            except RPCError as error:
                if not health.is_gone(error):
                    raise
                await self.back(error)
            if time.monotonic() - began > LAST_RESORT:
                raise StillMoving(f"after {LAST_RESORT:g} s something still moved")
            if wake is None:
                await asyncio.sleep(pause)
            else:
                await asyncio.wait({wake}, timeout=pause)
            pause = min(pause * 2, _PAUSE)

    async def back(self, error: Exception) -> None:
        """Wait until a server that is gone answers again.

        Args:
            error: Raised when it stays away.
        """
        gone = time.monotonic()
        while not (await health.look(self._client)).answers:
            if time.monotonic() - gone > AWAY:
                raise error
            await asyncio.sleep(_PAUSE)
        self.idle.begin()

    async def _comes(
        self, seen: _Seen, condition: Condition, runs: Sequence[Run], over: Condition | None, patience: float | None
    ) -> bool:
        """Return whether the condition holds now; raise when it will not."""
        now = time.monotonic()
        if now - seen.asked < min(max(_LOOKS, (now - seen.began) / 4), _LOOKS_LATER):
            return await holds(condition)
        seen.asked = now
        late = over is not None and await holds(over)
        if await holds(condition):
            return True
        if late:
            raise Stuck("it ended before that")
        for fresh in (self._manner.every <= 0, True):  # nothing is given up for what was seen a while ago
            try:
                if self._give_up is not None:
                    self._give_up()
                soon = await self._look(seen, runs, fresh)
            except Stuck:
                if await holds(condition):  # it came while we looked, or is just what ends other waits
                    return True
                raise
            if self.idle.burnt > self._manner.burnt:
                raise Burning(f"it computed for {self._manner.burnt:g} s of CPU time, and nothing came of it")
            if not await self._still(seen, soon, patience):
                return False
        if await holds(condition):  # it came while we looked
            return True
        raise NothingMoves("nothing moves")

    async def _still(self, seen: _Seen, soon: float, patience: float | None) -> bool:
        if patience is not None:
            return await self.idle.nothing_moves(base=patience)
        return await self.idle.nothing_moves(soon) and await self.idle.nothing_moves(await self._timers(seen, soon))

    async def _look(self, seen: _Seen, runs: Sequence[Run], fresh: bool) -> float:
        """Look at all that may move, and return for how long it may be still before it moves by itself."""
        if fresh or time.monotonic() - seen.when >= self._manner.every:
            seen.when, seen.open, seen.soon, seen.at_work, seen.in_vain = time.monotonic(), [], 0.0, not runs, False
            for run in list(runs):
                await self._look_at_run(seen, run)
        soon = seen.soon
        for number, stir in enumerate(self._stirs):
            state, after = stir()
            self.idle.saw(("stir", number), state)
            soon = max(soon, after if after <= self._manner.longest else 0.0)
        self.idle.look(heed=seen.at_work or not (seen.in_vain or self._manner.at_work))
        return soon

    async def _look_at_run(self, seen: _Seen, run: Run, generation: int = 0) -> None:
        if generation > _GENERATIONS:
            raise Endless("its child starts a child, which starts one, too, and so on")
        try:
            described = await history.describe(run)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:  # a child that has not begun, or a new database
                return
            raise
        raw = described.raw_description
        if self._look_at is not None:
            await self._look_at(run, described)
        length = raw.workflow_execution_info.history_length
        tries, vain = self._tries(run, raw)
        self.idle.saw((run.id, run.run_id), (length, described.status))
        self.idle.saw((run.id, run.run_id, "tries"), tries, counts=False)
        if length > MOST_EVENTS:
            raise Endless(f"its history has more than {MOST_EVENTS:,} events, and it goes on")
        if described.close_time is not None:
            return
        seen.open.append(run)
        seen.soon = max(seen.soon, expected.by_description(raw, self._manner.longest, self._manner.working))
        seen.at_work = seen.at_work or any(begun for *_, begun in tries)
        seen.in_vain = seen.in_vain or vain
        for child in raw.pending_children[:_CHILDREN]:
            handle = self._client.get_workflow_handle(child.workflow_id, run_id=child.run_id or None)
            await self._look_at_run(seen, handle, generation + 1)

    def _tries(self, run: Run, raw: DescribeWorkflowExecutionResponse) -> tuple[list[tuple[Any, ...]], bool]:
        """Return what is being tried for a run, and whether something was left out that fails again and again.

        The last word of each attempt is whether it is a Worker's turn: what has failed waits for the next one first.
        """
        task = raw.pending_workflow_task
        tries: list[tuple[Any, ...]] = []
        if 0 < task.attempt <= self._manner.tries:
            tries.append((task.attempt, task.state, True))
        for each in raw.pending_activities:
            where = (run.id, raw.workflow_execution_info.history_length, each.activity_id)
            if each.attempt - self._attempts.setdefault(where, each.attempt) <= self._manner.retries:
                begun = each.attempt == 1 or each.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
                tries.append((each.activity_id, each.attempt, each.state, str(each.last_heartbeat_time), begun))
        return tries, len(tries) < len(raw.pending_activities) + (task.attempt > 0)

    async def _timers(self, seen: _Seen, soon: float) -> float:
        """Return how long to wait with the timers of the runs: only their histories name them."""
        for run in seen.open:
            soon = max(soon, expected.by_timers(await history.fetch(run), self._manner.longest))
        return soon


async def holds(condition: Condition) -> bool:
    """Return whether a condition holds now.

    Args:
        condition: A function without arguments; may be a coroutine function.
    """
    answer = condition()
    return bool(await answer) if inspect.isawaitable(answer) else bool(answer)


async def closed(run: Run) -> bool:
    """Return whether a run has ended; one that the server does not know has.

    Args:
        run: The run.
    """
    try:
        return (await history.describe(run)).close_time is not None
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return True


async def rests(run: Run) -> bool:
    """Return whether a run waits for nothing but timers and messages: no task, no activity, no child of it is pending.

    A message that the server has taken makes a task pending at once. A run that has ended rests, too.

    Args:
        run: The run.
    """
    described = await history.describe(run)
    raw = described.raw_description
    pending = raw.pending_activities or raw.pending_children or raw.pending_nexus_operations
    begun = raw.workflow_execution_info.history_length > 1  # else it is started with a delay
    return described.close_time is not None or (begun and not pending and not raw.HasField("pending_workflow_task"))
