"""The calendar of 8.3, and what runs inside its child process: the learner's is asked for any day of two years."""

import importlib
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_TELLS = ("UTC", "Asia/Tokyo", "America/New_York")  # in which zone a moment is told
_FIRST = datetime(2027, 1, 1, 12, tzinfo=UTC)
_DAYS = 730


def next_monday(after: datetime, zone: str) -> datetime:
    """Return the first Monday, 9:00 in a zone, that is later than a moment, in UTC.

    Args:
        after: The moment.
        zone: The zone's name.
    """
    day = after.astimezone(ZoneInfo(zone)).date()
    for days in range(9):
        found = datetime.combine(day + timedelta(days=days), time(9), ZoneInfo(zone)).astimezone(UTC)
        if found > after and (day + timedelta(days=days)).weekday() == 0:
            return found
    raise AssertionError("nine days without a Monday")


def ask(module: str, name: str, zones: list[str]) -> list[dict[str, Any]]:
    """Ask the learner's function, and return for each zone what is wrong.

    Args:
        module: The learner's module.
        name: The function.
        zones: Names of zones.

    Returns:
        For each: ``asked``, ``odd`` (a moment, and what it said that is no time in UTC), ``wrong`` (the same for
        another time than the right one), ``count`` of the wrong ones.
    """
    function = getattr(importlib.import_module(module), name)
    return [_asked(function, zone) for zone in zones]


def _asked(function: Any, zone: str) -> dict[str, Any]:
    moments = [_FIRST + timedelta(days=day, hours=5 * day % 24) for day in range(_DAYS)]
    # Around each Monday at nine: the very moment is not later than itself.
    moments += [
        at + timedelta(seconds=more) for at in sorted({next_monday(at, zone) for at in moments}) for more in (-1, 0, 1)
    ]
    odd, wrong = [], []
    for number, at in enumerate(moments):
        said = _told(function, at.astimezone(ZoneInfo(_TELLS[number % len(_TELLS)])), zone)
        if not isinstance(said, datetime) or said.utcoffset() != timedelta(0):
            odd.append([at.isoformat(), said.isoformat() if isinstance(said, datetime) else said])
        elif said != next_monday(at, zone):
            wrong.append([at.isoformat(), said.isoformat()])
    return {"asked": len(moments), "odd": odd[:1], "wrong": wrong[:1], "count": len(wrong)}


def _told(function: Any, at: datetime, zone: str) -> datetime | str:
    try:
        said = function(at, zone)
    except Exception as error:
        return f"!{type(error).__name__}: {str(error)[:160]}"
    return said if isinstance(said, datetime) else f"!returned {said!r}"[:200]
