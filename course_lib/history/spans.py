"""A history as spans: what went on, from when to when, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_lib.history.pending import Pending
from course_lib.history.reader import Reader
from course_lib.history.span import Span

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory


def spans(history: WorkflowHistory, pending: Any = None) -> list[Span]:
    """Return what went on in a run, in the order in which it was asked for.

    Args:
        history: The run's history.
        pending: What ``await handle.describe()`` returned at the same time: with it, activities that are being
            retried and the workflow task that is due are known too.
    """
    reader = Reader()
    for event in history.events:
        reader.read(event)
    return reader.finish(Pending.of(pending))
