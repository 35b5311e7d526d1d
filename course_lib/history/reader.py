"""Reads a run's events one by one into a ledger of spans: which event means what."""

from __future__ import annotations

from typing import Any

from temporalio.api.enums.v1 import EventType

from course_lib.history.handlers import HANDLERS, OTHERS
from course_lib.history.ledger import Ledger
from course_lib.history.outcomes import detail
from course_lib.history.reading import attributes, attributes_field, type_name


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
    "WorkflowExecutionTimeSkippingTransitioned": "time skipped",
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
