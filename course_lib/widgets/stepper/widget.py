"""The live view: the page gets everything once, and steps by itself."""

from pathlib import Path

import anywidget
import traitlets

from course_lib.widgets.look import STYLE
from course_lib.widgets.panel.bundle import bundle

CSS = Path(__file__).with_name("stepper.css").read_text(encoding="utf-8")


class StepperWidget(anywidget.AnyWidget):
    """A journey in the page.

    It needs no kernel after it was sent: a kernel that computes, or is gone, does not stop it.
    """

    _esm = bundle(Path(__file__).with_name("stepper.js"))
    _css = STYLE + CSS
    journey = traitlets.Dict().tag(sync=True)
