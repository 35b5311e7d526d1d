"""What every field of a form can do: give what was typed, and show a fault where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from course_lib.widgets.look import escape
from course_lib.widgets.messages.values import Path, place


class Field:
    """One field of a form.

    Attributes:
        widget: What is shown.
    """

    widget: Any

    def raw(self) -> Any:
        """Return what was typed, as texts, numbers, lists and dictionaries.

        Raises:
            Faulty: It cannot even be read, for example as JSON.
        """
        raise NotImplementedError

    def show(self, path: Path, words: str) -> None:
        """Show a fault.

        Args:
            path: Where it belongs, seen from this field.
            words: What is wrong.
        """
        raise NotImplementedError

    def clear(self) -> None:
        """Take shown faults away."""
        raise NotImplementedError

    def on_enter(self, press: Callable[[], None]) -> None:
        """Have something called when the Enter key is pressed in a line of text."""

    def rename(self, label: str) -> None:
        """Give it another label."""


def styled(widget: Any, *classes: str) -> Any:
    """Give a widget classes of the panel's stylesheet, and return it."""
    for name in classes:
        widget.add_class(name)
    return widget


class FaultLine:
    """A line below a field; it is there only while there is a fault, for a form has many fields."""

    def __init__(self, box: Any) -> None:
        self._box = box
        self._line: Any = None

    def say(self, path: Path, words: str) -> None:
        """Show a fault, with its place when that lies deeper than the field."""
        if self._line is None:
            self._line = ipywidgets.HTML()
        text = f"{place(path)}: {words}" if path else words
        # An assertive live region: it appears with its text, and a polite one would not be read then.
        self._line.value = (
            f'<div class="tc tcm-fault" role="alert"><span aria-hidden="true">✗</span> {escape(text)}</div>'
        )
        if self._line not in self._box.children:
            self._box.children = (*self._box.children, self._line)

    def clear(self) -> None:
        """Take it away."""
        if self._line is not None and self._line in self._box.children:
            self._box.children = tuple(child for child in self._box.children if child is not self._line)


class Leaf(Field):
    """A field with one control.

    Args:
        control: The ipywidget.
        read: Returns what was typed; the control's value by default.
    """

    def __init__(self, control: Any, read: Callable[[], Any] | None = None) -> None:
        self.control = control
        self._read = read or (lambda: control.value)
        self.widget = ipywidgets.VBox([control])
        self._fault = FaultLine(self.widget)

    def raw(self) -> Any:
        """See `Field.raw`."""
        return self._read()

    def show(self, path: Path, words: str) -> None:
        """See `Field.show`."""
        self._fault.say(path, words)

    def clear(self) -> None:
        """See `Field.clear`."""
        self._fault.clear()

    def rename(self, label: str) -> None:
        """See `Field.rename`."""
        self.control.description = label

    def on_enter(self, press: Callable[[], None]) -> None:
        """See `Field.on_enter`."""
        if isinstance(self.control, ipywidgets.Text):
            # As `Text.on_submit` does, which is deprecated; its successor, watching the value, knows no keys.
            self.control.on_msg(lambda _, content, __: press() if content.get("event") == "submit" else None)
