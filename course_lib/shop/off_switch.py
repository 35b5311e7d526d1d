"""A fault that a person is to turn off, as something that `Lab.your_turn` can wait for and press."""

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.shop.switches import Faults

_LOOK = 0.2  # seconds between two looks at the switches


class OffSwitch:
    """What an ``ipywidgets.Button`` is to a panel: pressed when the fault is off, whoever turned it off, and where.

    The shop knows of no widgets, and a fault panel of the page has no button objects. So this one looks at the shop.

    Args:
        faults: The switches.
        kind: The method that turned it on, for example ``"outage"``.
        service: Which service.
    """

    def __init__(self, faults: "Faults", kind: str, service: str) -> None:
        self.kind, self.service = kind, service
        self.description = f"{service}: {kind.replace('_', ' ').capitalize()}"
        self._faults = faults
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
        self._faults.off(self.kind, self.service)

    def _watch(self, callback: Callable[[Any], None], ended: threading.Event) -> None:
        while not ended.wait(_LOOK):
            with contextlib.suppress(CourseError):  # a shop that was stopped meanwhile may be started again
                if not self._on():
                    callback(self)
                    return

    def _on(self) -> bool:
        on = self._faults.current()
        return bool(((on["kind"] == self.kind) & (on["service"] == self.service)).any())
