"""What a check says in the end: passed or not, and each thing that it looked at."""

from dataclasses import dataclass
from enum import StrEnum

CORRECT = "correct the line that is named, run the cell again, then check again."
"""What to do about a run that fails for an error in the learner's code."""


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
