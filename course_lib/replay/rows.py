"""The events of a history as rows, each with the step that was told of it first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from course_lib.history.failures import failure_text
from course_lib.history.moments import in_words, moment
from course_lib.history.payloads import Decoder, Undecoded
from course_lib.history.reading import attributes, type_name
from course_lib.history.rules import RULES, Rule
from course_lib.replay.model import EventRow
from course_lib.replay.rendering import show

_NOTHING = Rule()
_LARGE = 20_000  # bytes of an event beyond which its payload is not decoded
_SHOWN = 240


def rows(events: Sequence[Any], last: Sequence[int], decoder: Decoder) -> tuple[EventRow, ...]:
    """Return one row per event.

    Args:
        events: The history.
        last: The last event of each step, ascending.
        decoder: Reads payloads.
    """
    names: dict[int, str] = {}
    found = []
    for event in events:
        kind, body = type_name(event.event_type), attributes(event)
        rule = RULES.get(kind, _NOTHING)
        name = str(rule.name(body)) if rule.name is not None and body is not None else ""
        if not name and body is not None:
            answered = next((link for field in rule.links if (link := getattr(body, field, 0))), 0)
            name = names.get(answered, "")
        names[event.event_id] = name
        step = min(bisect_left(last, event.event_id), max(len(last) - 1, 0))
        found.append(
            EventRow(event.event_id, moment(event.event_time), kind, name, _payload(rule, body, decoder), step)
        )
    return tuple(found)


def _payload(rule: Rule, body: Any, decoder: Decoder) -> str:
    if body is None:
        return ""
    if rule.failure is not None and (failure := rule.failure(body)):
        return str(failure)[:_SHOWN]
    if rule.payload is None:
        return ""
    if body.ByteSize() > _LARGE:
        return f"<{body.ByteSize():,} bytes>"
    value = rule.payload(body, decoder)
    if value is None:
        return ""
    if isinstance(value, timedelta):
        return in_words(value)
    return str(value) if isinstance(value, Undecoded) else show(value, _SHOWN)


def ended(kind: str, body: Any) -> str:
    """Return how a run ended, in a few words, from its closing event."""
    if body.HasField("failure") if "failure" in body.DESCRIPTOR.fields_by_name else False:
        return f"{kind}: {failure_text(body.failure)}"
    return f"{kind}: {body.reason}" if getattr(body, "reason", "") else kind
