"""Failures in words: what a learner's exception became in the history."""

from __future__ import annotations

from collections.abc import Iterator

from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure

from course_lib.history.reading import words

_KINDS = {
    "canceled_failure_info": "CancelledError",
    "terminated_failure_info": "TerminatedError",
    "server_failure_info": "ServerError",
    "reset_workflow_failure_info": "ResetWorkflow",
    "activity_failure_info": "ActivityError",
    "child_workflow_execution_failure_info": "ChildWorkflowError",
    "nexus_operation_execution_failure_info": "NexusOperationError",
    "nexus_handler_failure_info": "NexusHandlerError",
}


def chain(failure: Failure) -> Iterator[Failure]:
    """Yield a failure and its causes, outermost first."""
    while True:
        yield failure
        if not failure.HasField("cause"):
            return
        failure = failure.cause


def innermost(failure: Failure) -> Failure:
    """Return the last cause: the learner's own exception."""
    return list(chain(failure))[-1]


def kind(failure: Failure) -> str:
    """Return what a failure is, for example ``"ValueError"`` or ``"TimeoutError (StartToClose)"``."""
    info = failure.WhichOneof("failure_info")
    if info == "application_failure_info":
        return failure.application_failure_info.type or "ApplicationError"
    if info == "timeout_failure_info":
        return timeout_name(failure.timeout_failure_info.timeout_type)
    return _KINDS.get(info or "", "Error")


def timeout_name(number: int) -> str:
    """Return a timeout as an error, by the number of its type: ``"TimeoutError (StartToClose)"``."""
    return f"TimeoutError ({words(TimeoutType, number) or number})"


def one_failure(failure: Failure) -> str:
    """Return one failure of a chain as ``Type: message``."""
    return f"{kind(failure)}: {failure.message}" if failure.message else kind(failure)


def failure_text(failure: Failure) -> str:
    """Return a failure and its causes as ``Type: message ← Type: message``, outermost first.

    Args:
        failure: As the history has it.
    """
    return " ← ".join(one_failure(link) for link in chain(failure))


def is_timeout(failure: Failure) -> bool:
    """Return whether a failure is a timeout."""
    return failure.HasField("timeout_failure_info")
