"""What a diagnosis says."""

from dataclasses import dataclass
from typing import Literal

Cause = Literal[
    "no_poller", "workflow_task_failing", "activity_retrying", "waiting", "server_gone", "not_found", "closed"
]


@dataclass(frozen=True)
class Diagnosis:
    """Why a workflow has no result yet.

    Args:
        cause: What holds it up.
        what: The finding, one sentence.
        fix: What to do now; empty when there is nothing to mend.
        details: What the finding rests on, label and value: the learner's line, the attempt, the next attempt …
    """

    cause: Cause
    what: str
    fix: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The finding and the fix in one paragraph."""
        return f"{self.what} {self.fix}".strip()

    def detail(self, label: str) -> str:
        """Return one detail, empty when there is none of this label."""
        return dict(self.details).get(label, "")

    def lines(self) -> list[str]:
        """Return the whole diagnosis as lines; the first one stands for itself."""
        return [*self.found(), f"Do this: {self.fix}"] if self.fix else self.found()

    def found(self) -> list[str]:
        """Return the finding and its details as lines, without the fix."""
        return [self.what, *(f"  {label}: {value}" for label, value in self.details)]

    def __str__(self) -> str:
        return "\n".join(self.lines())
