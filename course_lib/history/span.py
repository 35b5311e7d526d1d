"""A span: something that went on from one moment to another."""

from datetime import datetime
from typing import Literal, NamedTuple

SpanKind = Literal[
    "workflow", "workflow_task", "activity", "timer", "child", "signal", "update", "nexus", "marker",
    "query",  # not in a history: see sent_queries.py
]  # fmt: skip
SpanStatus = Literal[
    "running", "waiting", "completed", "failed", "timed_out", "cancelled", "left", "terminated", "continued",
    "point", "skipped",
]  # fmt: skip


class Span(NamedTuple):
    """Something that went on in a run.

    A named tuple: a history of 10,000 events has thousands, and a frozen dataclass takes several times longer to make.

    Args:
        lane: Where a picture draws it: spans of one kind and lane belong together.
        kind: What it is.
        name: What it is called: the activity's type, the timer's summary or number, the child's id.
        start: When it began, UTC.
        end: When it ended; None while it goes on.
        status: How it ended. ``waiting``: it has not begun, ``start`` is since when it waits. ``point``: a moment.
            ``left``: the run ended first, so that its result is not recorded. ``skipped``:
            time that did not pass, as the server jumped.
        attempt: Which attempt, from 1; None for what is never retried.
        first_event: The number of the event that asked for it; 0 for a query, which has none.
        last_event: The number of the event that ended it; None while there is none.
        detail: What else there is to know: input, result, failure; long payloads are cut.
        waited_from: Since when it waited before it began: in the task queue, or backing off from an attempt.
        estimated: Its times are not in the history but reckoned from the retry policy.
        run: Which run of a chain it belongs to, from 1; 0 where only one run is looked at.
    """

    lane: str
    kind: SpanKind
    name: str
    start: datetime
    end: datetime | None
    status: SpanStatus
    attempt: int | None
    first_event: int
    last_event: int | None
    detail: str
    waited_from: datetime | None = None
    estimated: bool = False
    run: int = 0
