"""What an exercise, a verdict, a quiz and a prediction are: plain data, no machinery."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Check = Callable[..., Awaitable[None]]
"""``async def check(bench, *answers)``: runs the answers and says what it saw with ``bench.expect``."""


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNATTEMPTED = "unattempted"
    ERROR = "error"


@dataclass(frozen=True)
class Part:
    """One thing that a check looked at.

    Args:
        ok: Whether it is as it should be.
        label: What was looked at, one short statement that is true when ``ok``.
        expected: What should have been seen, in words or as a value.
        seen: What the history or the database shows.
        events: Ids of the history's events that show it.
        next_step: The one thing to do about it.
    """

    ok: bool
    label: str
    expected: str = ""
    seen: str = ""
    events: tuple[int, ...] = ()
    next_step: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer to ``lab.check``.

    Args:
        exercise: The exercise's id, for example ``"1.1"``.
        outcome: One of four.
        ran: What was run to find out.
        parts: Everything that was looked at, in order.
        next_step: The one thing to do now.
        seconds: How long the check took, in seconds.
        error: Why there is no verdict on the code (``ERROR`` only).
        title: The exercise's title.
    """

    exercise: str
    outcome: Outcome
    ran: str
    parts: tuple[Part, ...]
    next_step: str
    seconds: float
    error: str = ""
    title: str = ""

    @property
    def passed(self) -> bool:
        """Whether the exercise is done."""
        return self.outcome is Outcome.PASSED

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        name = f"{self.exercise} {self.title}".rstrip()
        good = sum(part.ok for part in self.parts)
        return {
            Outcome.PASSED: f"✓ {name}: passed",
            Outcome.FAILED: f"✗ {name}: not yet, {good} of {len(self.parts)} parts hold",
            Outcome.UNATTEMPTED: f"○ {name}: not attempted yet",
            Outcome.ERROR: f"! {name}: the check could not be carried out",
        }[self.outcome]

    def text(self) -> str:
        """Return the whole verdict as plain text."""
        lines = [self.headline]
        if self.ran:
            lines.append(f"What was run: {self.ran}")
        for part in self.parts:
            lines.append(f"  {'✓' if part.ok else '✗'} {part.label}")
            if not part.ok:
                if part.expected:
                    lines.append(f"      expected: {part.expected}")
                if part.seen:
                    lines.append(f"      seen:     {part.seen}{events_note(part.events)}")
        if self.error:
            lines.append(self.error)
        if self.next_step:
            lines.append(f"Next: {self.next_step}")
        if self.outcome in (Outcome.FAILED, Outcome.UNATTEMPTED):
            lines.append(f'Stuck? Run lab.hint("{self.exercise}")')
        return "\n".join(lines)


def events_note(events: tuple[int, ...]) -> str:
    """Return `` (event 5)`` or `` (events 5, 11)``, empty without events."""
    if not events:
        return ""
    shown = ", ".join(str(event) for event in events[:8]) + (", …" if len(events) > 8 else "")
    return f" (event{'s' if len(events) > 1 else ''} {shown})"


class CheckFailed(AssertionError):
    """Raised by ``lab.check`` under ``COURSE_STRICT=1`` when the verdict is not "passed".

    Args:
        verdict: The verdict.
    """

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(verdict.text())


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it asks for and how it is checked.

    Args:
        id: Chapter and number, for example ``"1.1"``; the notebook's cell is then ``ex-1-1``.
        title: A few words.
        minutes: How long it takes a learner.
        difficulty: 1 (easy) to 3.
        answers: Names that the check is given, in this order: classes or functions of ``%%module`` cells,
            plain values, or workflow handles.
        hints: Three; questions first, code last.
        why: Why the solution is as it is; shown beside it.
        check: Looks at the evidence; see ``Bench``.
        early: Whether the first Worker is started while the check begins; it then polls the run's queue at once, so
            switch it off for a check that looks at a queue without a Worker.
        stop_early: Whether code that fails twice in a row ends a wait: it will not get better.
    """

    id: str
    title: str
    minutes: int
    difficulty: int
    answers: tuple[str, ...]
    hints: tuple[str, str, str]
    why: str
    check: Check
    early: bool = True
    stop_early: bool = True

    @property
    def chapter(self) -> str:
        """The chapter's two digits, for example ``"01"``."""
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def cell(self) -> str:
        """The id of the notebook's cell, for example ``"ex-1-1"``."""
        return f"ex-{self.id.replace('.', '-')}"


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen.

    Args:
        text: What it says.
        why: Why it is right, or why it is wrong.
        right: Whether it is right (quiz only).
        value: What the run shows when this prediction is right (prediction only).
    """

    text: str
    why: str
    right: bool = False
    value: Any = None


@dataclass(frozen=True)
class Question:
    """One question of a quiz.

    Args:
        id: Unique in its chapter, for example ``"1.q3"``.
        text: The question.
        options: Two or more, each explained. When several are right, all of them are to be chosen.
    """

    id: str
    text: str
    options: tuple[Option, ...]

    @property
    def several(self) -> bool:
        """Whether several options are right."""
        return sum(option.right for option in self.options) > 1

    def answered(self, chosen: Collection[int]) -> bool:
        """Return whether exactly the right options are chosen.

        Args:
            chosen: Numbers of options, from 0.
        """
        return {number for number, option in enumerate(self.options) if option.right} == set(chosen)


@dataclass(frozen=True)
class Prediction:
    """A question to answer before a run, which the run itself grades.

    Args:
        id: For example ``"1.a"``.
        text: The question.
        options: Two or more; ``Option.value`` is what the run shows when that one is right.
        classify: Turns what the run showed into one of the options' values; the identity when not given.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    classify: Callable[[Any], Any] | None = None

    def match(self, seen: Any) -> Option | None:
        """Return the option that the run shows to be right, ``None`` when it shows none of them.

        Args:
            seen: What the run showed.
        """
        value = self.classify(seen) if self.classify else seen
        return next((option for option in self.options if _same(option.value, value)), None)


@dataclass(frozen=True)
class ChapterContent:
    """All that one chapter declares.

    Args:
        id: The file's stem, for example ``"01_workflows"``.
        exercises: In the order of the chapter.
        questions: The quiz.
        predictions: The predict cells.
    """

    id: str
    exercises: tuple[Exercise, ...] = ()
    questions: tuple[Question, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    title: str = ""

    def exercise(self, exercise_id: str) -> Exercise | None:
        """Return one exercise by its id."""
        return next((found for found in self.exercises if found.id == exercise_id), None)

    def prediction(self, prediction_id: str) -> Prediction | None:
        """Return one prediction by its id."""
        return next((found for found in self.predictions if found.id == prediction_id), None)


def _same(expected: Any, seen: Any) -> bool:
    # True == 1 in Python, but not as an answer; and the run may give numpy's or pandas' own scalars.
    seen = seen.item() if hasattr(seen, "item") and callable(seen.item) and getattr(seen, "ndim", 1) == 0 else seen
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    return bool(expected == seen)
