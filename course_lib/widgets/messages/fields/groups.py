"""Fields made of fields: the parts of a dataclass or a model, a value that may be absent, the rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ipywidgets

from course_lib.widgets.look import escape
from course_lib.widgets.messages.fields.base import Field, styled
from course_lib.widgets.messages.handlers import REQUIRED
from course_lib.widgets.messages.values import Fault, Faulty, Path


def _label(text: str) -> Any:
    return ipywidgets.HTML(f'<span class="tcm-label">{escape(text)}</span>')


class Group(Field):
    """The parts of a dataclass or of a pydantic model, beside each other as far as there is room.

    Args:
        parts: By the names under which the type expects them.
        label: Stands above them; may be empty.
        frame: Whether a line holds them together; the only argument of a handler needs none.
    """

    def __init__(self, parts: Mapping[str, Field], label: str = "", *, frame: bool = True) -> None:
        self.parts = dict(parts)
        box = styled(ipywidgets.Box([part.widget for part in self.parts.values()]), "tcm-fields")
        super().__init__(styled(ipywidgets.VBox([_label(label), box] if label else [box]), *["tcm-group"] * frame))

    def inner(self) -> Mapping[Any, Field]:
        """See `Field.inner`."""
        return self.parts

    def raw(self) -> dict[str, Any]:
        """See `Field.raw`."""
        return dict(gather((name, part) for name, part in self.parts.items()))


class Maybe(Field):
    """A value that may be absent: a box to tick, and the field beside it while it is ticked.

    Args:
        label: What stands beside the box.
        make: Makes the field, when it is first needed.
        on: Whether it is there at the beginning.
    """

    def __init__(self, label: str, make: Callable[[], Field], on: bool) -> None:
        self._make = make
        self._field: Field | None = None
        self.tick = ipywidgets.Checkbox(
            value=on, description=label, indent=False, tooltip="None while it is not ticked"
        )
        super().__init__(styled(ipywidgets.Box([self.tick]), "tcm-fields"))
        self.tick.observe(lambda _: self._lay_out(), "value")
        self._lay_out()

    @property
    def field(self) -> Field:
        """The field behind the box."""
        if self._field is None:
            self._field = self._make()
            if self._press is not None:
                self._field.on_enter(self._press)
        return self._field

    def _lay_out(self) -> None:
        self.widget.children = (self.tick, self.field.widget) if self.tick.value else (self.tick,)

    def raw(self) -> Any:
        """See `Field.raw`."""
        return self.field.raw() if self.tick.value else None

    def inner(self) -> Mapping[Any, Field]:
        """See `Field.inner`."""
        return {"": self._field} if self._field is not None else {}

    def show(self, path: Path, words: str) -> None:
        """See `Field.show`."""
        (self.field.show if self.tick.value else self.say)(path, words)


class Rows(Field):
    """A list: a row for each item, with a button to add one and one in each row to remove it.

    Args:
        label: The list's name.
        make: Makes the field of an item, from its label, which is not to be seen, and its default.
        begin: The items at the beginning.
        bare: Whether the name is for a screen reader only.
    """

    def __init__(self, label: str, make: Callable[[str, Any], Field], begin: list[Any], *, bare: bool = False) -> None:
        self._label = label
        self._make = make
        self._rows: list[tuple[Field, Any]] = []
        self.add_button = styled(ipywidgets.Button(description="Add", tooltip=f"Add a row to {label}"), "tcm-small")
        self.add_button.on_click(lambda _: self.add())
        self._box = ipywidgets.VBox([])
        head = styled(ipywidgets.HBox([self.add_button] if bare else [_label(label), self.add_button]), "tcm-row")
        super().__init__(styled(ipywidgets.VBox([head, self._box]), "tcm-group"))
        for item in begin:
            self.add(item)

    @property
    def fields(self) -> list[Field]:
        """The fields of the items."""
        return [field for field, _ in self._rows]

    def add(self, item: Any = REQUIRED) -> Field:
        """Add a row, as its button does, and return its field.

        Args:
            item: What it begins with.
        """
        field = self._make(self._label, item)
        if self._press is not None:
            field.on_enter(self._press)
        remove = styled(ipywidgets.Button(description="Remove"), "tcm-small")
        row = ipywidgets.HBox([field.widget, remove])
        remove.on_click(lambda _: self._remove(field))
        self._rows.append((field, row))
        self._lay_out()
        return field

    def _remove(self, field: Field) -> None:
        self._rows = [row for row in self._rows if row[0] is not field]
        self._lay_out()

    def _lay_out(self) -> None:
        for number, (field, row) in enumerate(self._rows, 1):
            field.rename(f"{self._label} {number}")
            row.children[-1].tooltip = f"Remove {self._label} {number}"
        self._box.children = tuple(row for _, row in self._rows)

    def raw(self) -> list[Any]:
        """See `Field.raw`."""
        return [value for _, value in gather(enumerate(self.fields))]

    def inner(self) -> Mapping[Any, Field]:
        """See `Field.inner`."""
        return dict(enumerate(self.fields))


def gather(fields: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each field's key and what was typed in it.

    Args:
        fields: Pairs of a key and a field.

    Raises:
        Faulty: With the faults of all fields, after the last one was read.
    """
    faults: list[Fault] = []
    for key, field in fields:
        try:
            value = field.raw()
        except Faulty as error:
            faults += [Fault((key, *fault.path), fault.words) for fault in error.faults]
        else:
            if value is not REQUIRED:
                yield key, value
            elif isinstance(key, int):
                faults.append(Fault((key,), "this is needed"))
            # Else an empty JSON field of a record: pydantic says that it is missing, or takes the default.
    if faults:
        raise Faulty(faults)
