"""The events that belong to one item of the picture, each with everything that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_lib.history.detail import event_detail
from course_lib.history.reading import attributes, type_name
from course_lib.history.rules import FIRST, RULES
from course_lib.widgets.look import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.api.history.v1 import HistoryEvent

MOST = 12


def related(events: Sequence[HistoryEvent], first: int) -> list[HistoryEvent]:
    """Return an event and those which answer it, in order: scheduled, started, completed.

    Args:
        events: The run's whole history.
        first: The number of the event that began it.
    """
    if not 0 < first <= len(events):
        return []
    return [events[first - 1], *(event for event in events[first:] if first in _links(event))]


def owner(events: Sequence[HistoryEvent], event: int) -> int | None:
    """Return the first event of the item that an event belongs to, None when there is no such event.

    Args:
        events: The run's whole history.
        event: The event's number.
    """
    if not 0 < event <= len(events):
        return None
    links = _links(events[event - 1])
    # What answers several (started, scheduled) belongs to the first of them.
    return min(links) if links else event


def told(events: Sequence[HistoryEvent]) -> list[dict[str, Any]]:
    """Return events as titles and facts, as the panel below a picture shows them.

    Args:
        events: A few; those beyond `MOST` are left out.
    """
    shown = []
    for event in events[:MOST]:
        (_, title), *rest = event_detail(event)
        facts = [[plain(name), plain(text), "tl-code" if _is_code(text) else ""] for name, text in rest]
        shown.append({"id": event.event_id, "title": f"Event {plain(title)}", "facts": facts})
    return shown


def _links(event: HistoryEvent) -> list[int]:
    rule = RULES.get(type_name(event.event_type))
    if rule is None or not rule.links:
        return []
    body = attributes(event)
    return [number for link in rule.links if (number := 1 if link == FIRST else getattr(body, link))]


def _is_code(text: str) -> bool:
    return "\n" in text or text[:1] in ("{", "[", '"')
