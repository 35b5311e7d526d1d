"""What was typed becomes a value of the annotated type, or a fault in words with the place where it belongs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, PydanticUserError, TypeAdapter, ValidationError
from temporalio.converter import value_to_type

Path = tuple[str | int, ...]

# pydantic's own words name Python's insides ("unable to parse string as an integer"); these say what to type.
_WORDS = {
    "int_parsing": "type a whole number, for example 3",
    "int_type": "type a whole number, for example 3",
    "int_from_float": "type a whole number, for example 3",
    "float_parsing": "type a number, for example 2.5",
    "float_type": "type a number, for example 2.5",
    "decimal_parsing": "type a number, for example 2.50",
    "date_type": "choose a date",
    "date_from_datetime_parsing": "choose a date",
    "datetime_type": "choose a date and a time",
    "time_type": "choose a time",
    "time_delta_type": "type a duration, for example 30 s, 1 h 30 min or 2 days",
    "time_delta_parsing": "type a duration, for example 30 s, 1 h 30 min or 2 days",
    "uuid_parsing": "type a UUID, for example 6f1c2d3e-0000-4000-8000-000000000000",
    "missing": "this is needed",
    "string_type": "this must be text",
    "timezone_naive": "choose a time without a time zone",
}


@dataclass(frozen=True)
class Fault:
    """Something that cannot be sent as it was typed.

    Args:
        path: Names of fields and numbers of rows, from the outermost inwards; empty for the value itself.
        words: What is wrong.
    """

    path: Path
    words: str

    def __str__(self) -> str:
        return f"{place(self.path)}: {self.words}" if self.path else self.words


class Faulty(Exception):
    """What was typed is no value of its type.

    Args:
        faults: At least one.
    """

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class Converter:
    """Turns what was typed into values of one type.

    pydantic does the work. What it does not know is converted as a Worker converts it: by Temporal's JSON converter.

    Args:
        annotation: The type, as it stands in a signature.
    """

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation
        self._adapter: TypeAdapter[Any] | None
        try:
            self._adapter = TypeAdapter(annotation)
        except (PydanticUserError, NameError, TypeError):  # a class of the learner's that pydantic cannot look into
            self._adapter = None

    def value(self, raw: Any) -> Any:
        """Return the value.

        Args:
            raw: Texts, numbers, lists and dictionaries as forms and JSON have them, or a value of the type itself.

        Raises:
            Faulty: It is no value of the type.
        """
        if self._adapter is None:
            return self._as_a_worker_would(raw)
        try:
            return self._adapter.validate_python(raw)
        except ValidationError as error:
            raise Faulty([Fault(item["loc"], words_for(item)) for item in error.errors()]) from None
        except Exception as error:  # the learner's own __post_init__ or validator
            raise Faulty([Fault((), f"{type(error).__name__}: {error}")]) from None

    def _as_a_worker_would(self, raw: Any) -> Any:
        if isinstance(self.annotation, type) and isinstance(raw, self.annotation):
            return raw
        try:
            return value_to_type(self.annotation, raw)
        except Exception as error:
            raise Faulty([Fault((), f"{type(error).__name__}: {error}")]) from None


def words_for(error: Any) -> str:
    """Return one of pydantic's errors in words.

    Args:
        error: An item of ``ValidationError.errors()``.
    """
    if error["type"] in _WORDS:
        return _WORDS[error["type"]]
    text = str(error["msg"])
    for prefix, put in (("Input should be", "this must be"), ("Value error, ", ""), ("Assertion failed, ", "")):
        if text.startswith(prefix):
            return put + text.removeprefix(prefix)
    return text


def place(path: Path) -> str:
    """Return a path as Python would write it, for example ``lines[2].cents``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def as_json(value: Any) -> str:
    """Return a default value as JSON to be edited; empty when it cannot be written so."""
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    try:
        return json.dumps(TypeAdapter(type(value)).dump_python(value, mode="json"), ensure_ascii=False)
    except Exception:  # a default that is no data: the field begins empty
        return ""
