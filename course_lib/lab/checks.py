"""Checks, hints, solutions, questions and progress, as a notebook calls them; each widget loads on first use."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from course_lib import grading
from course_lib.cells import Modules
from course_lib.errors import CourseError
from course_lib.server import Server
from course_lib.widgets.line import Line

if TYPE_CHECKING:
    from course_lib.widgets.look import View
    from course_lib.widgets.predict import Predict
    from course_lib.widgets.quiz import Quiz

_NOT_GIVEN = object()


class Checks:
    """The graded side of one chapter.

    Args:
        where: The Temporal server that checks run on.
        modules: The chapter's module cells.
        chapter: The chapter's id.
    """

    def __init__(self, where: Server, modules: Modules, chapter: str) -> None:
        self._chapter = chapter
        self._server = where
        self._modules = modules
        self._progress = grading.Progress()

    async def check(self, exercise_id: str, answers: Sequence[Any], say: Line) -> "View":
        """See ``Lab.check``."""
        from course_lib.widgets.verdict import verdict_view

        exercise = grading.exercise(exercise_id)
        verdict = await grading.grade(exercise, answers, server=self._server, modules=self._modules, say=say)
        self._progress.record(verdict)
        if os.environ.get("COURSE_STRICT") and not verdict.passed:
            raise grading.CheckFailed(verdict)
        return verdict_view(verdict)

    def hint(self, exercise_id: str) -> "View":
        """See ``Lab.hint``."""
        from course_lib.widgets.hint import hint_view

        return hint_view(grading.next_hint(grading.exercise(exercise_id), self._progress))

    def solution(self, exercise_id: str) -> "View":
        """See ``Lab.solution``."""
        from course_lib.widgets.solution import locked_view, solution_view

        exercise = grading.exercise(exercise_id)
        try:
            return solution_view(grading.solution(exercise, self._modules, self._progress))
        except CourseError as locked:
            return locked_view(locked)

    def predict(self, prediction_id: str, seen: Any = _NOT_GIVEN) -> "Predict | View":
        """See ``Lab.predict``."""
        from course_lib.widgets.predict import Predict

        predict = Predict(grading.prediction(prediction_id), self._progress)
        return predict if seen is _NOT_GIVEN else predict.reveal(seen).outcome()

    def quiz(self, chapter: str) -> "Quiz":
        """See ``Lab.quiz``."""
        from course_lib.widgets.quiz import Quiz

        return Quiz(grading.chapter(chapter), self._progress)

    def chapter_done(self) -> bool:
        """Return whether every exercise of this chapter is passed; a chapter without any is never done."""
        exercises = grading.chapter(self._chapter).exercises
        return bool(exercises) and all(self._progress.passed(exercise.id) for exercise in exercises)

    def progress(self) -> "View":
        """See ``Lab.progress``."""
        from course_lib.widgets.progress import progress_view

        return progress_view(self._progress, self._chapter)
