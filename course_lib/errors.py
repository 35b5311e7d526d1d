"""One error type for everything that the course itself has to tell a learner."""

from collections.abc import Sequence


class CourseError(Exception):
    """An error that says what happened, what was tried, and what to do next.

    IPython shows the message alone: a traceback through the course's own code would only hide the fix.

    Args:
        what: What happened, one sentence.
        tried: What the course looked at or attempted, in order.
        fix: What the reader should do now, one sentence or a command.
    """

    def __init__(self, what: str, *, tried: Sequence[str] = (), fix: str = "") -> None:
        self.what = what
        self.tried = tuple(tried)
        self.fix = fix
        super().__init__(what)

    def __str__(self) -> str:
        lines = [self.what]
        if self.tried:
            lines.append("Tried:")
            lines.extend(f"  - {step}" for step in self.tried)
        if self.fix:
            lines.append(f"Do this: {self.fix}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython prints instead of a traceback."""
        return [f"{type(self).__name__}: {line}" if i == 0 else line for i, line in enumerate(str(self).split("\n"))]
