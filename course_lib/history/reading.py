"""Getting a history, and the names of what is in it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowHistory


async def fetch(handle: "WorkflowHandle[Any, Any]") -> "WorkflowHistory":
    """Return the history of a run, as far as it is.

    Args:
        handle: The workflow. Without a run id it is the newest run.

    Raises:
        temporalio.service.RPCError: There is no such workflow, or the server does not answer.
    """
    return await handle.fetch_history()


@cache
def type_name(event_type: int) -> str:
    """Return an event's type as the Web UI writes it, for example ``"ActivityTaskScheduled"``.

    Args:
        event_type: The number in Temporal's API; one that is newer than the SDK gives ``"Unknown(99)"``.
    """
    return words(EventType, event_type) or f"Unknown({event_type})"


@cache
def attributes_field(event_type: int) -> str:
    """Return the field that holds the attributes of such an event; empty for a type that the SDK does not know."""
    known = EventType.DESCRIPTOR.values_by_number.get(event_type)
    return f"{known.name.removeprefix('EVENT_TYPE_').lower()}_event_attributes" if known and event_type else ""


def attributes(event: Any) -> Any:
    """Return an event's attributes, None for a type that the SDK does not know."""
    field = attributes_field(event.event_type)
    return getattr(event, field, None) if field else None


def open_timers(events: Iterable[Any]) -> list[Any]:
    """Return the events of the timers that have neither fired nor been cancelled, in the order of the events.

    Args:
        events: Of one run, in any order.
    """
    events = list(events)
    bodies = [(event.timer_fired_event_attributes, event.timer_canceled_event_attributes) for event in events]
    ended = {body.started_event_id for pair in bodies for body in pair}
    return [e for e in events if e.HasField("timer_started_event_attributes") and e.event_id not in ended]


def words(enum: Any, number: int) -> str:
    """Return the name of an enum's value in camel case, without the enum's own name; empty for an unknown number.

    Args:
        enum: An enum of Temporal's API, for example ``TimeoutType``, or its descriptor. Its first value is unspecified.
        number: The value.
    """
    names = getattr(enum, "DESCRIPTOR", enum).values_by_number
    if number not in names:
        return ""
    prefix = names[0].name.removesuffix("UNSPECIFIED")
    return "".join(part.capitalize() for part in names[number].name.removeprefix(prefix).split("_"))
