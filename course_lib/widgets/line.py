"""One line in a cell's output that can be replaced."""

import html
from typing import Any

from IPython.display import display


class Line:
    """A line of progress: each new text takes the place of the one before.

    A ``display_id`` is used, not a widget, so that executed notebooks keep the last line.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, text: str) -> None:
        """Show a text; an empty one takes the line away if it was shown."""
        if self._handle is None and not text:
            return
        shown = f'<div role="status" style="white-space: pre-line">{html.escape(text)}</div>' if text else ""
        data = {"text/plain": text, "text/html": shown}
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(data, raw=True)
