"""A history as spans: what went on, from when to when, and how it ended."""

from __future__ import annotations

from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from course_lib.history.handlers import HANDLERS, OTHERS, detail
from course_lib.history.ledger import Ledger
from course_lib.history.pending import Pending
from course_lib.history.reading import attributes, attributes_field, type_name
from course_lib.history.span import Span


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


class Reader(Ledger):
    """A ledger that is written by reading events in order."""

    def read(self, event: Any) -> None:
        """Take the next event of the run.

        Args:
            event: The event.
        """
        number = event.event_type
        known = _BY_NUMBER.get(number)
        if known is not None:
            handler, self.type, field = known
            handler(self, event, getattr(event, field))
        else:
            self.type = type_name(number)
            # Nothing of a run is left out of its picture, not even what this course does not know.
            name = _NAMES.get(self.type, self.type)
            said = detail(attributes(event))
            self.point(event, "marker", OTHERS, name, said)


# Moments without a handler, as a reader would say them.
_NAMES = {
    "WorkflowExecutionCancelRequested": "cancel requested",
    "WorkflowExecutionOptionsUpdated": "options changed",
    "WorkflowPropertiesModified": "memo changed",
    "WorkflowPropertiesModifiedExternally": "memo changed from outside",
    "UpsertWorkflowSearchAttributes": "search attributes",
    "NexusOperationCancelRequested": "nexus cancel requested",
}

_BY_NUMBER = {
    number: (HANDLERS[type_name(number)], type_name(number), attributes_field(number))
    for number in EventType.values()
    if type_name(number) in HANDLERS
}
