"""A fault that a person is to turn off, as something that `Lab.your_turn` can wait for and press."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from course_lib.errors import CourseError

_LOOK = 0.2  # seconds between two looks at the switches


class OffSwitch:
    """What an ``ipywidgets.Button`` is to a panel: pressed when the fault is off, whoever turned it off, and where.

    The shop knows of no widgets, and a fault panel of the page has no button objects. So this one looks at the shop.

    Args:
        description: Its name.
        on: Asks the shop whether it is on.
        off: Turns it off.
    """

    def __init__(self, description: str, on: Callable[[], bool], off: Callable[[], None]) -> None:
        self.description = description
        self._on, self._off = on, off
        self._watches: dict[Callable[[Any], None], threading.Event] = {}

    @property
    def disabled(self) -> bool:
        """Whether the fault is off already."""
        return not self._on()

    def on_click(self, callback: Callable[[Any], None], remove: bool = False) -> None:
        """Call something, from another thread, as soon as the fault is off; as a button's ``on_click``.

        Args:
            callback: Called with this object, once.
            remove: Do not call it any more.
        """
        if remove:
            if ended := self._watches.pop(callback, None):
                ended.set()
            return
        ended = self._watches[callback] = threading.Event()
        threading.Thread(target=self._watch, args=(callback, ended), name="off-switch", daemon=True).start()

    def click(self) -> None:
        """Turn the fault off."""
        self._off()

    def _watch(self, callback: Callable[[Any], None], ended: threading.Event) -> None:
        while not ended.wait(_LOOK):
            with contextlib.suppress(CourseError):  # a shop that was stopped meanwhile may be started again
                if not self._on():
                    callback(self)
                    return
