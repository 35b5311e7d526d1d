"""A line that appears when the kernel behind a panel is gone, so that no dead control stays without a word."""

from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from course_lib.widgets.look import STYLE

GONE = "This panel is no longer connected: the kernel was restarted or stopped. Run its cell again."


class Pulse(anywidget.AnyWidget):
    """Put it first into a panel: it is empty while the kernel lives.

    When the connection to the kernel ends, it shows why and disables every control of the element with the class
    ``tc-panel`` that it stands in.
    """

    _esm = Path(__file__).with_name("pulse.js")
    css = traitlets.Unicode(STYLE).tag(sync=True)
    gone = traitlets.Unicode(GONE).tag(sync=True)


class Controls(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Widgets below each other, with a pulse.

    Args:
        *children: From top to bottom.
    """

    def __init__(self, *children: Any) -> None:
        super().__init__([Pulse(), *children], layout=ipywidgets.Layout(width="auto", max_width="1100px"))
        self.add_class("tc-panel")
