"""What `lab.step_through` returns: the live view, its static form and its transcript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course_lib.replay.journeys import Journey
from course_lib.widgets.look import STYLE, View
from course_lib.widgets.panel import lifetimes
from course_lib.widgets.panel.bundle import bundle
from course_lib.widgets.panel.frontend import interactive, with_static
from course_lib.widgets.stepper.payload import payload
from course_lib.widgets.stepper.transcript import static

_HERE = Path(__file__).parent


class StepperWidget(anywidget.AnyWidget):
    """A journey in the page.

    It needs no kernel after it was sent: a kernel that computes, or is gone, does not stop it.
    """

    _esm = bundle(_HERE / "stepper.js")
    _css = STYLE + (_HERE / "stepper.css").read_text(encoding="utf-8")
    journey = traitlets.Dict().tag(sync=True)


class Stepper:
    """A replay to step through.

    Args:
        journey: The replay.

    Attributes:
        journey: The replay, for code that wants to look itself.
    """

    def __init__(self, journey: Journey) -> None:
        self.journey = journey

    @property
    def view(self) -> View:
        """The static form and the text twin."""
        return static(self.journey)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown = self.view
        # A journey without a step has nothing to slide over; the static form says why.
        if not (interactive() and self.journey.steps):
            return shown._repr_mimebundle_()
        widget = StepperWidget(journey=payload(self.journey))
        lifetimes.note(widget)  # ipywidgets keeps every widget until it is closed
        return with_static(widget, shown)

    def __repr__(self) -> str:
        return self.view.text
