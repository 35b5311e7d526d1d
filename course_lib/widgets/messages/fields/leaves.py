"""Fields with one control: text, numbers, choices, dates, durations, and JSON for the rest."""

from __future__ import annotations

import contextlib
import enum
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import ipywidgets
from pydantic import TypeAdapter, ValidationError

from course_lib.widgets.messages.fields.base import Leaf
from course_lib.widgets.messages.handlers import REQUIRED
from course_lib.widgets.messages.values import Fault, Faulty, as_json

# Typed as text, checked by pydantic: a number field of the browser silently keeps the old value when it cannot read
# the new one. With a hint and the class for the width.
_TYPED = {
    str: ("", ""),
    int: ("whole number", "tcm-short"),
    float: ("number", "tcm-short"),
    Decimal: ("number", "tcm-short"),
    UUID: ("UUID", "tcm-long"),
    timedelta: ("30 s, 1 h 30 min …", ""),
}
_CHOSEN: dict[type, type] = {
    date: ipywidgets.DatePicker,
    # With a time zone, as `workflow.now()` has one: Python does not compare times with and without.
    datetime: ipywidgets.DatetimePicker,
    time: ipywidgets.TimePicker,
}


def leaf_for(kind: Any, label: str, default: Any) -> Leaf | None:
    """Return a field for a type with one control; None for every other type.

    Args:
        kind: The type.
        label: What stands before the control.
        default: What it begins with; ``REQUIRED`` for nothing.
    """
    if kind is bool:
        return Leaf(ipywidgets.Checkbox(value=default is True, description=label, indent=False))
    if get_origin(kind) is Literal:
        return _choice(label, [(str(value), value) for value in get_args(kind)], default)
    if not isinstance(kind, type):
        return None
    if issubclass(kind, enum.Enum) and not issubclass(kind, enum.Flag) and len(kind):
        return _choice(label, [(member.name, member) for member in kind], default)
    if kind is datetime and isinstance(default, datetime) and default.tzinfo is None:
        return _picker(ipywidgets.NaiveDatetimePicker, label, default)
    if kind in _CHOSEN:
        return _picker(_CHOSEN[kind], label, default)
    if kind in _TYPED:
        return _typed(kind, label, default)
    return None


def json_leaf(label: str, default: Any) -> Leaf:
    """Return a field for any type at all: its JSON.

    Args:
        label: What stands before the control.
        default: What it begins with.
    """
    area = ipywidgets.Textarea(
        value="" if default is REQUIRED else as_json(default),
        description=label,
        placeholder='JSON: {"by": "ada"}, [1, 2], "text" …',
        rows=1,
    )
    return Leaf(area, lambda: read_json(area.value))


def read_json(text: str) -> Any:
    """Return JSON that was typed; ``REQUIRED`` for none.

    Raises:
        Faulty: It is no JSON.
    """
    if not text.strip():
        return REQUIRED
    try:
        return json.loads(text)
    except ValueError as error:
        hint = (
            "" if text.strip()[0] in '{["' else f"; text needs quotes: {json.dumps(text.strip(), ensure_ascii=False)}"
        )
        raise Faulty([Fault((), f"this is no JSON: {error}{hint}")]) from None


def _typed(kind: type, label: str, default: Any) -> Leaf:
    hint, width = _TYPED[kind]
    begin = "" if default is REQUIRED else _duration(default) if isinstance(default, timedelta) else str(default)
    control = ipywidgets.Text(value=begin, description=label, placeholder=hint)
    if width:
        control.add_class(width)
    if kind is str:
        return Leaf(control)
    if kind is timedelta:
        return Leaf(control, lambda: _read_duration(control.value.strip()))
    return Leaf(control, lambda: control.value.strip())


def _choice(label: str, options: list[tuple[str, Any]], default: Any) -> Leaf:
    values = [value for _, value in options]
    begin = values.index(default) if default is not REQUIRED and default in values else 0
    control = ipywidgets.Dropdown(
        options=options, index=begin, description=label
    )  # fmt: skip
    return Leaf(control)


def _picker(picker: type, label: str, default: Any) -> Leaf:
    value = default if isinstance(default, date | time) else None
    if isinstance(value, datetime) and value.tzinfo is None and picker is ipywidgets.DatetimePicker:
        value = value.astimezone()
    return Leaf(picker(value=value, description=label))


def _duration(value: timedelta) -> str:
    return f"{value.total_seconds():g} s"


def _read_duration(text: str) -> Any:
    with contextlib.suppress(ValueError):
        return float(text)  # seconds
    with contextlib.suppress(ValidationError):
        return TypeAdapter(timedelta).validate_python(text)  # ISO 8601, 1:30:00
    import pandas as pd  # takes half a second; it reads what people write: 30 s, 1h 30min, 2 days

    with contextlib.suppress(ValueError):
        return pd.Timedelta(text).to_pytimedelta()
    return text
