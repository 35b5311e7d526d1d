"""The content lint: what `course build` and a test hold every chapter to."""

from collections.abc import Sequence
from pathlib import Path

from course_lib import grading
from course_lib.authoring.build import Chapter, chapters
from course_lib.authoring.lint import code, exercises, prose, ruffing, shape, teaching, words
from course_lib.authoring.lint.exercises import ContentOf
from course_lib.authoring.lint.problem import Problem

__all__ = ["Problem", "lint"]


def lint(
    root: Path,
    built: Sequence[Chapter] | None = None,
    content_of: ContentOf = grading.chapter,
    *,
    with_ruff: bool = True,
) -> list[Problem]:
    """Hold every chapter to the chapter format.

    Args:
        root: The checkout.
        built: The chapters, when they are built already.
        content_of: Where the exercises are declared.
        with_ruff: Also run ruff over the cells, about a quarter of a second.

    Returns:
        All problems, in the order of the chapters.
    """
    made = list(chapters(root) if built is None else built)
    ids = {chapter.course.id for chapter in made}
    files = {chapter.path.name for chapter in made}
    problems: list[Problem] = []
    for chapter in made:
        problems.extend(shape.check(chapter))
        problems.extend(exercises.check(chapter, content_of))
        problems.extend(teaching.check(chapter))
        problems.extend(prose.check(root, chapter, files))
        problems.extend(words.check(root, chapter))
        problems.extend(code.check(root, chapter))
        for need in chapter.course.needs:
            if need not in ids:
                problems.append(Problem(f"solutions/{chapter.path.name}", "", "needs", f"there is no chapter {need!r}"))
    if not with_ruff:
        pass
    elif ruffing.available():
        problems.extend(ruffing.check(root, made))
    else:
        print("ruff is not installed here: the %%module cells were not linted (pip install ruff)")
    return list(dict.fromkeys(problems))
