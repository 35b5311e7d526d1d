"""What every field of a form can do: give what was typed, and show a fault where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from course_lib.widgets.look import escape
from course_lib.widgets.messages.values import Path, place


class Field:
    """One field of a form.

    Args:
        widget: What is shown; faults are shown below what it has.
    """

    def __init__(self, widget: Any) -> None:
        self.widget = widget
        self._line: Any = None
        self._press: Callable[[], None] | None = None

    def inner(self) -> Mapping[Any, Field]:
        """Return the fields in it, by what names them in the path of a fault."""
        return {}

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
        if path and (inner := self.inner().get(path[0])) is not None:
            inner.show(path[1:], words)
        else:
            self.say(path, words)

    def say(self, path: Path, words: str) -> None:
        """Show a fault of this field, with its place when that lies deeper than any field in it."""
        if self._line is None:
            self._line = ipywidgets.HTML()
        text = f"{place(path)}: {words}" if path else words
        # An assertive live region: it appears with its text, and a polite one would not be read then.
        self._line.value = (
            f'<div class="tc tcm-fault" role="alert"><span aria-hidden="true">✗</span> {escape(text)}</div>'
        )
        # It is there only while there is a fault, for a form has many fields.
        if self._line not in self.widget.children:
            self.widget.children = (*self.widget.children, self._line)

    def clear(self) -> None:
        """Take shown faults away."""
        if self._line is not None:
            self.widget.children = tuple(child for child in self.widget.children if child is not self._line)
        for inner in self.inner().values():
            inner.clear()

    def on_enter(self, press: Callable[[], None]) -> None:
        """Have something called when the Enter key is pressed in a line of text."""
        self._press = press
        for inner in self.inner().values():
            inner.on_enter(press)

    def rename(self, label: str) -> None:
        """Give it another label."""


def styled(widget: Any, *classes: str) -> Any:
    """Give a widget classes of the panel's stylesheet, and return it."""
    for name in classes:
        widget.add_class(name)
    return widget


class Leaf(Field):
    """A field with one control.

    Args:
        control: The ipywidget.
        read: Returns what was typed; the control's value by default.
    """

    def __init__(self, control: Any, read: Callable[[], Any] | None = None) -> None:
        super().__init__(ipywidgets.VBox([control]))
        self.control = control
        self._read = read or (lambda: control.value)

    def raw(self) -> Any:
        """See `Field.raw`."""
        return self._read()

    def rename(self, label: str) -> None:
        """See `Field.rename`."""
        self.control.description = label

    def on_enter(self, press: Callable[[], None]) -> None:
        """See `Field.on_enter`."""
        if isinstance(self.control, ipywidgets.Text):
            # As `Text.on_submit` does, which is deprecated; its successor, watching the value, knows no keys.
            self.control.on_msg(lambda _, content, __: press() if content.get("event") == "submit" else None)
