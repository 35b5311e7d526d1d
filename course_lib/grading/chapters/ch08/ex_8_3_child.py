"""Inside the child process of 8.3: the learner's calendar is asked for many moments."""

import importlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def ask(module: str, name: str, zone: str, moments: list[list[str]]) -> list[str]:
    """Call the learner's function for each moment, and return what it said as text; what it raised begins with "!".

    Args:
        module: The learner's module.
        name: The function.
        zone: The zone's name.
        moments: Each as text in ISO format, in UTC, and the zone in which it is told.
    """
    function = getattr(importlib.import_module(module), name)
    said = [_told(function, datetime.fromisoformat(at).astimezone(ZoneInfo(told)), zone) for at, told in moments]
    # An error is told once: with a thousand of them the answer would be too long for its pipe.
    return [
        text if number == 0 or text not in said[:number] or text[0] != "!" else "!" for number, text in enumerate(said)
    ]


def _told(function: Any, at: datetime, zone: str) -> str:
    try:
        said = function(at, zone)
    except Exception as error:
        return f"!{type(error).__name__}: {str(error)[:160]}"
    return said.isoformat() if isinstance(said, datetime) else f"!returned {said!r}"[:200]
