"""Values that differ although code and history agree: what Temporal does not compare.

The SDK's core pairs a command with its event by kind, name and id. It never looks at arguments, at a timer's length or
at a result (temporalio 1.35). So code that asks for the same activity with another argument is handed the recorded
result of the first one, and nobody objects. A note says so, since no error ever will.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from course_lib.history.moments import seconds
from course_lib.history.payloads import Decoder
from course_lib.history.reading import attributes, type_name
from course_lib.replay.command_words import Words
from course_lib.replay.matching import Asked

NOT_COMPARED = "Temporal compares kinds, names and ids, not values"
# The command's field and the event's field that hold the same payloads.
_PAYLOADS = {
    "ActivityTaskScheduled": ("arguments", "input"),
    "StartChildWorkflowExecutionInitiated": ("input", "input"),
    "SignalExternalWorkflowExecutionInitiated": ("args", "input"),
    "WorkflowExecutionCompleted": ("result", "result"),
}
_RESULTS = {"ActivityTaskScheduled": "result", "StartChildWorkflowExecutionInitiated": "result"}


def differing(pairs: Sequence[tuple[Asked, Any]], decoder: Decoder) -> str:
    """Return a note about the first value that is not the recorded one, and how many more there are; else empty.

    Args:
        pairs: Each command with the event that it was paired with, in order.
        decoder: Reads payloads.
    """
    words = Words(decoder)
    found = [each for asked, event in pairs if (each := _difference(asked, event, words))]
    if not found:
        return ""
    more = f" The same at {len(found) - 1} more place{'s' if len(found) > 2 else ''}." if len(found) > 1 else ""
    return found[0] + more


def _difference(asked: Asked, event: Any, words: Words) -> str:
    kind = type_name(event.event_type)
    body, told = getattr(asked.raw, asked.variant), attributes(event)
    if kind == "TimerStarted":
        now, then = seconds(body.start_to_fire_timeout), seconds(told.start_to_fire_timeout)
    elif kind in _PAYLOADS:
        mine, theirs = _PAYLOADS[kind]
        ours, recorded = _several(getattr(body, mine)), list(getattr(told, theirs).payloads)
        if [each.data for each in ours] == [each.data for each in recorded]:
            return ""
        # A codec makes other bytes of the same value.
        now, then = words.payloads(ours), words.payloads(recorded)
    else:
        return ""
    if now == then:
        return ""
    subject = f"Line {asked.command.line}" if asked.command.line else "The code"
    if kind == "WorkflowExecutionCompleted":
        what = f"ends in step {asked.step + 1} with {now}; event {event.event_id} has {then}"
        then_what = "so this counts as the same end"
    else:
        thing = "a timer of" if kind == "TimerStarted" else f"{asked.command.words.partition('(')[0]} with"
        what = f"asks in step {asked.step + 1} for {thing} {now}; event {event.event_id} has it with {then}"
        then_what = "so the replay goes on" + (" with the other one's result" if kind in _RESULTS else "")
    return f"{subject} {what}. {NOT_COMPARED}, {then_what}."


def _several(field: Any) -> Iterable[Any]:
    return [field] if hasattr(field, "data") else list(field)
