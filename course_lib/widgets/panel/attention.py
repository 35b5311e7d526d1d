"""Whether a person can see a panel now: what costs something is worth it only then."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

# The page says it again every 30 s while it is so (attention.js); one that was closed just falls silent.
_LASTS = 75.0


class Attention(anywidget.AnyWidget):
    """Put it into a panel; it shows nothing.

    Args:
        changed: Called, on the kernel's loop, when somebody begins or ceases to see the panel.
    """

    _esm = Path(__file__).with_name("attention.js")

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed
        self._views: dict[str, float] = {}
        self.on_msg(self._hear)

    @property
    def seen(self) -> bool:
        """Whether somebody sees the panel."""
        return any(until > time.monotonic() for until in list(self._views.values()))

    def _hear(self, _: Any, content: dict[str, Any], __: Any) -> None:
        before = self.seen
        now = time.monotonic()
        self._views = {view: until for view, until in self._views.items() if until > now}
        if content.get("seen"):
            self._views[str(content.get("view"))] = now + _LASTS
        else:
            self._views.pop(str(content.get("view")), None)
        if self.seen != before:
            self._changed()
