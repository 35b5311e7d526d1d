"""What cannot be replayed is said before anything runs: each a `CourseError` with a fix."""

from __future__ import annotations

from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter

from course_lib.errors import CourseError
from course_lib.history.payloads import Decoder, Undecoded
from course_lib.history.reading import attributes, type_name
from course_lib.private import sdk
from course_lib.workers.blame import in_words, learner_line


def definition(cls: type) -> Any:
    """Return the SDK's definition of a workflow class.

    Raises:
        CourseError: It is no workflow class, or one that the sandbox cannot import.
    """
    name = getattr(cls, "__name__", repr(cls))
    found = sdk.definition(cls)
    if found is None:
        raise CourseError(
            f"{name} is not a workflow class.",
            fix="pass the class that carries `@workflow.defn`, not an instance of it.",
        )
    if cls.__module__ == "__main__" and found.sandboxed:
        raise CourseError(
            f"{name} is defined in a plain cell, and the workflow sandbox can only import real modules.",
            fix="put `%%module orders` (any name) above the cell, run it, and pass the class again.",
        )
    return found


def check(history: WorkflowHistory, cls: type, converter: DataConverter | None) -> Any:
    """Refuse a history that cannot be replayed with a class.

    Args:
        history: The history.
        cls: The workflow class.
        converter: The converter that will read its payloads; None for Temporal's own.

    Returns:
        The SDK's definition of the class.

    Raises:
        CourseError: It cannot be replayed, and why.
    """
    found = definition(cls)
    events = list(history.events)
    if not events or type_name(events[0].event_type) != "WorkflowExecutionStarted":
        raise CourseError(
            "This is not a whole history: it does not begin with WorkflowExecutionStarted."
            if events
            else "The history has no events.",
            fix="fetch it again: `await handle.fetch_history()`, or `temporal workflow show --output json`.",
        )
    numbers = [event.event_id for event in events]
    if numbers != list(range(1, len(events) + 1)):
        gap = next(place for place, number in enumerate(numbers, 1) if place != number)
        raise CourseError(
            f"This is not a whole history: event {gap} is missing or out of order.",
            fix="fetch it again, without a filter: `await handle.fetch_history()`.",
        )
    started = attributes(events[0])
    if found.name is not None and started.workflow_type.name != found.name:
        raise CourseError(
            f"This is the history of a {started.workflow_type.name}, and {cls.__name__} is the workflow {found.name}.",
            fix=f"pass the class whose workflow is named {started.workflow_type.name}.",
        )
    if not any(type_name(event.event_type) == "WorkflowTaskScheduled" for event in events):
        # The SDK's Replayer would wait for ever here, and cannot be cancelled.
        raise CourseError(
            "Nothing of this run can be replayed yet: it has no workflow task, so none of its code ran.",
            tried=[f"looked at {len(events)} event{'s' if len(events) != 1 else ''}"],
            fix="wait until the run begins (a start delay or a cron schedule holds it back), then replay it again.",
        )
    _readable(started, converter)
    return found


def _readable(started: Any, converter: DataConverter | None) -> None:
    if converter is not None and converter.payload_codec is not None:
        return  # it decodes while the history is replayed
    decoder = Decoder(converter)
    for payload in started.input.payloads:
        if isinstance(value := decoder.one(payload), Undecoded):
            raise CourseError(
                f"The payloads of this history are encoded as “{value.encoding or 'nothing'}”, "
                "which the data converter at hand cannot read.",
                fix="pass the data converter that the run's client had: `converter=client.data_converter`.",
            )


def cannot_start(cls: type, error: BaseException) -> CourseError:
    """Return the error for a class that the sandbox cannot import or make.

    Args:
        cls: The class.
        error: What the SDK raised.
    """
    cause = error.__cause__ or error
    line = learner_line(cause)
    return CourseError(
        f"The sandbox cannot import {cls.__name__}: {in_words(cause)}.",
        tried=[f"in {line}"] if line is not None else [],
        fix="fix the module and run its cell again; a library that the sandbox refuses goes under "
        "`with workflow.unsafe.imports_passed_through():`.",
    )


def nothing_done() -> CourseError:
    """Return the error for a run that ended before any of its workflow tasks completed."""
    return CourseError(
        "Nothing of this run can be replayed: it ended before a Worker completed a workflow task.",
        fix="replay another run; why this one ended says its last event.",
    )
