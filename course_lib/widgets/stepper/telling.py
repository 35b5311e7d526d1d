"""A journey in words: what the view, its live region and its text twin all say the same way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from course_lib.cells.names import parts
from course_lib.history.moments import in_words
from course_lib.replay.journeys import Command, Journey, Step, Wait
from course_lib.widgets.look import plain, shorten

_NAMED = 2  # so many waits stand in a sentence; the rest is counted
_ON_A_LINE = 3  # so many marks stand below a source line; the rest is counted
_PART = re.compile(r"part \d+ of a gather")
_FAILING = re.compile(r"^(.*) \(line (\d+): .*\)$", re.DOTALL)  # how the engine names the line of a failure
_DAYS = re.compile(r"\b(\d+) d\b")

_ENDS = (
    "CompleteWorkflowExecution", "FailWorkflowExecution", "CancelWorkflowExecution", "ContinueAsNewWorkflowExecution"
)  # fmt: skip
# How the engine words a command: most as a thing (``"activity charge(…)"``), these as a deed, updates as a sentence.
_DEEDS = (*_ENDS, "Cancel", "RequestCancel", "Upsert", "Modify")
_SENTENCES = ("AcceptUpdate", "RejectUpdate", "CompleteUpdate")


@dataclass(frozen=True)
class Variable:
    """One variable of the workflow object after a step.

    Args:
        name: Its name.
        value: Its ``repr``; empty when it is gone.
        before: The ``repr`` before the step, where it is another one; None when there was none.
        word: ``"changed"``, ``"new"``, ``"gone"`` or empty.
    """

    name: str
    value: str
    before: str | None
    word: str


def offered(journey: Journey) -> Sequence[Step]:
    """Return the steps that can be looked at: none after code and history have parted."""
    if journey.divergence is None:
        return journey.steps
    return journey.steps[: journey.divergence.step + 1]


def file(journey: Journey) -> str:
    """Return where the source comes from, as the learner knows it: a module cell by its name and revision."""
    path = PurePath(plain(journey.file).replace("\\", "/"))
    name, revision = parts(path.stem)
    return f"{name}.py · revision {revision}" if revision else path.name


def clock(time: datetime) -> str:
    """Return a moment of the workflow's clock, to the millisecond."""
    return f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03d} UTC"


def later(step: Step, before: Step | None) -> str:
    """Return how much of the workflow's time passed since the step before, for example ``"30 days later"``.

    Args:
        step: The step.
        before: The one before it; None for the first.
    """
    if before is None:
        return "the run begins"
    if step.run != before.run:
        return f"run {step.run} begins"
    passed = step.time - before.time
    if passed <= timedelta(0):
        return "at the same moment"
    words = _DAYS.sub(lambda found: f"{found[1]} day{'' if found[1] == '1' else 's'}", in_words(passed))
    return f"{words} later"


def variables(step: Step) -> list[Variable]:
    """Return the workflow's variables after a step, those that are gone at the end."""
    found = []
    for name, value in step.state.items():
        if name not in step.changed:
            found.append(Variable(name, value, None, ""))
            continue
        before = step.changed[name][0]
        found.append(Variable(name, value, before, "new" if before is None else "changed"))
    gone = [name for name, (_, after) in step.changed.items() if after is None and name not in step.state]
    return found + [Variable(name, "", step.changed[name][0], "gone") for name in gone]


