"""Exercises: what their text tells, that a check follows, and that the declaration agrees."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import Chapter
from course_lib.authoring.lint.problem import Problem
from course_lib.grading.headings import Heading, exercise_heading, hints_and_why
from course_lib.grading.sources import exercise_of, hints

HEADING = re.compile(r"^#+ +Exercise\b", re.MULTILINE)
PARTS = ("Input", "Goal", "Example")
ContentOf = Callable[[str], Any]
"""From a chapter's id to its `grading.ChapterContent`."""


@dataclass(frozen=True)
class Statement:
    """What a chapter's text says about one exercise.

    Args:
        text: The Markdown from its heading to its first code cell that the learner edits.
        heading: What the heading says, and the line below it.
        cell: The id of the exercise's first code cell.
    """

    text: str
    heading: Heading
    cell: str


def statements(chapter: Chapter) -> dict[str, Statement]:
    """Return the statement of every exercise, by the exercise's name."""
    found: dict[str, Statement] = {}
    texts: list[str] = []
    for cell in chapter.learner.cells:
        name = exercise_of(cell.id)
        if cell.cell_type == "markdown":
            texts = [cell.source] if HEADING.search(cell.source) else [*texts, cell.source]
        elif nb.check_of(cell):
            texts = []
        elif name and name not in found and "exercise" in nb.tags(cell):
            text = "\n".join(texts)
            found[name] = Statement(text, exercise_heading(name, [text]), cell.id)
    return found


def check(chapter: Chapter, content_of: ContentOf) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's exercises.

    Args:
        chapter: The chapter.
        content_of: Where the exercises are declared.
    """
    file = f"solutions/{chapter.path.name}"
    told = statements(chapter)
    checked = {name for cell in chapter.learner.cells if (name := nb.check_of(cell))}
    for cell in chapter.learner.cells:
        if "exercise" in nb.tags(cell) and cell.cell_type == "code" and exercise_of(cell.id) is None:
            yield Problem(file, cell.id, "exercise-id", "an exercise's cell is called ex-N-M and a check follows it")
    for name, statement in told.items():
        for part in PARTS:
            if not re.search(rf"\b{part}\b", statement.text):
                yield Problem(file, statement.cell, "exercise-text", f"exercise {name} has no **{part}**")
        for said, what in (
            (statement.heading.title, f"heading `### Exercise {name}: …`"),
            (statement.heading.minutes, "minutes"),
            (0 < statement.heading.stars <= 3, "difficulty from ★ to ★★★"),
        ):
            if not said:
                yield Problem(file, statement.cell, "exercise-text", f"exercise {name} has no {what}")
        if name not in checked:
            yield Problem(file, statement.cell, "check", f"no cell calls lab.check({name!r}, …)")
    written = hints(chapter.author.cells)
    for name, statement in told.items():
        found, why = hints_and_why(written.get(name, ""))
        if len(set(found)) != 2:
            message = f"exercise {name} needs two different hints, in a cell below its code with the tag `hints`"
            yield Problem(file, statement.cell, "hints", message)
        elif "?" not in found[0]:
            yield Problem(file, statement.cell, "hints", f"the first hint of exercise {name} is no question")
        if not why:
            yield Problem(file, statement.cell, "why", f"exercise {name} does not say why its solution is right")
    for cell in chapter.author.cells:
        name = exercise_of(cell.id)
        if name and "exercise" in nb.tags(cell) and "### BEGIN SOLUTION" not in cell.source:
            yield Problem(file, cell.id, "exercise-open", "nothing is left to solve: there is no ### BEGIN SOLUTION")
    try:
        content = content_of(chapter.course.id)
    except Exception as error:  # whatever an author's unfinished module raises is one more problem to list
        yield Problem(file, "", "declared", f"the exercises cannot be loaded: {type(error).__name__}: {error}")
        return
    declared = [exercise.id for exercise in content.exercises]
    for name in sorted(set(told) | checked):
        if name not in declared:
            yield Problem(file, "", "declared", f"exercise {name} is not declared in course_lib/grading/chapters")
    for name in declared:
        if name not in told and name not in checked:
            yield Problem(file, "", "declared", f"exercise {name} is declared but no cell checks it")
