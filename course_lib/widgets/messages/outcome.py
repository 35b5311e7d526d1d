"""What became of a message, as a card shows it and as code gets it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pprint import pformat
from typing import Any, Literal

State = Literal["working", "sent", "answered", "accepted", "completed", "rejected", "failed"]

# Icon and tone stand beside the words, which say it all.
_SIGNS: dict[str, tuple[str, str]] = {
    "working": ("◌", "wait"),
    "sent": ("✓", "ok"),
    "answered": ("✓", "ok"),
    "accepted": ("◌", "warn"),
    "completed": ("✓", "ok"),
    "rejected": ("✗", "bad"),
    "failed": ("!", "bad"),
}
_MOST = 4000  # characters of a value: enough to read, little enough for a page


@dataclass(frozen=True)
class Outcome:
    """What became of one message.

    Args:
        state: How far it came.
        words: The same in words, for example ``"sent at 12:00:01, event 7"``.
        event: The number of its event in the history; None when there is none, or it was not found in time.
        value: What a query or an update returned.
        has_value: Whether ``value`` is one.
        at: When, in seconds of the system's clock.
    """

    state: State
    words: str
    event: int | None = None
    value: Any = None
    has_value: bool = False
    at: float = field(default_factory=time.time)

    @property
    def icon(self) -> str:
        """Its icon."""
        return _SIGNS[self.state][0]

    @property
    def tone(self) -> str:
        """The name of its colour."""
        return _SIGNS[self.state][1]

    def text(self) -> str:
        """Return it as lines of text."""
        line = f"{self.icon} {self.words}"
        return f"{line}\n{pretty(self.value)}" if self.has_value else line

    def __repr__(self) -> str:
        return self.text()


def pretty(value: Any) -> str:
    """Return a value as Python writes it, over several lines when it is long.

    Args:
        value: Anything.
    """
    try:
        text = pformat(value, width=100, sort_dicts=False)
    except Exception as error:  # a __repr__ of the learner's
        text = f"<{type(value).__name__}; its repr raised {type(error).__name__}: {error}>"
    return text if len(text) <= _MOST else f"{text[:_MOST]}… ({len(text):,} characters)"


def clock(at: float | None = None) -> str:
    """Return a time of day, for example ``12:00:01``.

    Args:
        at: Seconds of the system's clock; now without it.
    """
    return time.strftime("%H:%M:%S", time.localtime(at))
