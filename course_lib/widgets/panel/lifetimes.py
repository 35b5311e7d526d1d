"""Which cell shows what: a live view lives as long as its output, and ends when its cell runs again."""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from IPython.core.getipython import get_ipython


class Closing(Protocol):
    """What can be ended."""

    def close(self) -> None:
        """End it; a second call does nothing."""


# A cell that was deleted never runs again: beyond so many views the oldest end.
_MOST = 100

_shown: deque[tuple[str, Closing]] = deque()


def note(view: Closing) -> None:
    """Keep a view alive that the cell which runs now shows, until that cell runs again; then it is closed.

    A view that several cells show ends with the first of them that runs again.

    Args:
        view: What is shown.
    """
    if (shell := get_ipython()) is None:
        return
    if _before_cell not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _before_cell)
    # JupyterLab, Notebook and VS Code name the cell in the request. `display(lab.timeline(…))` is held by nobody else.
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell = (parent or {}).get("metadata", {}).get("cellId") or ""
    if (cell, view) not in _shown:
        _shown.append((cell, view))
    while len(_shown) > _MOST:
        _shown.popleft()[1].close()


def _before_cell(info: Any) -> None:
    cell = getattr(info, "cell_id", None)
    for entry in [entry for entry in _shown if cell and entry[0] == cell]:
        _shown.remove(entry)
        entry[1].close()
