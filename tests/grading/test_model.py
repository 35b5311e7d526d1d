"""Verdicts in words, predictions that a run grades, and chapters that are found."""

import pytest

from course_lib import grading
from course_lib.errors import CourseError
from course_lib.grading import CheckFailed, Option, Outcome, Part, Prediction, Verdict

GOOD = Part(True, "the order is charged", "1", "1")
BAD = Part(False, "the order is shipped once", "1 parcel", "2 parcels", (7, 13), "use the order's id as the key.")


def test_a_failed_verdict_says_everything_in_order() -> None:
    text = Verdict("1.1", Outcome.FAILED, "Order('a')", (GOOD, BAD), BAD.next_step, 1.0, title="Two steps").text()
    pieces = ["✗ 1.1 Two steps", "1 of 2", "What was run: Order('a')", "✓ the order is charged",
              "✗ the order is shipped once", "expected: 1 parcel", "seen:     2 parcels (events 7, 13)",
              "Next: use the order's id", 'lab.hint("1.1")']  # fmt: skip
    positions = [text.index(piece) for piece in pieces]
    assert positions == sorted(positions)


def test_a_passed_verdict_has_no_hint() -> None:
    text = Verdict("1.1", Outcome.PASSED, "x", (GOOD,), "", 1.0).text()
    assert "hint" not in text
    assert text.startswith("✓ 1.1: passed")


def test_check_failed_carries_the_text() -> None:
    verdict = Verdict("1.1", Outcome.ERROR, "", (), "start it.", 1.0, error="The server is gone.")
    assert "The server is gone." in str(CheckFailed(verdict))


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


@pytest.mark.parametrize("name", ["00_start_here", "00", "0", "0.1"])
def test_a_chapter_is_found_by_stem_and_number(name: str) -> None:
    assert grading.chapter(name).id == "00_start_here"


@pytest.mark.parametrize("name", ["00_start_hear", "99_nothing", "", "start", "../x"])
def test_an_unknown_chapter_is_said(name: str) -> None:
    with pytest.raises(CourseError, match="00_start_here"):
        grading.chapter(name)


def test_an_unknown_exercise_names_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"use one of 0\.1"):
        grading.exercise("0.9")
    with pytest.raises(CourseError, match=r"use one of 0\.a"):
        grading.prediction("0.z")
