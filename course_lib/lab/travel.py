"""What a notebook travels through: the history of a run, of a file or at hand, and the class that is replayed."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.service import RPCError

from course_lib.errors import CourseError
from course_lib.lab.server_calls import told

if TYPE_CHECKING:
    from course_lib.replay.journeys import Journey

_PATIENCE = 60.0  # seconds that a replay may compute, or stand still; ten thousand events take a few

Run = WorkflowHandle[Any, Any] | WorkflowHistory | str | PathLike[str]


def journey(
    run: Run,
    cls: type | None,
    find: Callable[[str], type | None],
    say: Callable[[str], None],
    look: Callable[[Coroutine[Any, Any, list[WorkflowHistory]]], list[WorkflowHistory]],
    converter: DataConverter | None = None,
) -> "Journey":
    """Replay a run and return what was seen. Blocks the calling thread, as ``lab.timeline`` does.

    A workflow that continued as new is one journey through all its runs; code and history that part end it, and what
    is shown then is the run in which they do.

    Args:
        run: A workflow's handle, a history, or the name of a file that holds one. A handle with a run id stands for
            that run alone.
        cls: The class to replay; None: the notebook's newest class of the run's workflow type.
        find: Returns the notebook's class of a workflow type, None when there is none.
        say: Shows one line of progress; an empty one takes it away.
        look: Awaits a call to the server.
        converter: Reads the payloads; by default Temporal's own.

    Raises:
        CourseError: There is no such run, file or class, or the history cannot be replayed; the message has the fix.
    """
    from course_lib import replay

    runs = _histories(run, look)
    found = []
    for number, history in enumerate(runs, 1):
        one = _one(history, cls, find, say, converter)
        if one.divergence is not None:
            where = (f"This is run {number} of {len(runs)}.",) if len(runs) > 1 else ()
            return replace(one, notes=(*one.notes, *where))
        found.append(one)
    if len(found) == 1:
        return found[0]
    return replace(replay.joined(found), notes=("2:5 is event 5 of run 2.", *replay.joined(found).notes))


def _one(
    history: WorkflowHistory,
    cls: type | None,
    find: Callable[[str], type | None],
    say: Callable[[str], None],
    converter: DataConverter | None,
) -> "Journey":
    from course_lib import replay

    if cls is None:
        name = _type(history)
        cls = find(name)
        if cls is None:
            raise CourseError(
                f"This notebook has no class for the workflow type {name!r} of {history.workflow_id}.",
                fix=f"run the `%%module` cell that defines {name}, or pass the class: lab.step_through(…, {name}).",
            )
    events = f"{len(history.events):,} events"
    replayed = replay.journey(history, cls, patience=_PATIENCE, converter=converter)
    return told(replayed, f"replaying {events}", say)


def _histories(
    run: Run, look: Callable[[Coroutine[Any, Any, list[WorkflowHistory]]], list[WorkflowHistory]]
) -> list[WorkflowHistory]:
    from course_lib import history, replay

    if isinstance(run, WorkflowHistory):
        return [run]
    if not isinstance(run, WorkflowHandle):
        return [replay.load(Path(run))]
    try:
        return look(history.fetch_chain(run))
    except RPCError as error:
        raise CourseError(
            f"The server has no history of {run.id}: {error.message}.",
            fix="start the workflow first (a finished run is kept for the namespace's retention time only).",
        ) from error


def _type(history: WorkflowHistory) -> str:
    if not history.events:
        raise CourseError(f"The history of {history.workflow_id} has no events.", fix="fetch it again in a moment.")
    return str(history.events[0].workflow_execution_started_event_attributes.workflow_type.name)
