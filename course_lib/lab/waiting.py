"""How the cells of a notebook wait: as long as something moves, with a line for what, and a diagnosis in the end."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from course_lib.errors import CourseError
from course_lib.lab.server_calls import ServerGone, asked
from course_lib.lab.started_runs import Started
from course_lib.server import Server, health
from course_lib.server.progress import Say, progress
from course_lib.shop import Shop
from course_lib.shop import looking as shop_looking
from course_lib.waits import CELL, Burning, Endless, NothingMoves, StillMoving, Stuck, Watch
from course_lib.waits.until import AWAY, LAST_RESORT, Condition, Stir
from course_lib.workers import moving

if TYPE_CHECKING:
    from course_lib.diagnosis import Diagnosis

# Before a server that is gone is asked again.
_PAUSE = 0.5
# What moves while it holds up a run, and yet brings nothing.
_VAIN = ("workflow_task_failing", "activity_retrying")


class StillRunning(CourseError):
    """The workflow has no result, and none is on its way; the message is the diagnosis.

    Args:
        diagnosis: What was found.
        workflow_id: The workflow that was waited for.
        seen: Why it was not waited for any longer, one clause.
    """

    def __init__(self, diagnosis: "Diagnosis", workflow_id: str, seen: str) -> None:
        self.diagnosis = diagnosis
        super().__init__(
            f"{workflow_id} has no result, and {seen}.\n" + "\n".join(diagnosis.found()),
            fix=f"{diagnosis.fix or 'see to the cause above.'} Then run this cell again: the workflow is not lost.",
        )


class NotSo(CourseError):
    """A condition does not hold, and nothing is on its way that would make it hold.

    Args:
        what: The condition, in words.
        seen: Why it was not waited for any longer, one clause.
    """

    def __init__(self, what: str, seen: str) -> None:
        super().__init__(
            f"This is still not so: {what}. {seen[0].upper()}{seen[1:]}.",
            fix="look at `lab.timeline(handle)`, `await lab.diagnose(handle)` and the Worker's log; then run the cell "
            "again.",
        )


class Waits:
    """The waits of one Lab.

    Args:
        client: Its client.
        where: The server.
        shop: Its shop, whose requests are movements.
        started: The runs that were started from the notebook.
    """

    def __init__(self, client: Client, where: Server, shop: Shop, started: Started) -> None:
        self._client, self._server, self._shop, self._started = client, where, shop, started

    async def result(
        self, handle: WorkflowHandle[Any, Any], task_queue: str, say: Say, patience: float | None = None
    ) -> Any:
        """Return a workflow's result, or raise with a diagnosis. A server that goes away is waited for, and said.

        Args:
            handle: The workflow.
            task_queue: The queue on which the course's Worker polls.
            say: Shows one line of progress; an empty one takes it away.
            patience: See `Lab.result`.

        Raises:
            StillRunning: There is none, and nothing moves that would bring it.
            temporalio.client.WorkflowFailureError: The workflow ended otherwise; a note lists the chain of causes.
        """
        from course_lib.diagnosis import diagnose

        async def words(elapsed: float) -> str:
            found = await diagnose(handle, self._client, task_queue)
            # What a server that is gone needs is somebody who starts it: not to be told only when the wait is over.
            return f"{handle.id}: {elapsed:.0f} s. {found.text if found.cause == 'server_gone' else found.what}"

        watch = self._watch()
        waiter = asyncio.ensure_future(_result(handle))
        try:
            async with progress(say, words):
                try:
                    await watch.until(waiter.done, [handle], wake=waiter, patience=patience)
                except (Stuck, StillMoving, RPCError) as error:
                    if isinstance(error, RPCError) and not health.is_gone(error):
                        raise
                    found = await diagnose(handle, self._client, task_queue)
                    if found.cause == "closed":  # it has just ended, and its result is on its way
                        await asyncio.wait({waiter}, timeout=AWAY)
                    if not waiter.done():
                        raise StillRunning(found, handle.id, _seen(error, watch, found.cause in _VAIN)) from None
            try:
                return waiter.result()
            except WorkflowFailureError as error:
                error.add_note(f"Causes, outermost first: {' <- '.join(_causes(error))}")
                raise
        finally:
            say("")
            waiter.cancel()

    async def until(
        self,
        condition: Condition,
        what: str,
        say: Say,
        patience: float | None = None,
        run: WorkflowHandle[Any, Any] | None = None,
    ) -> None:
        """Wait until a condition holds. One that asks a server which is gone does not hold meanwhile.

        Args:
            condition: Called again and again; may be a coroutine function.
            what: What is waited for, in words.
            say: Shows one line of progress; an empty one takes it away.
            patience: See `Lab.until`.
            run: What it depends on, if that may be a run that was started elsewhere.

        Raises:
            NotSo: It does not hold, and nothing moves that would bring it.
            ServerGone: The server has been gone for a minute.
        """
        gone: ServerGone | None = None
        if run is not None:
            self._started.note(run)

        async def so() -> bool:
            nonlocal gone
            holds, gone = await asked(condition, self._server)
            if gone is not None:
                await watch.back(gone)
                gone = None
            return holds

        async def words(elapsed: float) -> str:
            server = f" {gone.what} To start it: {gone.start}." if gone else ""
            return f"Waiting for this to be so: {what}. {elapsed:.0f} s.{server}"

        watch = self._watch()
        try:
            async with progress(say, words):
                await watch.until(so, self._started.runs, patience=patience)
        except (Stuck, StillMoving) as error:
            raise NotSo(what, _seen(error, watch)) from None
        except RPCError as error:
            if not health.is_gone(error):
                raise
            raise ServerGone(self._server, health.reason(error)) from None
        finally:
            say("")

    def _watch(self) -> Watch:
        # A new one for each wait: several may go on side by side.
        stirs: list[Stir] = [partial(shop_looking.stir, self._shop.path), moving.stir]
        return Watch(self._client, moving.movers, stirs, look_at=self._started.seen, manner=CELL)


async def _result(handle: WorkflowHandle[Any, Any]) -> Any:
    """Return a workflow's result, and ask again when the server is gone: the SDK tries for 6 s (measured on 1.35)."""
    while True:
        try:
            return await handle.result()
        except RPCError as error:
            if not health.is_gone(error):
                raise
        await asyncio.sleep(_PAUSE)


def _seen(error: Exception, watch: Watch, in_vain: bool = False) -> str:
    match error:
        case Endless():
            return str(error)
        case NothingMoves() if in_vain:
            return f"for {watch.idle.seconds:.0f} s there were only attempts that fail"
        case NothingMoves():
            return f"nothing has moved for {watch.idle.seconds:.0f} s"
        case Burning():
            return f"a Worker has computed for {watch.idle.burnt:.0f} s of CPU time, and nothing came of it"
        case StillMoving():
            return f"after {LAST_RESORT:.0f} s something still moves"
        case RPCError():
            return f"the server has been gone for {AWAY:.0f} s"
        case _:
            return str(error)


def _causes(error: BaseException) -> list[str]:
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        chain.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return chain
