"""What those who teach find in a solution: a plan, where learners get stuck in each exercise, a discussion."""

import re
from collections import Counter
from collections.abc import Iterator

from course_lib.authoring.build import SOLUTIONS, Chapter
from course_lib.authoring.lint.exercises import statements
from course_lib.authoring.lint.problem import Problem

CELL = re.compile(r"\*\*Instructor: (?P<what>plan|discussion|\d+\.\d+)\*\*")
MINUTES = re.compile(r"^\| *(\d+) *\|", re.MULTILINE)


def check(chapter: Chapter) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's cells for instructors."""
    file = f"{SOLUTIONS}/{chapter.path.name}"
    for cell in chapter.learner.cells:
        if CELL.match(cell.source):
            yield Problem(file, cell.id, "instructor", "learners would get it: tag the cell `instructor`")
    found = [(match["what"], cell) for cell in chapter.author.cells if (match := CELL.match(cell.source))]
    counts = Counter(what for what, _ in found)
    wanted = ["plan", "discussion", *statements(chapter)]
    for what in dict.fromkeys([*wanted, *counts]):
        if counts[what] != (what in wanted):
            message = f"{counts[what]} cells begin with **Instructor: {what}**; there should be {what in wanted:d}"
            yield Problem(file, "", "instructor", message)
    for what, cell in found:
        planned = sum(map(int, MINUTES.findall(cell.source)))
        if what == "plan" and planned != chapter.course.minutes:
            message = f"its table has {planned} minutes, the chapter {chapter.course.minutes}"
            yield Problem(file, cell.id, "instructor", message)
