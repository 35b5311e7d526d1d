"""The live timeline: the same picture as the static one, that grows, zooms, and can be asked."""

from course_lib.widgets.timeline.live.picture import LivePicture, Still, Track
from course_lib.widgets.timeline.live.timeline import Timeline

__all__ = ["LivePicture", "Still", "Timeline", "Track"]
