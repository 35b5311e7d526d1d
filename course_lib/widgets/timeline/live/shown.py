"""Which cell shows what, so that a live view ends when its cell runs again."""

from __future__ import annotations

import weakref
from typing import Any, Protocol

from IPython.core.getipython import get_ipython


class Closing(Protocol):
    """What can be ended."""

    def close(self) -> None:
        """End it; a second call does nothing."""


_shown: dict[str, list[weakref.ref[Any]]] = {}


def note(view: Closing) -> None:
    """Remember that the cell that runs now shows a view; when it runs again, the view is closed.

    A view that several cells show ends with the first of them that runs again: the others then have its last picture.

    Args:
        view: What is shown; it is held weakly.
    """
    if (shell := get_ipython()) is None:
        return
    if _before_cell not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _before_cell)
    # JupyterLab and Notebook name the cell in the request; without a name the view lives as long as the kernel.
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    if cell := (parent or {}).get("metadata", {}).get("cellId"):
        views = [ref for ref in _shown.get(cell, []) if ref() is not None]
        _shown[cell] = [*views, weakref.ref(view)]


def _before_cell(info: Any) -> None:
    for ref in _shown.pop(getattr(info, "cell_id", None) or "", []):
        if (view := ref()) is not None:
            view.close()
