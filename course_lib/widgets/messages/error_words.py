"""Why a message came to nothing, in words: the SDK's errors, as a card says them."""

from __future__ import annotations

import asyncio

from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError, RPCStatusCode

from course_lib.errors import CourseError
from course_lib.pitfalls import advice
from course_lib.widgets.messages.handlers import Handler
from course_lib.widgets.messages.outcome import Outcome, clock
from course_lib.widgets.messages.sending import NoAnswer, Rejected
from course_lib.widgets.messages.state import RunState


def excuse(error: BaseException, handler: Handler, state: RunState) -> Outcome:
    """Return what a card says about an error.

    Args:
        error: What a call raised.
        handler: What was called.
        state: How the run stood when somebody looked last.
    """
    if isinstance(error, Rejected):
        return Outcome("rejected", f"rejected: {cause_words(error.cause)} No event was written for it.")
    said = f"failed at {clock()}: {_words(error, handler, state)}"
    known = advice(said) if isinstance(error, WorkflowUpdateFailedError | WorkflowQueryFailedError) else ""
    return Outcome("failed", f"{said} Do this: {known}" if known else said)


def cause_words(error: BaseException) -> str:
    """Return an error of the learner's code in words: its message, and its type when it tells something.

    Args:
        error: As the client decoded it.
    """
    words = error.message if isinstance(error, FailureError) else str(error)
    kind = error.type if isinstance(error, ApplicationError) else type(error).__name__
    text = f"{words or 'no reason given'}"
    if kind and kind not in ("ApplicationError", "Exception"):
        text += f" ({kind})"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _words(error: BaseException, handler: Handler, state: RunState) -> str:
    if isinstance(error, WorkflowUpdateFailedError):
        return cause_words(error.cause)
    if isinstance(error, WorkflowQueryFailedError):
        return error.message
    if isinstance(error, NoAnswer):
        return f"{error.what} {_why_silent(handler, state)}".strip()
    if isinstance(error, CourseError):
        return error.what
    if isinstance(error, RPCError):
        return _rpc_words(error, handler, state)
    if isinstance(error, asyncio.CancelledError):
        return "it was given up."
    if isinstance(error, TypeError) and "serializable" in str(error):
        return (
            f"the client's data converter cannot write this value: {error}. Nothing was sent. "
            "Temporal's own converter knows JSON, dataclasses and datetimes; "
            "temporalio.contrib.pydantic.pydantic_data_converter knows more types."
        )
    return f"{type(error).__name__}: {error}"


def _rpc_words(error: RPCError, handler: Handler, state: RunState) -> str:
    if error.status == RPCStatusCode.NOT_FOUND and "completed" in error.message:
        return "the run is closed: it takes no messages any more."
    if error.status == RPCStatusCode.FAILED_PRECONDITION and "poller" in error.message:
        return f"no Worker polls “{state.queue}”: {handler.kind} needs one."
    if error.status == RPCStatusCode.DEADLINE_EXCEEDED:
        return f"there was no answer in time. {_why_silent(handler, state)}".strip()
    if error.status == RPCStatusCode.UNAVAILABLE:
        return "the Temporal server does not answer."
    return error.message


def _why_silent(handler: Handler, state: RunState) -> str:
    if reason := state.reason(handler.kind):
        return reason
    if handler.kind == "signal":
        return ""
    if handler.kind == "update":
        return "An update that no Worker has accepted is not stored. `await lab.diagnose(handle)` says more."
    return "A Worker may be busy, paused or gone, or the workflow's task fails: `await lab.diagnose(handle)` says more."
