"""Time travel to look at: the steps of a replay, one at a time."""

from course_lib.widgets.stepper.view import Stepper

__all__ = ["Stepper"]
