"""What one replay of a history told: a journey of steps, one per workflow task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Wait:
    """A line of the learner's code on which a task waits.

    Args:
        task: Which task: ``"main"``, a signal or update handler, a part of a gather, a task made by hand.
        function: The function that the line stands in.
        line: The line's number, from 1, in `Journey.source`; 0 when the code is in another file.
        source: The line itself, stripped.
        awaiting: What it waits for, in words: ``"activity charge"``, ``"timer 30 s"``, ``"a condition"``.
    """

    task: str
    function: str
    line: int
    source: str
    awaiting: str


@dataclass(frozen=True)
class Command:
    """Something that the code asked the server for.

    Args:
        kind: As Temporal calls it, for example ``"ScheduleActivity"``.
        words: In words, for example ``"activity charge(order-1)"``.
        line: The learner's line in `Journey.source` that issued it; None when it is not known.
    """

    kind: str
    words: str
    line: int | None


@dataclass(frozen=True)
class Step:
    """One workflow task: what it was told, what the code did, and how it stood afterwards.

    Args:
        number: From 0, the step's place in `Journey.steps`.
        first_event: The first event that it was told.
        last_event: The last one.
        time: The workflow's own clock, ``workflow.now()``, UTC.
        jobs: What it was told, in words.
        commands: What the code asked for, in order.
        waits: Where its tasks wait afterwards; none when the run is over.
        state: The workflow object's variables: name to ``repr``, cut.
        changed: Which of them changed: name to ``repr`` before and after; None where there was none.
        answers: Each query without parameters: name to its answer's ``repr``, or ``"failed: …"``.
        failed: Why this workflow task failed, in words; empty when it did not.
        run: Which run of a chain it belongs to, from 1.
    """

    number: int
    first_event: int
    last_event: int
    time: datetime
    jobs: tuple[str, ...]
    commands: tuple[Command, ...]
    waits: tuple[Wait, ...]
    state: Mapping[str, str]
    changed: Mapping[str, tuple[str | None, str | None]]
    answers: Mapping[str, str]
    failed: str
    run: int = 1


@dataclass(frozen=True)
class Divergence:
    """Where code and history part.

    Args:
        step: The step in which they part.
        line: The learner's line in `Journey.source` that issues what the history has not; None when there is none.
        source: That line, stripped.
        issued: What the code asks for now, in words.
        event_id: The event that says otherwise.
        expected: What the history has, in words.
        what: What the code does and what the history says instead.
        advice: What to do about it.
    """

    step: int
    line: int | None
    source: str
    issued: str
    event_id: int
    expected: str
    what: str
    advice: str

    @property
    def text(self) -> str:
        """The whole explanation."""
        return f"{self.what} {self.advice}"


@dataclass(frozen=True)
class EventRow:
    """One event of the history.

    Args:
        event_id: Its number.
        time: When it happened, UTC.
        type: For example ``"ActivityTaskScheduled"``.
        name: Of the activity, signal, timer …; empty when it has none.
        payload: What it carries, as text; long ones are cut.
        step: The number of the step that was told of it first.
        run: Which run of a chain it belongs to, from 1.
    """

    event_id: int
    time: datetime
    type: str
    name: str
    payload: str
    step: int
    run: int = 1


@dataclass(frozen=True)
class Journey:
    """A replay, step by step.

    Args:
        workflow_id: The run's workflow id.
        run_id: The run.
        type: The workflow's type.
        file: The file that the class comes from.
        source: Its text as the learner sees it; lines are numbered from 1.
        events: The history.
        steps: One per workflow task.
        outcome: How the run stands at the end, in words.
        divergence: Where code and history part; None when they agree.
        notes: What the reader should know besides, in words.
        runs: How many runs of a chain it goes through.
    """

    workflow_id: str
    run_id: str
    type: str
    file: str
    source: str
    events: tuple[EventRow, ...]
    steps: tuple[Step, ...]
    outcome: str
    divergence: Divergence | None
    notes: tuple[str, ...]
    runs: int = 1


def joined(journeys: Sequence[Journey]) -> Journey:
    """Return the journeys of a chain of runs as one, which is told as the last one is.

    Args:
        journeys: One per run, in order, none of which parts from its history.
    """
    steps: list[Step] = []
    events: list[EventRow] = []
    for run, one in enumerate(journeys, 1):
        before = len(steps)
        steps += [replace(step, number=before + step.number, run=run) for step in one.steps]
        events += [replace(row, step=before + row.step, run=run) for row in one.events]
    notes = tuple(dict.fromkeys(note for one in journeys for note in one.notes))
    return replace(journeys[-1], steps=tuple(steps), events=tuple(events), notes=notes, runs=len(journeys))
