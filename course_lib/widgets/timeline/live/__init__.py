"""The live timeline: the same picture as the static one, that grows, zooms, and can be asked."""

from course_lib.widgets.timeline.live.live import Timeline
from course_lib.widgets.timeline.live.model import Model, Still, Track

__all__ = ["Model", "Still", "Timeline", "Track"]
