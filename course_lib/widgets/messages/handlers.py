"""What a workflow can be sent: its signal, query and update handlers, with their parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_type_hints

from temporalio.api.sdk.v1 import WorkflowMetadata

from course_lib.private.sdk import definition
from course_lib.widgets.messages.values import Converter

Kind = Literal["signal", "query", "update"]
KINDS: tuple[Kind, ...] = ("signal", "query", "update")

REQUIRED: Any = inspect.Parameter.empty
"""The default of a parameter that has none."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a handler.

    Args:
        name: As in the handler's signature.
        annotation: Its type; ``Any`` when the signature does not say.
        default: Its default; ``REQUIRED`` when it has none.
    """

    name: str
    annotation: Any
    default: Any = REQUIRED

    @cached_property
    def converter(self) -> Converter:
        """Checks what was typed for it, and makes its value."""
        return Converter(self.annotation)

    def words(self) -> str:
        """Return it as it stands in a signature, for example ``level: int = 1``."""
        if self.annotation is Any:
            kind = ""
        else:
            kind = f": {inspect.formatannotation(self.annotation).rpartition('__main__.')[2]}"
        # The module of a cell's class, orders__r3, says nothing to its author.
        module = getattr(self.annotation, "__module__", "")
        kind = kind.replace(f"{module}.", "")
        return f"{self.name}{kind}" + ("" if self.default is REQUIRED else f" = {self.default!r}")


@dataclass(frozen=True)
class Handler:
    """One handler.

    Args:
        kind: What it handles.
        name: The name by which it is called; None for a dynamic handler, which takes every name without one.
        parameters: In the order of its signature.
        help: Its description, else the first paragraph of its docstring; may be empty.
        result: The type of what it returns; None when that is unknown.
        validated: Whether an update has a validator.
        loose: Whether its parameters are unknown, so that any one JSON value may be sent.
    """

    kind: Kind
    name: str | None
    parameters: tuple[Parameter, ...] = ()
    help: str = ""
    result: Any = None
    validated: bool = False
    loose: bool = False

    @property
    def label(self) -> str:
        """Its name for a person."""
        return self.name or "any other name"

    def signature(self) -> str:
        """Return it as a call, for example ``approve(by: str, level: int = 1)``."""
        inner = "…" if self.loose else ", ".join(parameter.words() for parameter in self.parameters)
        return f"{self.label}({inner})"


def handlers_of(cls: type) -> list[Handler]:
    """Return the handlers of a workflow class: signals, queries, updates, each in the order of the source.

    Args:
        cls: A class with ``@workflow.defn``.

    Raises:
        ValueError: It is not decorated.
    """
    if (made := definition(cls)) is None:
        raise ValueError(f"{cls} is no workflow class")
    groups: tuple[tuple[Kind, Iterable[Any]], ...] = (
        ("signal", made.signals.values()),
        ("query", made.queries.values()),
        ("update", made.updates.values()),
    )
    return [
        _handler(kind, found)
        for kind, definitions in groups
        for found in sorted(definitions, key=_place)
        if not (found.name or "").startswith("__")
    ]


def handlers_in(metadata: WorkflowMetadata) -> list[Handler]:
    """Return what a Worker tells about a workflow whose class is not at hand: names and descriptions only.

    Args:
        metadata: The answer to the query ``__temporal_workflow_metadata``.
    """
    return [
        Handler(kind, item.name or None, help=item.description, loose=True)
        for kind in KINDS
        for item in getattr(metadata.definition, f"{kind}_definitions")
        if not item.name.startswith("__")
    ]


def _place(definition: Any) -> tuple[bool, int]:
    code = getattr(definition.fn, "__code__", None)
    return definition.name is None, code.co_firstlineno if code else 0  # dynamic ones last


def _handler(kind: Kind, definition: Any) -> Handler:
    return Handler(
        kind,
        definition.name,
        () if definition.name is None else tuple(_parameters(definition.fn)),
        _help(definition),
        getattr(definition, "ret_type", None),
        validated=getattr(definition, "validator", None) is not None,
        loose=definition.name is None,
    )


def _help(definition: Any) -> str:
    text = definition.description or inspect.getdoc(definition.fn) or ""
    return " ".join(text.strip().split("\n\n")[0].split())


def _parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    try:
        # With the extras: `Annotated[int, Field(gt=0)]` is how pydantic limits a number.
        hints = get_type_hints(function, include_extras=True)
    except Exception:  # an annotation that cannot be evaluated: the Worker would take any JSON, too
        hints = {}
    for number, parameter in enumerate(inspect.signature(function).parameters.values()):
        if number or parameter.name != "self":
            yield Parameter(parameter.name, hints.get(parameter.name, Any), parameter.default)
