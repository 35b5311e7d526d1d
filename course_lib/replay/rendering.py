"""A value as a short text, without running any code of the learner.

A variable is shown after each step, in the thread that replays. The learner's own ``__repr__`` is never called there:
it may be slow, huge or endless, change the workflow, or issue a command. What is shown is built from the value's parts,
and equals ``repr`` for Python's own types and for dataclasses.
"""

import asyncio
import collections
import datetime
import decimal
import enum
import fractions
import pathlib
import types
import uuid
import zoneinfo
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from course_lib.private.sdk import asked_for

SHOWN = 400  # characters of one variable
_ITEMS = 12  # of one container: the first ones, and the last two, where appends are seen
_TAIL = 2
_PLAIN_TZ = (datetime.timezone, zoneinfo.ZoneInfo, type(None))


def show(value: object, limit: int = SHOWN, *, depth: int = 4, nodes: int = 120) -> str:
    """Return a value as text.

    Args:
        value: Anything; its own methods are not called.
        limit: The most characters.
        depth: How many containers deep it looks.
        nodes: How many values it looks at.
    """
    kind = type(value)
    if kind is str or kind in _SCALARS:  # nearly always
        return _cut(_EXACT[kind](value, limit), limit)
    return _cut(_Look(limit, nodes).text(value, depth), limit)


def attributes(value: object) -> dict[str, Any]:
    """Return an object's own ``__dict__``, whatever its class says about it; empty when there is none."""
    for base in type.__getattribute__(type(value), "__mro__"):
        found = type.__getattribute__(base, "__dict__").get("__dict__")
        if type(found) is types.GetSetDescriptorType:
            return dict(found.__get__(value))
    return {}


def is_scalar(value: object) -> bool:
    """Return whether a value can never change: equal identity means equal text."""
    return type(value) in _SCALARS or type(value) is str


def _cut(text: str, limit: int) -> str:
    # In the middle: a list's end says how long it is, and shows what was appended.
    return text if len(text) <= limit else f"{text[: limit - limit // 4 - 3]} … {text[-(limit // 4) :]}"


def _string(value: Any, limit: int) -> str:
    length = str.__len__(value)
    if length <= limit:
        return str.__repr__(value)
    return f"{str.__repr__(str.__getitem__(value, slice(0, limit)))[: limit - 30]}… ({length:,} characters)"


def _bytes(value: Any, limit: int) -> str:
    length = len(value)
    if length * 2 <= limit:
        return repr(bytes(value))
    return f"{bytes(value[: limit // 4])!r}… ({length:,} bytes)"


def _integer(value: Any, _limit: int) -> str:
    # Python refuses to write integers of more than 4,300 digits, and takes its time for shorter ones.
    bits = int.bit_length(value)
    return int.__repr__(value) if bits < 4000 else f"<an integer of {bits:,} bits>"


def _datetime(value: Any, _limit: int) -> str:
    if type(datetime.datetime.tzinfo.__get__(value)) not in _PLAIN_TZ:  # a learner's own time zone would be called
        value = datetime.datetime.replace(value, tzinfo=None)
    return datetime.datetime.isoformat(value, sep=" ")


_Text = Callable[[Any, int], str]
_SCALARS: dict[type, _Text] = {
    bool: lambda value, _: repr(value),
    type(None): lambda *_: "None",
    int: _integer,
    float: lambda value, _: float.__repr__(value),
    complex: lambda value, _: complex.__repr__(value),
    bytes: _bytes,
}
_EXACT: dict[type, _Text] = {
    **_SCALARS,
    str: _string,
    bytearray: _bytes,
    datetime.datetime: _datetime,
    datetime.date: lambda value, _: datetime.date.isoformat(value),
    datetime.time: lambda value, _: datetime.time.replace(value, tzinfo=None).isoformat(),
    datetime.timedelta: lambda value, _: datetime.timedelta.__str__(value),
    decimal.Decimal: lambda value, _: decimal.Decimal.__repr__(value),
    fractions.Fraction: lambda value, _: f"{value.numerator}/{value.denominator}",
    uuid.UUID: lambda value, _: f"UUID('{uuid.UUID.__str__(value)}')",
    asyncio.Lock: lambda value, _: f"<Lock, {'locked' if asyncio.Lock.locked(value) else 'free'}>",
    asyncio.Event: lambda value, _: f"<Event, {'set' if asyncio.Event.is_set(value) else 'not set'}>",
    range: lambda value, _: range.__repr__(value),
}
# Subclasses are looked at as what they are made of; the order matters (bool is an int, datetime a date).
_BASES: tuple[type, ...] = (
    *(str, int, float, bytes, datetime.datetime, datetime.date),
    *(datetime.timedelta, decimal.Decimal),
)
_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}", collections.deque: "[]"}
_UNSEEN = ("asyncio", "_asyncio", "temporalio", "threading", "_thread", "logging")


