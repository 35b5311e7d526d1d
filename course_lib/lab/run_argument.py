"""What a learner hands to the Lab as a run: a handle, or one of the slips that are made instead, said in a sentence."""

import inspect
from os import PathLike
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowHistory

from course_lib.errors import CourseError


def handle(given: Any, call: str) -> WorkflowHandle[Any, Any]:
    """Return a workflow's handle if this is one.

    Args:
        given: What was handed over.
        call: The call that got it, for example ``"lab.result"``.

    Raises:
        CourseError: It is none: an `await` is missing, or it is an ID, or something else.
    """
    if isinstance(given, WorkflowHandle):
        return given
    raise _slip(given, call)


def run(given: Any, call: str) -> WorkflowHandle[Any, Any] | WorkflowHistory:
    """Return a workflow's handle or a history if this is one; see `handle`."""
    return given if isinstance(given, WorkflowHistory) else handle(given, call)


def recorded(given: Any, call: str) -> WorkflowHandle[Any, Any] | WorkflowHistory | str | PathLike[str]:
    """Return a handle, a history or the name of a file if this is one; see `handle`."""
    if isinstance(given, PathLike) or (isinstance(given, str) and (Path(given).suffix or Path(given).is_file())):
        return given
    return run(given, call)


def _slip(given: Any, call: str) -> CourseError:
    if inspect.isawaitable(given):
        name = getattr(given, "__qualname__", "start_workflow").rpartition(".<locals>.")[2]
        name = name.replace("Client.", "lab.client.")
        return CourseError(
            f"An `await` is missing: `{call}` was given the call `{name}(…)`, which has not run yet, and no handle.",
            fix=f"write `handle = await {name}(…)`, run that cell again, then this one.",
        )
    if isinstance(given, str) and " " not in given:
        return CourseError(
            f"`{call}` needs a workflow's handle, and {given!r} is a workflow ID.",
            fix=f"`handle = lab.client.get_workflow_handle({given!r})` makes the handle.",
        )
    what = "None" if given is None else f"an object of the type {type(given).__name__}"
    if isinstance(given, type) or inspect.isroutine(given):
        what = f"the {'class' if isinstance(given, type) else 'function'} {given.__name__}".replace(
            "<lambda>", "`lambda`"
        )
    return CourseError(
        f"`{call}` needs a workflow's handle, and was given {what}.",
        fix="pass what `await lab.client.start_workflow(…)` returned; for a workflow that was started elsewhere, "
        '`lab.client.get_workflow_handle("its-id")`.',
    )
