"""What kind of event one is, for the sign that stands beside its type."""

from functools import cache

# From the beginning of an event's type to its kind; the first that fits counts.
_KINDS = (
    ("WorkflowTask", "task"),
    ("Activity", "activity"),
    ("Timer", "timer"),
    ("StartChild", "child"),
    ("ChildWorkflow", "child"),
    ("Nexus", "child"),
    ("WorkflowExecutionSignaled", "message"),
    ("WorkflowExecutionUpdate", "message"),
    ("WorkflowExecutionCancelRequested", "message"),
    ("SignalExternal", "message"),
    ("ExternalWorkflow", "message"),
    ("RequestCancelExternal", "message"),
    ("WorkflowExecution", "workflow"),
    ("Marker", "marker"),
)


@cache
def kind_of(type: str) -> str:
    """Return an event's kind.

    Args:
        type: For example ``"ActivityTaskScheduled"``.
    """
    return next((kind for begin, kind in _KINDS if type.startswith(begin)), "other")
