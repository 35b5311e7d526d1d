"""What can be wrong with a module cell, told to a beginner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from course_lib.errors import CourseError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a module cell.

    Args:
        line: Line of the cell, counted from 1 with the ``%%module`` line as the first, as JupyterLab numbers them.
        message: What is wrong, a short clause.
        fix: What to write instead, a short clause; may be empty.
        severity: An ``error`` keeps the cell from running, a ``warning`` is only shown.
        code: The line's text, shown under the message; may be empty.
        name: The name that this is about, if it is about one.
    """

    line: int
    message: str
    fix: str = ""
    severity: Literal["error", "warning"] = "error"
    code: str = ""
    name: str = ""

    def text(self) -> str:
        """Return the problem in one to three lines: where and what, the code, the fix."""
        lines = [f"line {self.line}: {self.message}"]
        if self.code.strip():
            lines.append(f"    {self.code.strip()}")
        if self.fix:
            lines.append(f"    → {self.fix}")
        return "\n".join(lines)


class CellError(CourseError):
    """A module cell was turned down before any of it ran.

    Args:
        what: The verdict, one sentence.
        problems: Everything that is wrong, in the order of the cell.
        fix: What to do, if the problems do not say it themselves.
    """

    def __init__(self, what: str, problems: Sequence[Problem] = (), fix: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([what, *(problem.text() for problem in self.problems)]), fix=fix)
