"""Whether somebody looks: a live widget is worth its threads only in front of a person."""

import os
from typing import Any

from course_lib.widgets.look import View


def interactive() -> bool:
    """Return whether this kernel serves a front end that draws widgets, not nbval, nbclient or a plain script.

    Jupyter Server names the notebook of each of its kernels in ``JPY_SESSION_NAME``; VS Code sets
    ``VSCODE_PID`` for the kernels that it starts. nbclient and nbval set neither. ``COURSE_WIDGETS=live`` or
    ``static`` decides otherwise.
    """
    chosen = os.environ.get("COURSE_WIDGETS", "")
    if chosen in ("live", "static"):
        return chosen == "live"
    if os.environ.get("CI") or os.environ.get("COURSE_STRICT"):
        return False
    return bool(os.environ.get("JPY_SESSION_NAME") or os.environ.get("VSCODE_PID"))


def with_static(widget: Any, static: View) -> dict[str, Any]:
    """Return what a notebook stores: a widget, and beside it HTML and text for where no widget can be shown.

    JupyterLab prefers the widget. nbconvert takes the HTML when the notebook holds no widget state.

    Args:
        widget: The ipywidget or anywidget.
        static: The same to look at and in words.
    """
    # anywidget answers with a pair (data, metadata), ipywidgets with the data alone.
    made: Any = widget._repr_mimebundle_() or {}
    return {**(made[0] if isinstance(made, tuple) else made), **static._repr_mimebundle_()}
