"""Lab: what a chapter opens. It ties the rooms below together and adds nothing that hides Temporal."""

from course_lib.lab.lab import Lab
from course_lib.lab.waiting import StillRunning

__all__ = ["Lab", "StillRunning"]
