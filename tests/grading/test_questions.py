"""A quiz is a text file, and titles, minutes and stars are read from a chapter's text."""

import pytest

from course_lib.grading import questions
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


HEAD = "# Start here\n\nIt begins.\n\n**After this chapter you can** write one.\n\n**Cost** 30 minutes."
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
