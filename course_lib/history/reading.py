"""Getting a history, and the names of what is in it."""

from functools import cache
from typing import TYPE_CHECKING, Any

from temporalio.api.enums.v1 import EventType

if TYPE_CHECKING:
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
    try:
        return words(EventType.Name(event_type), "EVENT_TYPE_")  # type: ignore[arg-type]
    except ValueError:
        return f"Unknown({event_type})"


@cache
def attributes_field(event_type: int) -> str:
    """Return the field that holds the attributes of such an event; empty for a type that the SDK does not know."""
    try:
        name = EventType.Name(event_type)  # type: ignore[arg-type]
    except ValueError:
        return ""
    return f"{name.removeprefix('EVENT_TYPE_').lower()}_event_attributes" if event_type else ""


def attributes(event: Any) -> Any:
    """Return an event's attributes, None for a type that the SDK does not know."""
    field = attributes_field(event.event_type)
    return getattr(event, field, None) if field else None


def words(name: str, prefix: str) -> str:
    """Return the name of an enum's value in camel case, without the enum's own name.

    Args:
        name: For example ``"TIMEOUT_TYPE_START_TO_CLOSE"``.
        prefix: For example ``"TIMEOUT_TYPE_"``.
    """
    return "".join(part.capitalize() for part in name.removeprefix(prefix).split("_"))
