"""What one history event says: its type, its name, what it carries, which event it answers, why it failed.

Events are read by the shape of their attributes, not by a list of types, so an event type that a later server adds is
shown as well. Source of the field names: Temporal's API, message ``HistoryEvent``.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import PayloadConverter

# The event that an event answers, nearest first. `workflow_task_completed_event_id` is not among them: it says
# which task issued a command, and that is no wait that has ended.
_LINKS = (
    "started_event_id",
    "scheduled_event_id",
    "initiated_event_id",
    "accepted_event_id",
    "requested_event_id",
)
_NAMES = ("signal_name", "marker_name", "timer_id", "operation")
_CARRIES = ("input", "result", "details")


@cache
def type_name(event_type: int) -> str:
    """Return an event type as the Web UI writes it: ``ActivityTaskScheduled``.

    Args:
        event_type: A number of ``temporalio.api.enums.v1.EventType``.
    """
    try:
        words = EventType.Name(event_type).removeprefix("EVENT_TYPE_").split("_")  # type: ignore[arg-type]
    except ValueError:  # a server that is newer than this SDK
        return f"EventType{event_type}"
    return "".join(word.capitalize() for word in words)


@cache
def _fields(message: Any) -> frozenset[str]:
    return frozenset(message.fields_by_name)


def attributes(event: HistoryEvent) -> Any:
    """Return the event's attributes, whatever its type; ``None`` when it has none that this SDK knows."""
    which = event.WhichOneof("attributes")
    return getattr(event, which) if which else None


def link(event: HistoryEvent) -> int | None:
    """Return the id of the event that this one answers, ``None`` for one that answers none."""
    held = attributes(event)
    if held is None:
        return None
    known = _fields(held.DESCRIPTOR)
    for field in _LINKS:
        if field in known and (number := getattr(held, field)):
            return int(number)
    return None


def own_name(event: HistoryEvent) -> str:
    """Return the name that the event itself carries: activity type, workflow type, signal, timer, update."""
    held = attributes(event)
    if held is None:
        return ""
    known = _fields(held.DESCRIPTOR)
    for field in ("activity_type", "workflow_type"):
        if field in known and (name := getattr(held, field).name):
            return str(name)
    for field in _NAMES:
        if field in known and (name := getattr(held, field)):
            return str(name)
    if "accepted_request" in known:
        return str(held.accepted_request.input.name)
    if "request" in known and "origin" in known:
        return str(held.request.input.name)
    return ""


def payload(event: HistoryEvent, converter: PayloadConverter) -> Any:
    """Return what the event carries, decoded: arguments, result, details; ``None`` when it carries nothing.

    One argument is returned as it is, several as a list. A duration is returned as a timedelta.

    Args:
        event: The event.
        converter: Turns payloads into values.
    """
    held = attributes(event)
    if held is None:
        return None
    known = _fields(held.DESCRIPTOR)
    if "accepted_request" in known:
        return _decoded(held.accepted_request.input.args.payloads, converter)
    if "outcome" in known:
        return _decoded(held.outcome.success.payloads, converter)
    for field in _CARRIES:
        if field not in known:
            continue
        value = getattr(held, field)
        if isinstance(value, Payloads):
            if value.payloads:
                return _decoded(value.payloads, converter)
        elif isinstance(value, Payload):
            if value.metadata or value.data:
                return _one(value, converter)
        elif value:  # a marker's details: a map
            return {key: _decoded(item.payloads, converter) for key, item in value.items()}
    if "start_to_fire_timeout" in known:
        return held.start_to_fire_timeout.ToTimedelta()
    if "reason" in known:
        return held.reason or None
    return None


def failure_text(event: HistoryEvent) -> str:
    """Return why something failed, outermost cause first; empty when nothing did."""
    held = attributes(event)
    if held is None:
        return ""
    known = _fields(held.DESCRIPTOR)
    for field in ("failure", "last_failure"):
        if field in known and held.HasField(field):
            return in_words(getattr(held, field))
    if "outcome" in known and held.outcome.HasField("failure"):
        return in_words(held.outcome.failure)
    return ""


def in_words(failure: Failure) -> str:
    """Return a failure and its causes in one line.

    Args:
        failure: As the server recorded it.
    """
    words = []
    current: Failure | None = failure
    while current is not None:
        kind = current.application_failure_info.type
        if current.HasField("timeout_failure_info"):
            number = current.timeout_failure_info.timeout_type
            kind = TimeoutType.Name(number).removeprefix("TIMEOUT_TYPE_").replace("_", "-").lower() + " timeout"
        words.append(": ".join(part for part in (kind, current.message) if part) or "failed")
        current = current.cause if current.HasField("cause") else None
    return " ← ".join(words)


def identity(event: HistoryEvent) -> str:
    """Return who reported the event: a worker's or a client's identity."""
    held = attributes(event)
    return str(held.identity) if held is not None and "identity" in _fields(held.DESCRIPTOR) else ""


def attempt(event: HistoryEvent) -> int | None:
    """Return the attempt that the event belongs to, from 1."""
    held = attributes(event)
    if held is None or "attempt" not in _fields(held.DESCRIPTOR):
        return None
    return int(held.attempt) or None


def _decoded(payloads: Iterable[Payload], converter: PayloadConverter) -> Any:
    values = [_one(item, converter) for item in payloads]
    return values[0] if len(values) == 1 else values or None


def _one(item: Payload, converter: PayloadConverter) -> Any:
    try:
        return converter.from_payload(item)
    except Exception:  # encrypted, or written by a converter that this process does not have: say so, show the rest
        encoding = item.metadata.get("encoding", b"unknown").decode("utf-8", "replace")
        return f"<{len(item.data)} bytes, {encoding}>"
