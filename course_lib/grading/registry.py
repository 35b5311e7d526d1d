"""Finds what a chapter declares: in its package under ``grading/chapters``, and in its notebook."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from course_lib.errors import CourseError
from course_lib.grading import chapters as declared
from course_lib.grading import questions, sources
from course_lib.grading.exercises import ChapterContent, Exercise
from course_lib.grading.headings import chapter_heading, exercise_heading, hints_and_why
from course_lib.grading.questions import Prediction

_Item = TypeVar("_Item", Exercise, Prediction)


@cache
def chapter_numbers() -> tuple[str, ...]:
    """Return the two-digit numbers of all chapters that declare something, in order."""
    names = (info.name for info in pkgutil.iter_modules(declared.__path__))
    return tuple(sorted(name[2:] for name in names if re.fullmatch(r"ch\d\d", name)))


def chapter(chapter_id: str) -> ChapterContent:
    """Return what a chapter declares.

    Args:
        chapter_id: The file's stem ``"01_workflows"``, its number ``"01"`` or ``"1"``, or anything whose number
            comes first, such as an exercise's id ``"1.2"``.

    Raises:
        CourseError: There is no such chapter.
    """
    found = re.match(r"\d+", str(chapter_id))
    number = f"{int(found[0]):02d}" if found else ""
    content = _load(number) if number in chapter_numbers() else None
    # A misspelt stem would give task queues and a workspace of a chapter that does not exist.
    if content is None or ("_" in str(chapter_id) and content.id != chapter_id):
        raise CourseError(
            f"There is no chapter {str(chapter_id)!r}.",
            fix=f"use one of {', '.join(_load(number).id for number in chapter_numbers())}.",
        )
    return content


def exercise(exercise_id: str) -> Exercise:
    """Return one exercise.

    Args:
        exercise_id: For example ``"1.1"``.

    Raises:
        CourseError: There is no such exercise.
    """
    return _named("exercise", exercise_id, lambda content: content.exercises)


def prediction(prediction_id: str) -> Prediction:
    """Return one prediction.

    Args:
        prediction_id: For example ``"1.a"``.

    Raises:
        CourseError: There is no such prediction.
    """
    return _named("prediction", prediction_id, lambda content: content.predictions)


@cache
def _load(number: str) -> ChapterContent:
    package = importlib.import_module(f"{declared.__name__}.ch{number}")
    (folder,) = package.__path__
    told = sources.told(number)
    if not told.id:
        raise CourseError(
            f"The notebook of chapter {number} is missing.", fix="get the folder notebooks/ back from git."
        )
    asked, predictions = questions.read(
        (Path(folder) / "questions.md").read_text(encoding="utf-8"), getattr(package, "CLASSIFY", {})
    )
    files = (re.fullmatch(r"ex_(\d+)_(\d+)", info.name) for info in pkgutil.iter_modules([folder]))
    exercises = []
    for chapter_number, count in sorted((int(found[1]), int(found[2])) for found in files if found):
        module = importlib.import_module(f"{package.__name__}.ex_{chapter_number}_{count}")
        exercises.append(_whole(module.EXERCISE, f"{chapter_number}.{count}", told))
    title = chapter_heading(told.texts).title
    return ChapterContent(told.id, title, tuple(exercises), tuple(asked), tuple(predictions))


def _whole(exercise: Exercise, exercise_id: str, told: sources.Told) -> Exercise:
    """Return a declared exercise with what its notebook says; without ``solutions/`` it has one hint less."""
    heading = exercise_heading(exercise_id, told.texts)
    hints, why = hints_and_why(told.hints.get(exercise_id, ""))
    exercise = replace(
        exercise,
        id=exercise_id,
        title=heading.title,
        minutes=heading.minutes,
        stars=heading.stars,
        hints=hints,
        why=why,
    )
    code = sources.solution_lines(exercise)
    return replace(exercise, hints=(*hints, f"```python\n{code}\n```")) if code else exercise


def _named(kind: str, name: str, items_of: Callable[[ChapterContent], Sequence[_Item]]) -> _Item:
    if not isinstance(name, str) or "_" in name:
        example = '"1.1"' if kind == "exercise" else '"1.a"'
        raise CourseError(f"{name!r} is not the name of an {kind}.", fix=f"write it like {example}.")
    content = chapter(name)
    items = {item.id: item for item in items_of(content)}
    if name not in items:
        known = ", ".join(items) or "none"
        raise CourseError(f"Chapter {content.id} has no {kind} {name!r}.", fix=f"use one of {known}.")
    return items[name]
