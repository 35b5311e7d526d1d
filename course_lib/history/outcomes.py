"""What an event carries and how something ended, as a reader would say it on one line."""

from __future__ import annotations

from typing import Any

from course_lib.history.payloads import SHOWN, preview
from course_lib.history.rules import RULES


def detail(attributes: Any) -> str:
    """Return an event's payloads and texts, cut.

    Args:
        attributes: The event's attributes.
    """
    for path in ("input", "request", "details"):
        if (payloads := getattr(getattr(attributes, path, None), "payloads", None)) is not None:
            return preview(payloads)
    for path, name in (("search_attributes", "indexed_fields"), ("upserted_memo", "fields")):
        if (fields := getattr(getattr(attributes, path, None), name, None)) is not None:
            return "; ".join(f"{key} {preview([value])}" for key, value in fields.items())[:SHOWN]
    texts = [getattr(attributes, name, "") for name in ("reason", "cause", "identity")]
    return next((text[:SHOWN] for text in texts if isinstance(text, str) and text), "")


def outcome(type: str, attributes: Any) -> str:
    """Return how something ended: its result or its failure.

    Args:
        type: The type of the event that ended it.
        attributes: The event's attributes.
    """
    rule = RULES.get(type)
    if rule is not None and rule.failure is not None and (text := rule.failure(attributes)):
        return str(text)
    if (result := getattr(attributes, "result", None)) is None:
        return ""
    shown = preview(getattr(result, "payloads", [result]))
    return f"result {shown}" if shown else ""
