"""The course map: one next step, in the open chapter first; done chapters are said to be done."""

from pathlib import Path

import pytest

from course_lib.grading import Outcome, Progress, Verdict, chapter, chapter_numbers
from course_lib.widgets.progress import progress_view


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "progress.json")


def _pass(progress: Progress, number: str) -> None:
    for exercise in chapter(number).exercises:
        progress.record(Verdict(exercise.id, Outcome.PASSED, "", (), "", 0.1))


def _answer(progress: Progress, number: str) -> None:
    for question in chapter(number).questions:
        progress.record_quiz(question.id, 0, True)


def test_the_open_chapter_comes_first_then_its_quiz_then_the_others(progress: Progress) -> None:
    assert "Next: exercise 1.1" in progress_view(progress, "01_workflows").text
    _pass(progress, "1")
    assert "Next: the quiz in this chapter" in progress_view(progress, "01_workflows").text
    _answer(progress, "1")
    view = progress_view(progress, "01_workflows")
    assert "Next: exercise 0.1" in view.text
    assert "in notebooks/00_start_here.ipynb" in view.text
    assert "✓ done" in view.html


def test_when_all_is_done_it_says_so(progress: Progress) -> None:
    for number in chapter_numbers():
        _pass(progress, number)
        _answer(progress, number)
    assert "nothing is left" in progress_view(progress).text
