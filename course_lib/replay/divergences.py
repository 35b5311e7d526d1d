"""Where code and history part, explained."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from course_lib import pitfalls
from course_lib.history.failures import innermost, one_failure
from course_lib.history.payloads import Decoder
from course_lib.replay.differing_values import differing
from course_lib.replay.journeys import Divergence, Step
from course_lib.replay.matching import Matching
from course_lib.replay.one_replay import Verdict
from course_lib.replay.places import Places
from course_lib.replay.probe import Record
from course_lib.replay.sentences import asks, happened, noun, patch_of
from course_lib.replay.steps import Group, Steps, failing_line

_EVENT = re.compile(r"HistoryEvent(?:\(id: | \{ event_id: )(\d+)")
_STAY = (
    "A run that was started with the old code cannot go on with this one: keep the old way for it behind "
    "`workflow.patched(…)` (chapter 06), or let it end on the old code."
)


def divergence(events: Sequence[Any], record: Record, steps: Steps, said: Verdict) -> Divergence | None:
    """Return where a replay left its history, None when it did not.

    Args:
        events: The history.
        record: What the probe saw.
        steps: The steps made of it.
        said: The core's verdict, which counts.
    """
    if (failed := _failing(events, record, steps)) is not None:
        return failed
    if not said.complaint:
        return None
    found = Matching(steps.groups).mismatch
    core = _core_event(events, said)
    if found is None or (core is not None and core.event_id < found.event.event_id):
        return _by_core(steps, core, said, _stay(record.places))
    asked, event, step = found.asked, found.event, steps.all[found.step]
    line = asked.command.line if asked is not None else _waiting_line(step)
    issued = noun(asked) if asked is not None else "nothing"
    expected = happened(event)
    if asked is not None:
        head = f"{_subject(line)} now {asks(asked)}"
    else:
        wait = next((wait for wait in step.waits if wait.line == line and line), None)
        where = f": it waits on line {line} ({wait.awaiting})" if wait is not None else ""
        head = f"The code now asks for nothing here{where}"
    patch = patch_of(event)
    advice = _stay(record.places)
    if patch:
        advice = (
            f"Runs with this marker still need it: put `workflow.patched({patch!r})` back, or keep "
            f"`workflow.deprecate_patch({patch!r})` as long as there is such a run (chapter 06)."
        )
    what = f"{head}; the history has at event {event.event_id} that {expected}."
    return Divergence(step.number, line, record.places.text(line), issued, event.event_id, expected, what, advice)


def _stay(places: Places) -> str:
    """Return the advice for code that asks for something else: a pitfall parts it from its history without any edit."""
    with contextlib.suppress(SyntaxError):
        for found in pitfalls.find(places.source(), only=places.workflow):
            if found.effect == "breaks":
                return f"No edit is needed for that. Line {found.line}: {found.message}; {found.fix}."
    return _STAY


def _subject(line: int | None) -> str:
    return f"Line {line}" if line else "The code"


def _waiting_line(step: Step) -> int | None:
    return next((wait.line for wait in step.waits if wait.line), None)


def _failing(events: Sequence[Any], record: Record, steps: Steps) -> Divergence | None:
    """Return the divergence of code that fails a workflow task which completed in the history."""
    for group in steps.groups:
        for seen, number in zip(group.seen, group.steps, strict=True):
            if seen.failure is None or group.task is None:
                continue
            # The sandbox's own message goes on for three lines about passing modules through.
            cause = one_failure(innermost(seen.failure)).partition(" If this is code from a module")[0].rstrip(".")
            line = failing_line(seen.failure, record.places)
            event = group.task.completed
            issued = f"a failed workflow task ({cause})"
            what = (
                f"{_subject(line)} now fails the workflow task: {cause}; the history has at event {event} that it "
                "completed."
            )
            advice = "A Worker with this code would try this workflow task again and again: fix the line."
            expected = "this workflow task completed"
            return Divergence(number, line, record.places.text(line), issued, event, expected, what, advice)
    return None


def _core_event(events: Sequence[Any], said: Verdict) -> Any | None:
    """Return the event at which the core stopped."""
    named = _EVENT.search(said.complaint)
    number = int(named[1]) if named else said.event + 1
    return events[number - 1] if 0 < number <= len(events) else None


def _by_core(steps: Steps, event: Any | None, said: Verdict, advice: str) -> Divergence:
    """Return a divergence that only the core understands, in its words."""
    group: Group | None = steps.groups[-1] if steps.groups else None
    step = steps.all[group.steps[-1]] if group is not None else steps.all[-1]
    words = said.complaint[:300]
    number = event.event_id if event is not None else said.event
    expected = happened(event) if event is not None else "something else"
    what = (
        f"The code and the history part at event {number}: the history has there that {expected}. "
        f"Temporal says: {words}."
    )
    return Divergence(step.number, None, "", "something else", number, expected, what, advice)


def doubts(steps: Steps, parted: Divergence | None, decoder: Decoder) -> Iterator[str]:
    """Yield what the core is content with although it is not what the history has.

    Args:
        steps: The steps.
        parted: Where code and history part; None when they agree.
        decoder: Reads payloads.
    """
    matching = Matching(steps.groups)
    if note := differing(matching.pairs, decoder):
        yield note
    asked = matching.unheard
    if parted is None and asked is not None:
        yield (
            f"{_subject(asked.command.line)} asks in step {asked.step + 1} for {noun(asked)}, which the history does "
            "not have. Temporal does not object: a Worker with this code would ask for it with its next workflow task."
        )
