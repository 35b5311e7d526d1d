"""Exercises: what their text tells, that a check follows, and that the declaration agrees."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import Chapter
from course_lib.authoring.lint.problem import Problem

PARTS = ("Input", "Goal", "Example")
MINUTES = re.compile(r"(?P<minutes>\d+)\s*min(?:utes?)?\b")
DIFFICULTY = re.compile(r"difficulty|[★☆●○]", re.IGNORECASE)
ContentOf = Callable[[str], Any]
"""From a chapter's id to its `grading.ChapterContent`."""


@dataclass(frozen=True)
class Statement:
    """What a chapter's text says about one exercise.

    Args:
        exercise: Its name, for example ``"1.1"``.
        text: The Markdown from its heading to its first code cell that the learner edits.
        minutes: What the text promises, 0 when it says nothing.
        cell: The id of the exercise's first code cell.
    """

    exercise: str
    text: str
    minutes: int
    cell: str


def statements(chapter: Chapter) -> dict[str, Statement]:
    """Return the statement of every exercise, by the exercise's name."""
    found: dict[str, Statement] = {}
    cells = chapter.learner.cells
    for index, cell in enumerate(cells):
        name = nb.exercise_of(cell)
        if name is None or "exercise" not in nb.tags(cell) or name in found:
            continue
        start = index
        for back in range(index - 1, -1, -1):
            if nb.check_of(cells[back]):
                break
            if cells[back].cell_type == "markdown":
                start = back
            if re.search(rf"^#+ .*\b{re.escape(name)}\b", cells[back].source, re.MULTILINE):
                break
        text = "\n".join(one.source for one in cells[start:index] if one.cell_type == "markdown")
        minutes = MINUTES.search(text)
        found[name] = Statement(name, text, int(minutes["minutes"]) if minutes else 0, cell.id)
    return found


def check(chapter: Chapter, content_of: ContentOf | None) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's exercises.

    Args:
        chapter: The chapter.
        content_of: Where the exercises are declared; ``None`` leaves the declarations out.
    """
    file = f"solutions/{chapter.path.name}"
    told = statements(chapter)
    checked = {name for cell in chapter.learner.cells if (name := nb.check_of(cell))}
    for cell in chapter.learner.cells:
        if "exercise" in nb.tags(cell) and cell.cell_type == "code" and nb.exercise_of(cell) is None:
            yield Problem(file, cell.id, "exercise-id", "an exercise's cell is called ex-N-M and a check follows it")
    for name, statement in told.items():
        for part in PARTS:
            if not re.search(rf"\b{part}\b", statement.text):
                yield Problem(file, statement.cell, "exercise-text", f"exercise {name} has no **{part}**")
        if not re.search(rf"^#+ .*\b{re.escape(name)}\b", statement.text, re.MULTILINE):
            yield Problem(file, statement.cell, "exercise-text", f"no heading names exercise {name}")
        if not statement.minutes:
            yield Problem(file, statement.cell, "exercise-text", f"exercise {name} does not say its minutes")
        if not DIFFICULTY.search(statement.text):
            yield Problem(file, statement.cell, "exercise-text", f"exercise {name} does not say its difficulty")
        if name not in checked:
            yield Problem(file, statement.cell, "check", f"no cell calls lab.check({name!r}, …)")
    for cell in chapter.author.cells:
        name = nb.exercise_of(cell)
        if name and "exercise" in nb.tags(cell) and "### BEGIN SOLUTION" not in cell.source:
            yield Problem(file, cell.id, "exercise-open", "nothing is left to solve: there is no ### BEGIN SOLUTION")
    if content_of is not None:
        yield from _declared(file, chapter, told, checked, content_of)


def _declared(
    file: str, chapter: Chapter, told: dict[str, Statement], checked: set[str], content_of: ContentOf
) -> Iterator[Problem]:
    try:
        content = content_of(chapter.course.id)
    except Exception as error:  # whatever an author's unfinished module raises is one more problem to list
        yield Problem(file, "", "declared", f"the exercises cannot be loaded: {type(error).__name__}: {error}")
        return
    declared = {exercise.id: exercise for exercise in _exercises(content)}
    for name in sorted(set(told) | checked):
        if name not in declared:
            yield Problem(file, "", "declared", f"exercise {name} is not declared in course_lib/grading/chapters")
    for name, exercise in declared.items():
        if name not in told and name not in checked:
            yield Problem(file, "", "declared", f"exercise {name} is declared but no cell checks it")
        hints = [hint.strip() for hint in exercise.hints]
        if len(hints) != 3 or not all(hints) or len(set(hints)) != 3:
            yield Problem(file, "", "hints", f"exercise {name} needs three different hints")
        elif "?" not in hints[0]:
            yield Problem(file, "", "hints", f"the first hint of exercise {name} is no question")
        if not exercise.why.strip():
            yield Problem(file, "", "why", f"exercise {name} does not say why its solution is right")
        if name in told and told[name].minutes and told[name].minutes != exercise.minutes:
            yield Problem(
                file,
                told[name].cell,
                "exercise-text",
                f"exercise {name}: the text says {told[name].minutes} minutes, its declaration {exercise.minutes}",
            )
        stars = told[name].text.count("★") if name in told else 0
        if stars and stars != exercise.difficulty:
            yield Problem(
                file, told[name].cell, "exercise-text", f"exercise {name}: {stars} ★, declared {exercise.difficulty}"
            )


def _exercises(content: Any) -> list[Any]:
    exercises = content.exercises
    return list(exercises.values() if hasattr(exercises, "values") else exercises)
