"""A module cell that was turned down, told to a beginner."""

from collections.abc import Sequence

from course_lib.errors import CourseError
from course_lib.pitfalls import Finding


class CellError(CourseError):
    """A module cell was turned down before any of it ran.

    Args:
        what: The verdict, one sentence.
        findings: Everything that is wrong, in the order of the cell.
        fix: What to do, if the findings do not say it themselves.
    """

    def __init__(self, what: str, findings: Sequence[Finding] = (), fix: str = "") -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join([what, *(finding.text() for finding in self.findings)]), fix=fix)
