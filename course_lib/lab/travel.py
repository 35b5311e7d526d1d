"""What a notebook travels through: the history of a run, of a file or at hand, and the class that is replayed."""

from collections.abc import Callable, Coroutine, Iterator
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
    look: Callable[[Coroutine[Any, Any, WorkflowHistory]], WorkflowHistory],
    converter: DataConverter | None = None,
) -> "Journey":
    """Replay a run and return what was seen. Blocks the calling thread, as ``lab.timeline`` does.

    Args:
        run: A workflow's handle, a history, or the name of a file that holds one.
        cls: The class to replay; None: the notebook's newest class of the run's workflow type.
        find: Returns the notebook's class of a workflow type, None when there is none.
        say: Shows one line of progress; an empty one takes it away.
        look: Awaits a call to the server.
        converter: Reads the payloads; by default Temporal's own.

    Raises:
        CourseError: There is no such run, file or class, or the history cannot be replayed; the message has the fix.
    """
    from course_lib import replay

    history = _history(run, look)
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
    found = told(replayed, f"replaying {events}", say)
    return replace(found, notes=(*found.notes, *_neighbours(history)))


def _neighbours(history: WorkflowHistory) -> Iterator[str]:
    """Say which runs of the same workflow came before and after: a history is that of one run."""
    first, last = history.events[0], history.events[-1]
    before = first.workflow_execution_started_event_attributes.continued_execution_run_id
    after = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    for run_id, words in ((before, "This run goes on from an earlier one"), (after, "It continued as a new run")):
        if run_id:
            handle = f"lab.client.get_workflow_handle({history.workflow_id!r}, run_id={run_id!r})"
            yield f"{words}; step through that with: lab.step_through({handle})"


def _history(run: Run, look: Callable[[Coroutine[Any, Any, WorkflowHistory]], WorkflowHistory]) -> WorkflowHistory:
    from course_lib import history, replay

    if isinstance(run, WorkflowHistory):
        return run
    if not isinstance(run, WorkflowHandle):
        return replay.load(Path(run))
    try:
        return look(history.fetch(run))
    except RPCError as error:
        raise CourseError(
            f"The server has no history of {run.id}: {error.message}.",
            fix="start the workflow first (a finished run is kept for the namespace's retention time only).",
        ) from error


def _type(history: WorkflowHistory) -> str:
    if not history.events:
        raise CourseError(f"The history of {history.workflow_id} has no events.", fix="fetch it again in a moment.")
    return str(history.events[0].workflow_execution_started_event_attributes.workflow_type.name)
