"""How the run stands: open or closed, who polls its queue, and so what can be sent to it now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from course_lib.diagnosis import facts
from course_lib.history import client_of, describe, unpausing
from course_lib.widgets.messages.handlers import Kind

_LIMIT = 2.0
_WORKFLOW = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW


@dataclass(frozen=True)
class RunState:
    """What the server says about a run.

    Args:
        status: In words, for example ``"running"``; empty before the first look.
        closed: Whether the run has ended.
        paused: How to unpause it, in words; empty when it is not paused.
        type: Its workflow type.
        run_id: Which run it is.
        queue: The task queue of its Workers.
        polls: Who polls that queue; None when the server did not say.
        events: The length of its history.
        error: Why nothing is known, in words; empty when the server answered.
    """

    status: str = ""
    closed: bool = False
    paused: str = ""
    type: str = ""
    run_id: str = ""
    queue: str = ""
    polls: tuple[str, ...] | None = None
    events: int = 0
    error: str = ""

    @property
    def no_worker(self) -> bool:
        """Whether surely nobody polls the run's queue."""
        return self.polls is not None and not self.polls

    def reason(self, kind: Kind) -> str:
        """Return why a kind of message cannot be sent now; empty when it can."""
        if self.error:
            return self.error
        if self.closed and kind != "query":
            return f"The run is closed ({self.status}): it takes no {kind}s any more."
        if self.paused and kind != "signal":
            return f"The run is paused: the server turns {_PLURAL[kind]} down."
        if self.no_worker and kind != "signal":
            return f"No Worker polls “{self.queue}”: {_PLURAL[kind]} need one."
        return ""

    def note(self, kind: Kind) -> str:
        """Return what to know about a kind of message that can be sent; empty when there is nothing."""
        if kind == "signal" and self.paused:
            return "The run is paused: a signal is stored, and handled when it goes on."
        if kind == "signal" and self.no_worker and not self.closed and not self.error:
            return f"No Worker polls “{self.queue}”: a signal is stored, and handled when one comes."
        if kind == "query" and self.closed and not self.reason("query"):
            return f"The run is closed ({self.status}): a Worker replays its history to answer."
        return ""

    def words(self) -> str:
        """Return the state on one line."""
        if self.error:
            return self.error
        if self.polls is None:
            who = "Workers unknown"
        elif not self.polls:
            who = "no Worker polls its queue"
        else:
            who = f"Worker {self.polls[0]}" + (f" and {len(self.polls) - 1} more" if len(self.polls) > 1 else "")
        pause = f" · unpause it: {self.paused}" if self.paused else ""
        return f"{self.status} · {self.type} · {self.events} events · {who}{pause}"


_PLURAL = {"signal": "signals", "query": "queries", "update": "updates"}


async def look(handle: WorkflowHandle[Any, Any], limit: float = _LIMIT) -> RunState:
    """Ask the server how the run stands; never raises for what it finds.

    Args:
        handle: The workflow.
        limit: Seconds that the server may take.
    """
    client = client_of(handle)
    try:
        async with asyncio.timeout(limit):
            found = await describe(handle)
    except TimeoutError:
        return RunState(error=f"The Temporal server did not answer within {limit:g} s.")
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return RunState(error=f"The server has no workflow “{handle.id}”.")
        return RunState(error="The Temporal server does not answer.")
    polled = await facts.pollers(client, found.task_queue, _WORKFLOW)
    return RunState(
        status="paused" if found.paused else found.status.name.replace("_", " ").lower(),
        paused=unpausing(found.id) if found.paused else "",
        closed=found.close_time is not None,
        type=found.workflow_type,
        run_id=found.run_id,
        queue=found.task_queue,
        polls=tuple(polled.ages) if polled.known else None,
        events=found.history_length,
    )
