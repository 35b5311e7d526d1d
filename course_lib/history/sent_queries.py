"""Queries that this notebook sent. A query leaves nothing in the history, so it is noted where it is sent.

The notes are of this process only, and the oldest are forgotten.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from temporalio.client import Interceptor, OutboundInterceptor, QueryWorkflowInput
from temporalio.converter import PayloadConverter

from course_lib.history.payloads import joined, preview
from course_lib.history.span import Span, SpanStatus

_KEPT = 2000  # notes
# A panel that asks again and again gets one span that grows, as long as the answer stays the same.
_SAME = timedelta(seconds=5)


class Note(NamedTuple):
    """Something that this notebook did to a workflow and that is not in its history.

    Args:
        workflow_id: The workflow.
        run_id: The run that was named, None when it was the newest one.
        name: The query's name.
        start: When it was sent, UTC, by this machine's clock.
        end: When the answer came.
        detail: Arguments and answer, shortened.
        failed: Whether it was rejected or failed.
        times: How often the same was asked, with the same answer.
    """

    workflow_id: str
    run_id: str | None
    name: str
    start: datetime
    end: datetime
    detail: str
    failed: bool
    times: int = 1


_lock = threading.Lock()
_notes: deque[Note] = deque(maxlen=_KEPT)
_watchers: weakref.WeakSet[Any] = weakref.WeakSet()


def note(made: Note) -> None:
    """Keep what was done to a workflow; any thread may call it."""
    with _lock:
        for place in range(len(_notes) - 1, -1, -1):
            last = _notes[place]
            if made.start - last.end > _SAME:
                break
            if last[:3] == made[:3]:
                if (last.detail, last.failed) == (made.detail, made.failed):
                    del _notes[place]
                    made = made._replace(start=last.start, times=last.times + 1)
                break
        _notes.append(made)
        watchers = list(_watchers)
    for watcher in watchers:
        watcher.query_sent(made.workflow_id)


def spans_of(
    workflow_id: str, run_id: str | None = None, *, since: datetime | None = None, until: datetime | None = None
) -> list[Span]:
    """Return the queries that this notebook sent to a run, in the order in which they were last answered.

    Args:
        workflow_id: The workflow.
        run_id: The run. Without it, the queries of all runs.
        since: Since when this run was the newest one; a query that named no run counts from then on.
        until: Until when it was the newest one.
    """
    with _lock:
        notes = list(_notes)
    return [_span(one) for one in notes if one.workflow_id == workflow_id and _asked(one, run_id, since, until)]


def watch(watcher: Any) -> None:
    """Have ``watcher.query_sent(workflow_id)`` called after each note, by the thread that notes.

    Args:
        watcher: Known weakly: it need not be taken off.
    """
    with _lock:
        _watchers.add(watcher)


class ObservingInterceptor(Interceptor):
    """Notes each query that goes through a client. A Worker made with that client does not take it over."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Put the notes in front of what sends the queries."""
        return _Observing(next)


class _Observing(OutboundInterceptor):
    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        if input.query.startswith("__"):  # the course's own questions, such as __stack_trace
            return await super().query_workflow(input)
        start = datetime.now(UTC)
        given = _shown(input.args)
        try:
            answer = await super().query_workflow(input)
        except Exception as error:
            _keep(input, start, given, f"{type(error).__name__}: {error}", failed=True)
            raise
        _keep(input, start, given, f"result {_shown([answer])}", failed=False)
        return answer


def _keep(input: QueryWorkflowInput, start: datetime, given: str, outcome: str, *, failed: bool) -> None:
    detail = joined(f"input {given}" if given else "", outcome)
    note(Note(input.id, input.run_id, input.query, start, datetime.now(UTC), detail, failed))


def _shown(values: Sequence[Any]) -> str:
    encode: Callable[[Sequence[Any]], Any] = PayloadConverter.default.to_payloads
    try:
        return preview(encode(values))
    except Exception:  # what only the learner's own converter can encode
        return ", ".join(repr(value)[:160] for value in values)


def _asked(one: Note, run_id: str | None, since: datetime | None, until: datetime | None) -> bool:
    if run_id is None or one.run_id is not None:
        return run_id is None or one.run_id == run_id
    return (since is None or one.end >= since) and (until is None or one.end < until)


def _span(one: Note) -> Span:
    again = f"asked {one.times} times; " if one.times > 1 else ""
    status: SpanStatus = "failed" if one.failed else "completed"
    return Span(one.name, "query", one.name, one.start, one.end, status, None, 0, None, again + one.detail)
