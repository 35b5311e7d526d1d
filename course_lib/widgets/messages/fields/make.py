"""From an annotation to the field that fits it."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import ipywidgets
from pydantic import BaseModel

from course_lib.widgets.messages.fields.base import Field, Leaf
from course_lib.widgets.messages.fields.groups import Group, Maybe, Rows
from course_lib.widgets.messages.fields.leaves import json_leaf, leaf_for
from course_lib.widgets.messages.handlers import REQUIRED

_DEEPEST = 4  # a type that contains itself ends as JSON
_LISTS = (list, set, frozenset, Sequence)


def field_for(
    annotation: Any, label: str, default: Any = REQUIRED, *, bare: bool = False, frame: bool = True, depth: int = 0
) -> Field:
    """Return the field for a type.

    Args:
        annotation: As it stands in a signature.
        label: The name of the parameter or of the part.
        default: What it begins with; ``REQUIRED`` for nothing.
        bare: Whether the label is for a screen reader only, because it is to be read elsewhere.
        frame: Whether the parts of a dataclass or a model get a frame with the label.
        depth: How deep it lies in others.
    """
    kind, optional = peel(annotation)
    if optional or default is None:
        begin = REQUIRED if default is None else default
        on = default is not None and default is not REQUIRED
        return Maybe(label, partial(field_for, kind, label, begin, bare=True, depth=depth), on=on)
    if leaf := leaf_for(kind, label, default):
        return _bared(leaf, bare)
    if depth < _DEEPEST:
        if (item := _item(kind)) is not None:
            items = list(default) if isinstance(default, list | tuple | set | frozenset) else []
            return Rows(label, partial(field_for, item, bare=True, depth=depth + 1), items, bare=bare)
        if (parts := list(_parts(kind, default))) or _is_record(kind):
            fields = {key: field_for(hint, name, begin, depth=depth + 1) for key, name, hint, begin in parts}
            return Group(fields, label if frame and not bare else "", frame=frame)
    return _bared(json_leaf(label, default), bare)


def peel(annotation: Any) -> tuple[Any, bool]:
    """Return a type without ``Annotated``, ``NewType`` and ``Optional``, and whether None is allowed.

    Args:
        annotation: As it stands in a signature.
    """
    if get_origin(annotation) is Annotated:
        return peel(get_args(annotation)[0])
    if isinstance(annotation, NewType):
        return peel(annotation.__supertype__)
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [arg for arg in get_args(annotation) if arg is not types.NoneType]
        if len(rest) == 1:
            return peel(rest[0])[0], len(rest) < len(get_args(annotation))
    if value := getattr(annotation, "__value__", None):  # `type Cents = int` of Python 3.12
        return peel(value)
    return annotation, False


def _bared(leaf: Leaf, bare: bool) -> Leaf:
    if bare and not isinstance(leaf.control, ipywidgets.Checkbox):
        leaf.control.add_class("tcm-bare")
    return leaf


def _item(kind: Any) -> Any:
    """Return the type of a list's items, None when it is no list."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return args[0]
    if origin in _LISTS and len(args) == 1:
        return args[0]
    return None


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel))


def _parts(kind: Any, default: Any) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield the parts of a record: the key that its type expects, the name, the type and the default."""
    if not _is_record(kind):
        return
    have = isinstance(default, kind)
    if issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
            begin = getattr(default, name) if have else _first(info.default, info.default_factory)
            yield alias or name, name, info.annotation, begin
        return
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception:  # an annotation that cannot be evaluated
        hints = {}
    for part in dataclasses.fields(kind):
        if part.init:
            begin = getattr(default, part.name) if have else _first(part.default, part.default_factory)
            yield part.name, part.name, hints.get(part.name, Any), begin


def _first(default: Any, factory: Any) -> Any:
    """Return the value that a part has when nobody gives one."""
    if callable(factory):
        try:
            return factory()
        except Exception:  # pydantic allows factories that need the other fields
            return REQUIRED
    missing = default is dataclasses.MISSING or type(default).__name__ == "PydanticUndefinedType"
    return REQUIRED if missing else default
