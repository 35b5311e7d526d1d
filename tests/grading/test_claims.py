"""Each word of an exercise is a claim with a part of the check and a wrong answer, or says why not."""

import pytest

from course_lib.grading import Exercise

from . import claims
from .edits import Given, answers

each_exercise = pytest.mark.parametrize("exercise", claims.exercises(), ids=lambda exercise: exercise.id)


@each_exercise
def test_every_word_is_claimed(exercise: Exercise) -> None:
    told = claims.fields(exercise)
    assert {"Input", "Goal", "Example"} <= set(told)
    quotes = list(answers(exercise).CLAIMS)
    for name, text in told.items():
        assert claims.unclaimed(text, quotes) == [], name
    assert [words for words in quotes if not any(words in text for text in told.values())] == []


@each_exercise
def test_every_claim_has_a_wrong_answer_that_breaks_one_part_alone(exercise: Exercise) -> None:
    wrong = answers(exercise).WRONG
    for row in claims.rows(exercise):
        if row.part:
            assert len(wrong[row.proof].breaks) == 1, row.words
            assert set(row.more) <= set(wrong)


@each_exercise
def test_two_claims_of_a_goal_have_wrong_answers_of_their_own(exercise: Exercise) -> None:
    goal = claims.fields(exercise)["Goal"]
    proofs = [row.proof for row in claims.rows(exercise) if row.part and row.words in goal]
    assert proofs, "nothing of the goal is claimed"
    assert sorted(set(proofs)) == sorted(proofs)


def test_words_that_nobody_claims_are_found() -> None:
    assert claims.unclaimed("Charge once, then ship within 4 s.", ["Charge once", "4 s"]) == ["ship", "within"]


@each_exercise
def test_what_is_no_claim_says_why(exercise: Exercise) -> None:
    assert all(told.why for told in answers(exercise).CLAIMS.values() if isinstance(told, Given))


def test_the_page_is_up_to_date() -> None:
    assert claims.PAGE.read_text(encoding="utf-8") == claims.page(), "run .venv/bin/python -m tests.grading.claims"
