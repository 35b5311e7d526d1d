"""The events of a run as a table: live, with a filter, each with everything that it says."""

from course_lib.widgets.event_table.table import EventTable

__all__ = ["EventTable"]
