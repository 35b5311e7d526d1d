"""Rules for what a chapter declares, so that no chapter is thinner than the format demands."""

import inspect
import re

import pytest

from course_lib import grading
from course_lib.grading import ChapterContent, Exercise

CHAPTERS = [grading.chapter(number) for number in grading.chapter_numbers()]
EXERCISES = [exercise for chapter in CHAPTERS for exercise in chapter.exercises]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_quiz_and_predictions(chapter: ChapterContent) -> None:
    assert 4 <= len(chapter.questions) <= 6
    assert 2 <= len(chapter.predictions) <= 4
    number = str(int(chapter.id[:2]))
    names = [item.id for item in (*chapter.exercises, *chapter.questions, *chapter.predictions)]
    assert len(set(names)) == len(names)
    assert all(name.split(".")[0] == number for name in names)
    for question in chapter.questions:
        assert 0 < sum(option.right for option in question.options) < len(question.options), question.id
    for item in (*chapter.questions, *chapter.predictions):
        assert len(item.options) >= 2, item.id
        assert all(option.text and option.why for option in item.options), f"{item.id}: explain every option"
        assert len({option.text for option in item.options}) == len(item.options), item.id
    for prediction in chapter.predictions:
        values = [repr(option.value) for option in prediction.options]
        assert len(set(values)) == len(values), f"{prediction.id}: two options that one run would show right"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_the_right_answer_has_no_fixed_place(chapter: ChapterContent) -> None:
    places = {[option.right for option in question.options].index(True) for question in chapter.questions}
    assert len(places) > 1


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_is_declared_whole(exercise: Exercise) -> None:
    assert exercise.title
    assert 1 <= exercise.stars <= 3
    assert 0 < exercise.minutes <= 45
    assert exercise.answers
    assert exercise.why
    assert len(exercise.hints) == 3
    assert "?" in exercise.hints[0], "the first hint is a question"
    assert "```" in exercise.hints[-1], "the last hint shows code"
    assert "```" not in exercise.hints[0]
    block = re.search(r"```python\n(.*?)```", exercise.hints[-1], re.DOTALL)
    assert block is not None
    inspected = inspect.signature(exercise.check)
    variable = any(item.kind is item.VAR_POSITIONAL for item in inspected.parameters.values())
    assert variable or len(inspected.parameters) == 1 + len(exercise.answers)
