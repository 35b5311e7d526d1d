"""The wait itself: it ends when something is so, when nothing moves any more, or when a process only burns CPU time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from course_lib import history
from course_lib.waits import expected
from course_lib.waits.idle import BURNT, Idle
from course_lib.waits.machine import TooBusy, round_trip

LAST_RESORT = 600.0
"""Seconds after which a wait is given up although something moves. It says nothing about what was waited for."""
MOST_EVENTS = 3000
"""Events of one run after which a history that still grows is a loop without an end."""

_FIRST, _PAUSE = 0.02, 0.25  # seconds between two looks: quick first, then seldom enough to cost nothing

Condition = Callable[[], bool | Awaitable[bool]]
Stir = Callable[[], tuple[object, float]]
"""Returns the state of something that may move, and after how many seconds it will move by itself (0: it will not)."""


class Stuck(Exception):
    """What was waited for will not come; the message says why as far as it is known."""


class NothingMoves(Stuck):
    """No event, no request, no process that computes; or a history that grows without an end."""


class Burning(Stuck):
    """A process of the learner's computes, and nothing comes of it."""


class Watch:
    """Waits on one server, for runs and for whatever else is told to it.

    Args:
        client: A client of the namespace.
        pids: Returns the processes that run the learner's code, at each look.
        stirs: What else may move, such as a shop's requests.
        give_up: Raises `Stuck`, or returns, at each look: for what ends every wait, such as a dead Worker.
        look_at: The same for each description of a run that is waited for.
        retries: How many times an activity may be retried while its run's history does not grow; None for no end.
    """

    def __init__(
        self,
        client: Client,
        pids: Callable[[], Iterable[int]],
        stirs: Sequence[Stir] = (),
        give_up: Callable[[], None] | None = None,
        look_at: "Callable[[WorkflowHandle[Any, Any], history.Described], Awaitable[None]] | None" = None,
        retries: int | None = None,
    ) -> None:
        self.idle = Idle(pids, lambda: round_trip(client))
        self._stirs, self._give_up, self._look_at, self._retries = stirs, give_up, look_at, retries
        self._attempts: dict[tuple[str, int, str], int] = {}

    async def until(
        self,
        condition: Condition,
        runs: "Sequence[WorkflowHandle[Any, Any]]" = (),
        *,
        wake: "asyncio.Future[Any] | None" = None,
        over: Condition | None = None,
        tell: Callable[[float], None] | None = None,
    ) -> None:
        """Return as soon as a condition holds.

        Args:
            condition: Called at each look; may be a coroutine function.
            runs: What it waits for: their events and what the server has still to do for them are movements.
            wake: A look is due as soon as this is done.
            over: Whether it can no longer come to hold; asked before the condition, which then has the last word.
            tell: Called at each look with the seconds since the beginning.

        Raises:
            Stuck: It will not hold.
            TooBusy: Something still moved after ten minutes, or the server does not answer.
        """
        began = time.monotonic()
        pause = _FIRST
        self.idle.begin()
        while True:
            late = over is not None and await holds(over)
            if await holds(condition):
                return
            if late:
                raise Stuck("it ended before that")
            try:
                if self._give_up is not None:
                    self._give_up()
                soon = await self._look(runs)
            except Stuck:
                if await holds(condition):  # it came while we looked, or is just what ends other waits
                    return
                raise
            if self.idle.burnt > BURNT:
                raise Burning(f"it computed for {BURNT:g} s of CPU time, and nothing came of it")
            if await self.idle.nothing_moves(soon) and await self.idle.nothing_moves(await self._timers(runs, soon)):
                if await holds(condition):  # it came while we looked
                    return
                raise NothingMoves("nothing moves")
            elapsed = time.monotonic() - began
            if elapsed > LAST_RESORT:
                raise TooBusy(f"after {LAST_RESORT:g} s something still moved")
            if tell is not None:
                tell(elapsed)
            if wake is None:
                await asyncio.sleep(pause)
            else:
                await asyncio.wait({wake}, timeout=pause)
            pause = min(pause * 1.5, _PAUSE)

    async def _look(self, runs: "Sequence[WorkflowHandle[Any, Any]]") -> float:
        """Look at all that may move, and return for how long it may be still before the server moves it."""
        soon = 0.0
        for run in runs:
            soon = max(soon, await self._look_at_run(run))
        for number, stir in enumerate(self._stirs):
            state, after = stir()
            self.idle.saw(("stir", number), state)
            soon = max(soon, after if after <= expected.LONGEST else 0.0)
        self.idle.look()
        return soon

    async def _look_at_run(self, run: "WorkflowHandle[Any, Any]") -> float:
        described = await history.describe(run)
        raw = described.raw_description
        if self._look_at is not None:
            await self._look_at(run, described)
        task = raw.pending_workflow_task
        tries = tuple(
            (pending.activity_id, pending.attempt, pending.state, str(pending.last_heartbeat_time))
            for pending in raw.pending_activities
        )
        self.idle.saw(run.id, (raw.workflow_execution_info.history_length, described.status))
        self.idle.saw((run.id, "attempts"), (task.attempt, task.state, tries), counts=False)
        for pending in raw.pending_activities:
            where = (run.id, raw.workflow_execution_info.history_length, pending.activity_id)
            more = pending.attempt - self._attempts.setdefault(where, pending.attempt)
            if self._retries is not None and more > self._retries:
                name = pending.activity_type.name
                raise NothingMoves(f"{name} was retried {more} times, and nothing else moves")
        if raw.workflow_execution_info.history_length > MOST_EVENTS:
            raise NothingMoves(f"its history has more than {MOST_EVENTS:,} events, and it goes on")
        return expected.by_description(raw) if described.close_time is None else 0.0

    @staticmethod
    async def _timers(runs: "Sequence[WorkflowHandle[Any, Any]]", soon: float) -> float:
        """Return how long to wait with the timers of the runs: only their histories name them."""
        for run in runs:
            soon = max(soon, expected.by_timers(await history.fetch(run)))
        return soon


async def holds(condition: Condition) -> bool:
    """Return whether a condition holds now.

    Args:
        condition: A function without arguments; may be a coroutine function.
    """
    answer = condition()
    return bool(await answer) if inspect.isawaitable(answer) else bool(answer)


async def closed(run: "WorkflowHandle[Any, Any]") -> bool:
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


async def rests(run: "WorkflowHandle[Any, Any]") -> bool:
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