class _Look:
    """One look at a value; counts what it has looked at."""

    def __init__(self, limit: int, nodes: int) -> None:
        self._limit = limit
        self._left = nodes

    def text(self, value: object, depth: int) -> str:
        self._left -= 1
        kind = type(value)
        try:
            if exact := _EXACT.get(kind):
                return exact(value, self._limit)
            if depth <= 0 or self._left <= 0:
                return "…"
            return self._other(value, kind, depth)
        except Exception:  # a value that is half made, or fights back: its type is all that can be said
            return f"<{_name(kind)}>"

    def _other(self, value: Any, kind: Any, depth: int) -> str:
        name = _name(kind)
        if issubclass(kind, enum.Enum):
            return f"{name}.{attributes(value)['_name_']}"
        if issubclass(kind, dict):
            return self._wrapped(kind, dict, self._mapping(value, depth))
        if issubclass(kind, tuple) and (fields := getattr(kind, "_fields", ())):  # a named tuple
            return f"{name}({self._pairs(zip(fields, tuple.__iter__(value), strict=False), depth)})"
        for base, brackets in _BRACKETS.items():
            if issubclass(kind, base):
                return self._wrapped(kind, base, self._sequence(base, value, brackets, depth))
        for plain in _BASES:
            if issubclass(kind, plain):
                return f"{name}({_EXACT[plain](value, self._limit)})"
        if issubclass(kind, pathlib.PurePath):
            return f"{name}({str(value)!r})"
        if issubclass(kind, BaseException):
            return f"{name}({', '.join(self._each(vars(BaseException)['args'].__get__(value), depth))})"
        if issubclass(kind, type):
            return f"<class {_name(value)}>"
        if issubclass(kind, types.FunctionType | types.MethodType | types.BuiltinFunctionType | types.ModuleType):
            return f"<{name} {value.__name__}>"
        if str(type.__getattribute__(kind, "__module__")).partition(".")[0] in _UNSEEN:
            return _handle(value, name)
        return self._object(value, kind, name, depth)

    def _object(self, value: object, kind: type, name: str, depth: int) -> str:
        parts: dict[str, Any] = {}
        for base in reversed(type.__getattribute__(kind, "__mro__")):
            slots = vars(base).get("__slots__", ())
            for slot in (slots,) if isinstance(slots, str) else slots:
                if slot in vars(base) and slot not in ("__dict__", "__weakref__"):
                    try:
                        parts[slot] = vars(base)[slot].__get__(value)
                    except AttributeError:  # not set yet
                        continue
        parts |= attributes(value)
        return f"{name}({self._pairs(parts.items(), depth)})" if parts else f"<{name}>"

    def _pairs(self, pairs: Iterable[tuple[str, object]], depth: int) -> str:
        shown = [f"{key}={self.text(value, depth - 1)}" for key, value in islice(pairs, _ITEMS + 1)]
        return ", ".join([*shown[:_ITEMS], "…"] if len(shown) > _ITEMS else shown)

    def _mapping(self, value: Any, depth: int) -> str:
        count = dict.__len__(value)
        shown = islice(dict.items(value), _most(count))
        words = [f"{self.text(key, depth - 1)}: {self.text(entry, depth - 1)}" for key, entry in shown]
        return f"{{{_joined(words, count)}}}"

    def _sequence(self, base: Any, value: Any, brackets: str, depth: int) -> str:
        count = base.__len__(value)
        if not count and base in (set, frozenset):
            return "set()"
        if base in (set, frozenset):
            # The order of a set of texts differs from process to process; small ones are put in order.
            words = self._each(islice(base.__iter__(value), 100), depth)
            return f"{{{_joined(sorted(words)[:_ITEMS], count)}}}"
        words = self._each(islice(base.__iter__(value), _most(count)), depth)
        if base in (list, tuple) and len(words) < count:
            words += self._each(base.__getitem__(value, slice(count - _TAIL, count)), depth)
        comma = "," if base is tuple and count == 1 else ""
        return f"{brackets[0]}{_joined(words, count)}{comma}{brackets[1]}"

    def _each(self, values: Iterable[object], depth: int) -> list[str]:
        return [self.text(value, depth - 1) for value in values]

    @staticmethod
    def _wrapped(kind: type, base: type, text: str) -> str:
        return text if kind in (dict, list, tuple, set) else f"{_name(kind)}({text})"


def _most(count: int) -> int:
    return count if count <= _ITEMS + _TAIL else _ITEMS


def _joined(words: list[str], count: int) -> str:
    if len(words) == count:
        return ", ".join(words)
    return ", ".join([*words[:_ITEMS], "…", *words[_ITEMS:]]) + f" ({count:,} items)"


def _handle(value: Any, name: str) -> str:
    """Return the words for an object of the SDK or of asyncio: a handle says what it is the handle of."""
    asked = asked_for(value) if name.startswith("_") else None
    for word, field in (("activity", "activity"), ("child workflow", "workflow")):
        if isinstance(what := getattr(asked, field, None), str):
            return f"<{word} {what}>"
    return f"<{name.lstrip('_')}>"


def _name(kind: Any) -> str:
    return str(type.__getattribute__(kind, "__name__"))
