"""The timeline: what went on in a run, drawn from its history."""

from course_lib.widgets.timeline.view import draw, timeline_view

__all__ = ["draw", "timeline_view"]
