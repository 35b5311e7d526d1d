"""A line that appears when the kernel behind a panel is gone, so that no dead control stays without a word."""

from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from course_lib.widgets.look import STYLE
from course_lib.widgets.panel.bundle import bundle

GONE = "This panel is no longer connected: the kernel was restarted or stopped. Run its cell again."


class Pulse(anywidget.AnyWidget):
    """Put it first into a panel: it is empty while the kernel lives.

    When the connection to the kernel ends, it shows why and disables every control of the element with the class
    ``tc-panel`` that it stands in. It keeps the keys that are pressed there from JupyterLab. It also tells the kernel
    whether any part of that element is on the screen, so that what goes on in the background can rest while nobody
    looks.

    Attributes:
        visible: Whether any part of the panel is on the screen.
    """

    _esm = bundle(Path(__file__).with_name("pulse.js"))
    css = traitlets.Unicode(STYLE).tag(sync=True)
    gone = traitlets.Unicode(GONE).tag(sync=True)
    visible = traitlets.Bool(False).tag(sync=True)


class Controls(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Widgets below each other, with a pulse.

    Args:
        *children: From top to bottom.

    Attributes:
        pulse: Its connection to the page.
    """

    def __init__(self, *children: Any) -> None:
        self.pulse = Pulse()
        super().__init__([self.pulse, *children], layout=ipywidgets.Layout(width="auto", max_width="1100px"))
        self.add_class("tc-panel")
