"""The messages themselves: the SDK's own calls on the handle, each with an end, and what the history says of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import RPCTimeoutOrCancelledError as CallEnded
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError, WorkflowUpdateStage

from course_lib.diagnosis import facts
from course_lib.errors import CourseError
from course_lib.history import client_of, unpausing
from course_lib.waits import CELL, StillMoving, Stuck, Watch
from course_lib.waits.until import LAST_RESORT, Manner
from course_lib.widgets.messages.outcome import Outcome, clock
from course_lib.workers import moving

T = TypeVar("T")

# What a message waits for is a Worker's turn, whatever else the Worker does; an update may wait for much of its run.
_PROMPT = Manner(burnt=CELL.burnt, every=CELL.every)
_UPDATE = replace(CELL, at_work=False)
# A last resort: an answer is waited for as long as anything moves.
_LAST = timedelta(seconds=LAST_RESORT)
# Longer than the SDK lets a workflow task go on without a pause, which is 2 s.
_BUFFERED = 3.0
_AGAIN = 0.1
_NEWEST = 30  # events among which that of a message is looked for

Tell = Callable[[Outcome], None]


class Sender:
    """Sends messages to one workflow.

    Args:
        handle: The workflow's handle.
        patience: Seconds for which nothing may move until an update is waited for no longer; by default as long as
            something is due by itself.
    """

    def __init__(self, handle: WorkflowHandle[Any, Any], patience: float | None = None) -> None:
        self.handle = handle
        self._patience = patience
        self._client = client_of(handle)
        self._taken: set[int] = set()

    async def signal(self, name: str, args: Sequence[Any], tell: Tell) -> Outcome:
        """Send a signal and find its event.

        Args:
            name: The signal's name.
            args: Its arguments.
            tell: Gets what is known on the way.
        """
        await self._answer(self.handle.signal(name, args=list(args), rpc_timeout=_LAST), "signal")
        at = clock()

        def mine(event: HistoryEvent) -> bool:
            sent = event.workflow_execution_signaled_event_attributes
            return sent.signal_name == name and sent.identity == self._client.identity

        limit = time.monotonic() + _BUFFERED
        while True:
            newest = await self._newest()
            if event := self._find(newest, mine):
                return Outcome("sent", f"sent at {at}, event {event}", event)
            # While a workflow task runs, the server keeps a signal aside: its event is written when the task has ended.
            if not newest or newest[0].event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                return Outcome("sent", f"sent at {at}")
            words = f"sent at {at}; its event is written when the workflow task that is running has ended"
            if time.monotonic() > limit:
                return Outcome("sent", words)
            tell(Outcome("working", words))
            await asyncio.sleep(_AGAIN)

    async def query(self, name: str, args: Sequence[Any], result: Any) -> Outcome:
        """Ask a query.

        Args:
            name: The query's name.
            args: Its arguments.
            result: The type of the answer; None when it is not known.

        Raises:
            CourseError: The run is paused, or there was no answer, and nothing moves.
        """
        asked = self.handle.query(name, args=list(args), result_type=result, rpc_timeout=_LAST)
        try:
            value = await self._answer(asked, "query")
        except ValueError as error:
            if "WorkflowExecutionStatus" not in str(error):
                raise
            # The server turned it down with a status that the SDK cannot read (1.35).
            raise CourseError(
                "The run is paused: it answers no query.", fix=f"unpause it: {unpausing(self.handle.id)}."
            ) from error
        return Outcome("answered", f"answered at {clock()}", value=value, has_value=True)

    async def update(self, name: str, args: Sequence[Any], result: Any, tell: Tell) -> Outcome:
        """Send an update and wait for its result, as long as anything moves.

        Args:
            name: The update's name.
            args: Its arguments.
            result: The type of the result; None when it is not known.
            tell: Gets what is known on the way.

        Returns:
            The outcome; "accepted" when nothing moves that would bring the result.

        Raises:
            Rejected: The validator turned it down; the history knows nothing of it.
            temporalio.client.WorkflowUpdateFailedError: The handler failed.
        """
        tell(Outcome("working", f"sent at {clock()}; waiting for a Worker to accept it…"))
        started = self.handle.start_update(
            name, args=list(args), result_type=result, wait_for_stage=WorkflowUpdateStage.ACCEPTED
        )  # fmt: skip
        update = await self._answer(started, "update", _UPDATE, self._patience)

        # The call has returned, so the server has written the event. One of another type has no such id.
        def accepts(event: HistoryEvent) -> bool:
            return event.workflow_execution_update_accepted_event_attributes.protocol_instance_id == update.id

        def completes(event: HistoryEvent) -> bool:
            return event.workflow_execution_update_completed_event_attributes.meta.update_id == update.id

        event = self._find(await self._newest(), accepts)
        if event is not None:
            tell(Outcome("working", f"accepted, event {event}; waiting for its result…", event))
        try:
            value = await self._answer(update.result(rpc_timeout=_LAST), "update", _UPDATE, self._patience)
        except WorkflowUpdateFailedError as error:
            if event is None:
                raise Rejected(error.cause) from error.cause
            raise
        except NoAnswer:
            words = f"accepted, event {event}, but it has not completed, and nothing moves. It goes on."
            return Outcome("accepted", words, event)
        done = self._find(await self._newest(), completes)
        where = f", events {event} and {done}" if event and done else f", event {event}" if event else ""
        return Outcome("completed", f"completed at {clock()}{where}", done or event, value, has_value=True)

    async def cancel(self) -> Outcome:
        """Request the cancellation of the workflow."""
        await self._answer(self.handle.cancel(rpc_timeout=_LAST), "request")
        return Outcome("sent", f"cancellation requested at {clock()}; the workflow decides what to do with it")

    async def terminate(self, reason: str) -> Outcome:
        """Terminate the workflow.

        Args:
            reason: Stands in the history.
        """
        await self._answer(self.handle.terminate(reason=reason or None, rpc_timeout=_LAST), "request")
        return Outcome("sent", f"terminated at {clock()}; its code was not asked")

    async def _answer(
        self, call: Coroutine[Any, Any, T], what: str, manner: Manner = _PROMPT, patience: float | None = None
    ) -> T:
        """Await a call for as long as anything moves.

        Args:
            call: The call.
            what: What was sent, in one word.
            manner: How it waits.
            patience: See `Watch.until`.
        """
        answer = asyncio.ensure_future(call)
        watch = Watch(self._client, moving.movers, [moving.stir], manner=manner)
        try:
            await watch.until(answer.done, [self.handle], wake=answer, patience=patience)
            return answer.result()
        except (Stuck, StillMoving, CallEnded) as error:
            raise NoAnswer(f"There was no answer to the {what}, and nothing moves.") from error
        finally:
            answer.cancel()

    async def _newest(self) -> list[HistoryEvent]:
        return await facts.newest_events(self._client, self.handle.id, self.handle.run_id or "", most=_NEWEST)

    def _find(self, newest: list[HistoryEvent], is_it: Callable[[HistoryEvent], bool]) -> int | None:
        for event in newest:
            if event.event_id not in self._taken and is_it(event):
                self._taken.add(event.event_id)
                return event.event_id
        return None


class Rejected(WorkflowUpdateFailedError):
    """A validator turned an update down: nothing of it is in the history. The SDK does not tell the two apart."""


class NoAnswer(CourseError):
    """There is no answer to a call, and nothing moves that would bring one."""
