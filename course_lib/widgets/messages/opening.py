"""From a handle to a panel: look at the run, find its class, else ask a Worker for names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle

from course_lib.diagnosis import facts
from course_lib.errors import CourseError
from course_lib.private.sdk import definition
from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.handlers import Handler, handlers_in, handlers_of
from course_lib.widgets.messages.state import RunState, look

_METADATA_LIMIT = 2.0
_LIMIT = 60.0  # seconds for the first look: nothing can be shown without it, and a busy server is slow


async def open_desk(
    handle: WorkflowHandle[Any, Any], find: Callable[[str], type | None], cls: type | None = None
) -> tuple[Desk, str]:
    """Return the desk of a workflow, and what is to be known about it.

    Args:
        handle: The workflow's handle; one made from an id alone is enough.
        find: Returns the class of a workflow type, None when it is not known.
        cls: The workflow's class, when it is at hand.

    Raises:
        CourseError: The server does not answer or has no such workflow, or ``cls`` is no workflow class.
    """
    if cls is not None and definition(cls) is None:
        raise CourseError(
            f"{getattr(cls, '__name__', cls)} is no workflow class.", fix="pass the class with @workflow.defn."
        )
    state = await look(handle, _LIMIT)
    if state.error:
        raise CourseError(state.error, fix="look at the id; `course server status` says whether the server runs.")
    if found := cls or find(state.type):
        handlers = handlers_of(found)
        return Desk(handle, handlers, state), "" if handlers else f"{state.type} has no signals, queries or updates."
    handlers = await _told(handle, state)
    return Desk(handle, handlers, state), _unknown(state, handlers)


async def _told(handle: WorkflowHandle[Any, Any], state: RunState) -> list[Handler]:
    if state.no_worker:
        return []
    asked = handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    answer = await facts.asked(asked, _METADATA_LIMIT)
    return handlers_in(answer) if answer else []


def _unknown(state: RunState, handlers: Sequence[Handler]) -> str:
    first = f"The class of the workflow type “{state.type}” is not known in this notebook."
    if handlers:
        rest = "Its Worker named the handlers below; their parameters are unknown, so each takes one value as JSON."
    else:
        rest = "No Worker named its handlers either, so nothing but the run itself can be reached."
    return f"{first}\n{rest}\nRun the %%module cell with the class, or pass it: lab.messages(handle, {state.type})."