def waiting(waits: Iterable[Wait]) -> str:
    """Return what tasks on one line wait for, in words; the same thing several times is counted."""
    counts = Counter(wait.awaiting for wait in waits)
    parts = [f"{count} × {what}" if count > 1 else what for what, count in counts.items()]
    if len(parts) > _NAMED + 1:
        parts = [*parts[:_NAMED], f"{len(parts) - _NAMED} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _waiting(waits: Sequence[Wait]) -> str:
    """Return what all tasks wait for, in a sentence; the parts of a gather are in what its own task waits for."""
    tasks = [wait for wait in waits if not _PART.match(wait.task)] or list(waits)
    told = [f"{'' if wait.task == 'main' else f'{wait.task} '}waits for {wait.awaiting}" for wait in tasks[:_NAMED]]
    if (more := len(tasks) - _NAMED) > 0:
        told.append(f"{more} more task{'s wait' if more > 1 else ' waits'}")
    return "; ".join(told)


def asks(command: Command) -> str:
    """Return a command as the end of a sentence that begins with the code: ``"asks for activity charge(…)"``."""
    if command.kind in _SENTENCES:
        return command.words
    return f"asks to {command.words}" if command.kind.startswith(_DEEDS) else f"asks for {command.words}"


def over(step: Step) -> bool:
    """Return whether the code ended the run in this step."""
    return _ended(step) is not None


def _ended(step: Step) -> Command | None:
    return next((command for command in step.commands if command.kind in _ENDS), None)


def issued(command: Command) -> str:
    """Return a command and the line that issued it."""
    return f"{command.words}, line {command.line}" if command.line else command.words


def sentence(journey: Journey, number: int) -> str:
    """Return how a step ends, in half a sentence.

    Args:
        journey: The replay.
        number: The step's place, from 0.
    """
    step = journey.steps[number]
    if journey.divergence is not None and journey.divergence.step == number:
        return "code and history part here"
    if step.failed:
        return f"this workflow task failed: {shorten(step.failed, 120)}"
    if ended := _ended(step):  # handlers that still wait end with the run
        return shorten(asks(ended), 120)
    return _waiting(step.waits) if step.waits else "waits for nothing"


def headline(journey: Journey, number: int) -> str:
    """Return a step's place and how it ends: ``"step 3 of 9: waits for activity charge"``.

    Args:
        journey: The replay.
        number: The step's place, from 0.
    """
    return f"step {number + 1} of {len(journey.steps)}: {sentence(journey, number)}"


def events(step: Step) -> str:
    """Return which events a step was told of: ``"events 5–9"``; of a later run ``"events 5–9 of run 2"``."""
    run = f" of run {step.run}" if step.run > 1 else ""
    if step.first_event == step.last_event:
        return f"event {step.last_event}{run}"
    return f"events {step.first_event}–{step.last_event}{run}"


def marks(journey: Journey, number: int) -> dict[int, list[tuple[str, str]]]:
    """Return what is written below the source's lines at a step: line number to (kind, words).

    The kinds are ``"wait"``, ``"ask"`` and ``"part"``, the line that fails or on which code and history part.

    Args:
        journey: The replay.
        number: The step's place, from 0.
    """
    step, parting = journey.steps[number], journey.divergence
    found: dict[int, list[tuple[str, str]]] = {}
    parts_here = parting.line if parting is not None and parting.step == number else None
    for command in step.commands:
        if command.line and command.line != parts_here:  # the line that parts says what it asks for anyway
            found.setdefault(command.line, []).append(("ask", asks(command)))
    waits: dict[int, list[Wait]] = {}
    for wait in step.waits:
        if wait.line:
            waits.setdefault(wait.line, []).append(wait)
    found = {line: _few(items) for line, items in found.items()}
    if parting is not None and parts_here:
        words = f"now: {parting.issued}; event {parting.event_id} says: {parting.expected}"
        found.setdefault(parts_here, []).append(("part", words))
    if failing := _FAILING.search(step.failed):
        found.setdefault(int(failing[2]), []).append(("part", f"fails here: {shorten(failing[1], 200)}"))
    for line, here in waits.items():
        here = [wait for wait in here if not _PART.match(wait.task)] or here  # the gather itself names its parts
        found.setdefault(line, []).append(("wait", f"waits here: {waiting(here)}"))
    return dict(sorted(found.items()))


def _few(items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if len(items) <= _ON_A_LINE:
        return items
    return [*items[: _ON_A_LINE - 1], ("ask", f"and {len(items) - _ON_A_LINE + 1} more commands")]
