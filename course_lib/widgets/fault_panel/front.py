"""The two widgets in the browser: the switches, and the list of requests."""

from pathlib import Path

import anywidget
import traitlets

from course_lib.shop.faults import SERVICES
from course_lib.shop.scenarios import SCENARIOS
from course_lib.widgets.look import STYLE
from course_lib.widgets.panel.bundle import bundle

_HERE = Path(__file__).parent
_STYLE = STYLE + (_HERE / "fault_panel.css").read_text(encoding="utf-8")


class Switches(anywidget.AnyWidget):
    """One row of native controls per service. Thirty ipywidgets would be ninety models, and no table."""

    _esm = bundle(_HERE / "switches.js")
    css = traitlets.Unicode(_STYLE).tag(sync=True)
    scenarios = traitlets.List([[name, text] for name, (text, _) in SCENARIOS.items()]).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    gone = traitlets.Unicode().tag(sync=True)
    busy = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    done = traitlets.List(traitlets.Unicode()).tag(sync=True)


class Requests(anywidget.AnyWidget):
    """The list of requests. It keeps its place and the selection while new lines come."""

    _esm = bundle(_HERE / "requests.js")
    css = traitlets.Unicode(_STYLE).tag(sync=True)
    services = traitlets.List(list(SERVICES)).tag(sync=True)
    service = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    counts = traitlets.List(traitlets.Dict()).tag(sync=True)
