"""A quiz is a text file, a run grades a prediction, and titles, minutes and stars are read from a chapter's text."""

import pytest

from course_lib.grading import Option, Prediction, questions
from course_lib.grading.headings import Heading, chapter_heading, exercise_heading

TEXT = """\
# Predictions and quiz

## 1.a

How many *charges*,
and why?

- ["one"] One: [by the key]
  The key
  knows it.
- [2] Two
  - No.

## 1.q1

Which?

- [ ] This
  It is not.
- [x] That
  It is.
"""


def test_predictions_have_values_and_questions_right_options() -> None:
    asked, predicted = questions.read(TEXT, {"1.a": len})
    (prediction,), (question,) = predicted, asked
    assert (prediction.id, prediction.text) == ("1.a", "How many *charges*, and why?")
    assert [(one.text, one.why, one.value) for one in prediction.options] == [
        ("One: [by the key]", "The key knows it.", "one"),
        ("Two", "- No.", 2),
    ]
    assert prediction.classify is len
    assert [(one.text, one.why, one.right) for one in question.options] == [
        ("This", "It is not.", False),
        ("That", "It is.", True),
    ]


HEAD = "# Start here\n\nIt begins.\n\n**After this chapter you can** write one.\n\n**Time** 30 minutes."
TASK = "### Exercise 1.1: charge, then ship\n\n*10 minutes · difficulty ★★. Edit it.*"


@pytest.mark.parametrize(
    ("texts", "heading"),
    [
        (["[nav](x)", HEAD], Heading("Start here", 30, promise="write one")),
        (["# Start here"], Heading("Start here")),
        (["## Not the title", TASK], Heading()),
    ],
)
def test_a_chapters_first_text(texts: list[str], heading: Heading) -> None:
    assert chapter_heading(texts) == heading


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        (TASK, Heading("Charge, then ship", 10, stars=2)),
        (f"In 5 min: exercise 1.1 ★\n\n{TASK}", Heading("Charge, then ship", 10, stars=2)),
        ("### Exercise 1.1: buy\n\n**Goal** it.", Heading("Buy")),
        (TASK.replace("1.1", "1.12"), Heading()),
        (TASK.replace("1.1", "11.1"), Heading()),
    ],
)
def test_an_exercises_heading(text: str, heading: Heading) -> None:
    assert exercise_heading("1.1", [HEAD, text]) == heading


def test_a_prediction_is_matched_by_value_and_not_by_truth() -> None:
    options = (Option("once", "", value=1), Option("yes", "", value=True), Option("none", "", value=0))
    prediction = Prediction("0.a", "?", options)
    numpy = pytest.importorskip("numpy")
    assert prediction.match(1) is options[0]
    assert prediction.match(numpy.int64(1)) is options[0]
    assert prediction.match(True) is options[1]
    assert prediction.match(False) is None
    assert prediction.match(5) is None


def test_a_prediction_may_classify_what_was_seen() -> None:
    options = (Option("few", "", value="few"), Option("many", "", value="many"))
    prediction = Prediction("0.a", "?", options, classify=lambda count: "many" if count > 3 else "few")
    assert prediction.match(17) is options[1]
