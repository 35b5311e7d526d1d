"""The events of a history as rows, each with the step that was told of it first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import Payload

from course_lib.history.failures import failure_text
from course_lib.history.frame import RowReader
from course_lib.history.moments import in_words, moment
from course_lib.history.payloads import Decoder, Undecoded
from course_lib.replay.journeys import EventRow
from course_lib.replay.rendering import show

_LARGE = 20_000  # bytes of a payload beyond which it is not decoded
_SHOWN = 240


def rows(events: Sequence[Any], last: Sequence[int], decoder: Decoder) -> tuple[EventRow, ...]:
    """Return one row per event.

    Args:
        events: The history.
        last: The last event of each step, ascending.
        decoder: Reads payloads.
    """
    reader = RowReader(_Small(decoder))
    found = []
    for event in events:
        number, _, kind, name, payload, _, _, _, failure = reader.row(event)
        step = min(bisect_left(last, number), max(len(last) - 1, 0))
        text = failure[:_SHOWN] or _text(payload)
        found.append(EventRow(number, moment(event.event_time), kind, name, text, step))
    return tuple(found)


class _Small(Decoder):
    """Leaves a large payload as it is."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self._decoder = decoder

    def one(self, payload: Payload) -> Any:
        large = len(payload.data) > _LARGE
        return Undecoded("large", payload) if large else self._decoder.one(payload)


def _text(value: Any) -> str:
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
