"""What the page gets: a journey as plain JSON data, once and for all."""

from __future__ import annotations

from typing import Any

from course_lib.replay.journeys import EventRow, Journey, Step
from course_lib.widgets.event_kinds import kind_of
from course_lib.widgets.look import plain
from course_lib.widgets.stepper import telling
from course_lib.widgets.stepper.source import coloured
from course_lib.widgets.texts import Texts

_VALUE = 4000  # characters of one value in the page
_TRIES = 40  # of each step's jobs, commands and waits; a fan-out has thousands

_BAD = ("Failed", "TimedOut", "Terminated", "Rejected")


def payload(journey: Journey) -> dict[str, Any]:
    """Return everything that the view shows, as data for JSON; words are made here, the page only places them.

    Args:
        journey: The replay.
    """
    texts = Texts()
    steps = telling.offered(journey)
    return {
        "type": plain(journey.type),
        "id": plain(journey.workflow_id),
        "run": plain(journey.run_id),
        "file": telling.file(journey),
        "outcome": plain(journey.outcome),
        "notes": [plain(note) for note in journey.notes],
        "source": [[[kind, plain(text)] for kind, text in line] for line in coloured(journey.source)],
        "total": len(journey.steps),
        "steps": [_step(journey, number, texts) for number in range(len(steps))],
        "events": [
            _event(row, _label(journey, row.run, row.event_id), len(steps) - 1, steps[-1] if steps else None)
            for row in journey.events
        ],
        "divergence": _divergence(journey),
        "texts": texts.all,
    }


def _step(journey: Journey, number: int, texts: Texts) -> dict[str, Any]:
    step = journey.steps[number]
    before = journey.steps[number - 1] if number else None

    def long(text: str) -> int:
        return texts.number(_cut(text))

    return {
        "first": _label(journey, step.run, step.first_event),
        "last": _label(journey, step.run, step.last_event),
        "span": telling.events(step),
        "clock": telling.clock(step.time),
        "later": telling.later(step, before),
        "says": plain(telling.sentence(journey, number)),
        "told": _some(step.jobs),
        "commands": _some([telling.issued(command) for command in step.commands]),
        "waits": _some([f"{_where(wait.task, wait.function, wait.line)}: {wait.awaiting}" for wait in step.waits]),
        "marks": [[line, [[kind, plain(text)] for kind, text in items]]
                  for line, items in telling.marks(journey, number).items()],
        "variables": [
            [plain(item.name), long(item.value), None if item.before is None else long(item.before),
             item.word]
            for item in telling.variables(step)
        ],
        "answers": [[plain(name), long(answer)] for name, answer in step.answers.items()],
        "over": telling.over(step),
        "failed": _cut(step.failed),
    }  # fmt: skip


def _where(task: str, function: str, line: int) -> str:
    place = f"line {line}" if line else "code of another file"
    named = function and function != task and not function.startswith("<")  # "<listcomp>" says nothing to a learner
    return f"{task}, in {function}, {place}" if named else f"{task}, {place}"


def _some(texts: list[str] | tuple[str, ...]) -> list[str]:
    shown = [_cut(text) for text in texts[:_TRIES]]
    return [*shown, f"and {len(texts) - _TRIES:,} more"] if len(texts) > _TRIES else shown


def _label(journey: Journey, run: int, event: int) -> int | str:
    """Return what an event is called: its number, and in a chain of runs the run's before it."""
    return f"{run}:{event}" if journey.runs > 1 else event


def _event(row: EventRow, label: int | str, last: int, told: Step | None) -> list[Any]:
    ahead = told is None or (row.run, row.event_id) > (told.run, told.last_event)
    return [
        label, plain(row.type), plain(row.name), _cut(row.payload), telling.clock(row.time), kind_of(row.type),
        row.type.endswith(_BAD), min(max(row.step, 0), last), ahead,
    ]  # fmt: skip


def _divergence(journey: Journey) -> dict[str, Any] | None:
    parting = journey.divergence
    if parting is None:
        return None
    return {
        "step": parting.step, "line": parting.line, "source": plain(parting.source), "issued": plain(parting.issued),
        "event": parting.event_id, "expected": plain(parting.expected), "text": plain(parting.text),
    }  # fmt: skip


def _cut(text: str) -> str:
    text = plain(text)
    return text if len(text) <= _VALUE else f"{text[:_VALUE]}… ({len(text):,} characters)"
