"""One way to wait: until something is so, or until nothing moves any more. No wait is given up by the clock alone."""

from course_lib.waits.idle import Idle
from course_lib.waits.machine import TooBusy, round_trip
from course_lib.waits.until import CELL, Burning, Endless, NothingMoves, StillMoving, Stuck, Watch

__all__ = [
    "CELL",
    "Burning",
    "Endless",
    "Idle",
    "NothingMoves",
    "StillMoving",
    "Stuck",
    "TooBusy",
    "Watch",
    "round_trip",
]
