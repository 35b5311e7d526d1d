"""The form of one handler: a field for each parameter, and what was typed in them as arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.fields import Field, Leaf, field_for, gather, json_leaf, styled
from course_lib.widgets.messages.handlers import REQUIRED, Handler
from course_lib.widgets.messages.values import Fault, Faulty

_NAME, _ARGUMENT = "name", "argument"  # the fields of a handler whose parameters are not known


class Form:
    """The fields of one handler.

    Args:
        handler: What the form is for.
        desk: Checks what was typed.

    Attributes:
        fields: By the names of the parameters.
        widget: All of them.
    """

    def __init__(self, handler: Handler, desk: Desk) -> None:
        self.handler = handler
        self._desk = desk
        self.fields = self._loose() if handler.loose else self._typed()
        self.widget = styled(ipywidgets.Box([field.widget for field in self.fields.values()]), "tcm-fields")

    def _typed(self) -> dict[str, Field]:
        several = len(self.handler.parameters) > 1
        return {
            parameter.name: field_for(parameter.annotation, parameter.name, parameter.default, frame=several)
            for parameter in self.handler.parameters
        }

    def _loose(self) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        if self.handler.name is None:
            fields[_NAME] = Leaf(ipywidgets.Text(description=_NAME))
        fields[_ARGUMENT] = json_leaf(_ARGUMENT, REQUIRED)
        return fields

    def read(self) -> tuple[str, list[Any]]:
        """Return the message's name and its arguments; faults are shown at their fields.

        Raises:
            Faulty: What was typed cannot be sent.
        """
        for field in self.fields.values():
            field.clear()
        try:
            return self._read()
        except Faulty as error:
            for fault in error.faults:
                self.fields[str(fault.path[0])].show(fault.path[1:], fault.words)
            raise

    def _read(self) -> tuple[str, list[Any]]:
        raw = dict(gather(self.fields.items()))
        if not self.handler.loose:
            values = [raw.get(parameter.name, REQUIRED) for parameter in self.handler.parameters]
            return self.handler.name or "", self._desk.converted(self.handler, values)
        name = self.handler.name or str(raw[_NAME]).strip()
        if not name:
            raise Faulty([Fault((_NAME,), "this is needed")])
        return name, [raw[_ARGUMENT]] if _ARGUMENT in raw else []

    def on_enter(self, press: Callable[[], None]) -> None:
        """Have something called when Enter is pressed in one of its lines of text."""
        for field in self.fields.values():
            field.on_enter(press)
