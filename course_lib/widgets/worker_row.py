"""Several worker panels beside each other."""

from typing import Any

import ipywidgets
from IPython.display import display, publish_display_data

from course_lib.widgets.look import stack
from course_lib.widgets.panel import interactive, with_static
from course_lib.widgets.worker_panel import WorkerPanel


class WorkerRow:
    """Worker panels in columns, each with its log; a narrow window puts them below each other.

    Args:
        *panels: From left to right.

    Attributes:
        panels: The panels.
    """

    def __init__(self, *panels: WorkerPanel) -> None:
        self.panels = panels
        self._box: Any = None

    def __repr__(self) -> str:
        return "\n\n".join(repr(panel) for panel in self.panels)

    def widget(self) -> Any:
        """Return all of them as one ipywidget."""
        if self._box is None:
            columns = [panel.column() for panel in self.panels]
            for column in columns:
                # Two of them need 760 px, what a notebook of 900 px leaves; below that the second one wraps.
                column.layout = ipywidgets.Layout(flex="1 1 374px", min_width="0", margin="0 12px 8px 0")
            layout = ipywidgets.Layout(display="flex", flex_flow="row wrap", align_items="flex-start", width="auto")
            self._box = ipywidgets.Box(columns, layout=layout)
        return self._box

    def _ipython_display_(self) -> None:
        if not interactive():
            # Below each other: an executed notebook keeps each log under a display of its own.
            for panel in self.panels:
                display(panel)  # type: ignore[no-untyped-call]
            return
        static = stack(panel.static() for panel in self.panels)
        publish_display_data(with_static(self.widget(), static))  # type: ignore[no-untyped-call]
