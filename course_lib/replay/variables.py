"""A workflow's variables as texts: those of its object (``self.status``) and the local ones of its run method."""

from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from course_lib.private.sdk import workflow_object
from course_lib.replay.rendering import attributes, is_scalar, show

_MOST = 60  # variables


class State:
    """Reads the variables of one workflow instance.

    Args:
        impl: The SDK's instance inside the sandbox.
    """

    def __init__(self, impl: Any) -> None:
        self._impl = impl
        self._last: dict[str, str] = {}
        self._scalars: dict[str, tuple[object, str]] = {}

    def now(self, frame: FrameType | None) -> Mapping[str, str]:
        """Return each variable's text; the same mapping as before when nothing changed, so that steps share it.

        Args:
            frame: The run method's frame; None before it began.
        """
        found: dict[str, str] = {}
        for name, value in self._variables(frame):
            if is_scalar(value):
                known = self._scalars.get(name)
                if known is None or known[0] is not value:
                    known = self._scalars[name] = (value, show(value))
                found[name] = known[1]
            else:
                # The same text object as before, if it is equal: thousands of steps hold it.
                text = show(value)
                found[name] = before if (before := self._last.get(name)) == text else text
        if found != self._last:
            self._last = found
        return self._last

    def _variables(self, frame: FrameType | None) -> Iterator[tuple[str, object]]:
        target = workflow_object(self._impl)
        if target is not None:
            for position, (name, value) in enumerate(attributes(target).items()):
                if position == _MOST:
                    break
                yield f"self.{name}", value
        if frame is not None:
            for position, (name, value) in enumerate(frame.f_locals.items()):
                if position == _MOST:
                    break
                if value is not target and not name.startswith("__"):  # super() keeps the class in a local variable
                    yield name, value

    def fingerprint(self) -> str:
        """Return the object's variables in much more detail, to compare before and after a query."""
        target = workflow_object(self._impl)
        return show(target, 200_000, depth=12, nodes=3000) if target is not None else ""
