"""Finds what a chapter declares: one package per chapter under ``grading/chapters``."""

import importlib
import pkgutil
import re
from functools import cache

from course_lib.errors import CourseError
from course_lib.grading import chapters as declared
from course_lib.grading.model import ChapterContent, Exercise, Prediction


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
    content = _chapter_of(exercise_id, "exercise")
    if found := content.exercise(exercise_id):
        return found
    raise _unknown("exercise", exercise_id, content.id, [known.id for known in content.exercises])


def prediction(prediction_id: str) -> Prediction:
    """Return one prediction.

    Args:
        prediction_id: For example ``"1.a"``.

    Raises:
        CourseError: There is no such prediction.
    """
    content = _chapter_of(prediction_id, "prediction")
    if found := content.prediction(prediction_id):
        return found
    raise _unknown("prediction", prediction_id, content.id, [known.id for known in content.predictions])


@cache
def _load(number: str) -> ChapterContent:
    content: ChapterContent = importlib.import_module(f"{declared.__name__}.ch{number}").CHAPTER
    return content


def _chapter_of(item: str, kind: str) -> ChapterContent:
    if not isinstance(item, str) or "_" in item:
        example = '"1.1"' if kind == "exercise" else '"1.a"'
        raise CourseError(f"{item!r} is not the name of an {kind}.", fix=f"write it like {example}.")
    return chapter(item)


def _unknown(kind: str, item: str, chapter_id: str, known: list[str]) -> CourseError:
    return CourseError(f"Chapter {chapter_id} has no {kind} {item!r}.", fix=f"use one of {', '.join(known) or 'none'}.")
