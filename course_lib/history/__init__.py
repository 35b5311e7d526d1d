"""A workflow's event history, to compute with and to draw.

``fetch`` gets it, ``events_frame`` makes it a DataFrame.
"""

from course_lib.history.fetching import fetch
from course_lib.history.frame import events_frame

__all__ = ["events_frame", "fetch"]
