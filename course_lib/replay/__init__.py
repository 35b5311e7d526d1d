"""Time travel: one replay of a history, seen step by step; and where edited code and a history part."""

from course_lib.replay.in_child import Replayed
from course_lib.replay.journeys import Command, Divergence, EventRow, Journey, Step, Wait, joined
from course_lib.replay.loading import load
from course_lib.replay.travel import journey, outlook

__all__ = [
    "Command",
    "Divergence",
    "EventRow",
    "Journey",
    "Replayed",
    "Step",
    "Wait",
    "joined",
    "journey",
    "load",
    "outlook",
]
