"""What a cell that ends in an error shows: where an interrupted one waited, and what to do about a well-known error.

Forty lines of asyncio that end in CancelledError say neither.
"""

import asyncio
from types import TracebackType
from typing import Any

from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError

from course_lib.errors import CourseError
from course_lib.pitfalls import advice
from course_lib.workers import blame

_MARK = "_course_interrupted"
# The second is what the SDK makes of the first in a wait for an update (1.35).
_INTERRUPTS = (asyncio.CancelledError, WorkflowUpdateRPCTimeoutOrCancelledError)


def explain(shell: Any) -> None:
    """Let a cell that is interrupted while it awaits something say where, and one that fails what to do; twice is once.

    ipykernel answers the interrupt (■) by cancelling the cell's task. A ``CancelledError`` that comes otherwise, for
    example of a task that the learner cancelled, keeps its traceback, and so does an interrupt of code that computes.

    Args:
        shell: IPython's shell. One with a handler of its own for exceptions is left as it is.
    """
    if hasattr(shell, _MARK) or shell.custom_exceptions:
        return
    shell.set_custom_exc((Exception, *_INTERRUPTS), _show)
    setattr(shell, _MARK, True)


def was_interrupted(error: object) -> bool:
    """Return whether a cell that ended with this error was interrupted.

    Args:
        error: What the cell raised, or None.
    """
    return isinstance(error, KeyboardInterrupt) or getattr(error, _MARK, False)


def _show(shell: Any, kind: type, error: Any, trace: TracebackType, tb_offset: int | None = None) -> None:
    task = asyncio.current_task() if isinstance(error, _INTERRUPTS) else None
    if task is not None and task.cancelling():
        setattr(error, _MARK, True)
        words = f"Interrupted{_where(trace)}. What runs on the server goes on. Run the cell again when you like."
        error._render_traceback_ = lambda: [words]  # IPython asks an exception for its own rendering first
    elif not isinstance(error, CourseError) and (known := advice(blame.in_words(error))):
        error.add_note(f"Do this: {known}")
    shell.showtraceback((kind, error, trace), tb_offset, running_compiled_code=True)


def _where(trace: TracebackType) -> str:
    line = blame.line_in(trace)
    if line is None:
        return ""
    of = "" if line.module == blame.CELL else f" of {line.module}"
    return f" at line {line.number}{of}, “{line.text}”"
