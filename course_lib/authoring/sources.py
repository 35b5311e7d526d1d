"""An exercise's code in either edition, for grading, for `lab.solution` and for tests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from course_lib import paths
from course_lib.authoring import notebook as nb
from course_lib.authoring.build import SOLUTIONS, learner_edition
from course_lib.authoring.source import MODULE_LINE, module_name
from course_lib.authoring.stubs import solved
from course_lib.errors import CourseError

Edition = Literal["learner", "solution"]


@dataclass(frozen=True)
class ExerciseCell:
    """One cell of an exercise.

    Args:
        id: The cell's id, for example ``"ex-1-1"``.
        module: The module that the cell is saved as, ``None`` for an ordinary cell.
        source: The whole cell, with its ``%%module`` line, without solution markers.
        body: The same without the ``%%module`` line: plain Python.
    """

    id: str
    module: str | None
    source: str
    body: str


def exercise_cells(
    chapter: str, exercise: str, edition: Edition = "learner", root: Path | None = None
) -> list[ExerciseCell]:
    """Return the cells of one exercise, in the notebook's order.

    Args:
        chapter: The chapter's id, for example ``"01_workflows"``.
        exercise: The exercise's name, for example ``"1.1"``.
        edition: ``"learner"`` for the untouched stub, ``"solution"`` for the solved cells.
        root: The checkout; found when not given.

    Raises:
        CourseError: There is no such chapter or exercise.
    """
    path = (root or paths.root()) / SOLUTIONS / f"{chapter}.ipynb"
    notebook = nb.read(path)
    if edition == "learner":
        notebook = learner_edition(nb.normalised(notebook), path.name)
    found = []
    for name, cell in nb.exercise_cells(notebook):
        if name == exercise:
            source = solved(cell.source, cell.id) if edition == "solution" else cell.source
            found.append(ExerciseCell(cell.id, module_name(source), source, MODULE_LINE.sub("", source, count=1)))
    if not found:
        known = sorted({name for name, _ in nb.exercise_cells(notebook)})
        raise CourseError(
            f"Chapter {chapter} has no exercise {exercise!r}.", fix=f"use one of {', '.join(known) or 'none'}."
        )
    return found


def exercise_source(chapter: str, exercise: str, edition: Edition = "learner", root: Path | None = None) -> str:
    """Return the Python of one exercise, without ``%%module`` line and solution markers.

    Args:
        chapter: The chapter's id, for example ``"01_workflows"``.
        exercise: The exercise's name, for example ``"1.1"``.
        edition: ``"learner"`` for the untouched stub, ``"solution"`` for the solved code.
        root: The checkout; found when not given.

    Raises:
        CourseError: There is no such chapter or exercise.
    """
    return "\n\n".join(cell.body for cell in exercise_cells(chapter, exercise, edition, root))
