"""A prediction: the first commitment stands, the run grades it, and nothing breaks without one."""

from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading import Option, Prediction, Progress
from course_lib.widgets.predict import Predict

CHARGES = Prediction(
    "9.a",
    "How many charges?",
    (Option("One", "The history knows it.", value=1), Option("Two", "It would start again.", value=2)),
)


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "progress.json")


def test_a_commitment_locks(progress: Progress) -> None:
    predict = Predict(CHARGES, progress)
    assert predict.committed is None
    predict.commit("b")
    assert predict.committed == 1
    assert predict.locked
    predict.commit("a")
    assert predict.committed == 1
    assert "Committed to b)" in predict.text()
    assert "It would start again." not in predict.text(), "the run grades it, not the commitment"


def test_it_is_locked_after_a_restart_too(progress: Progress) -> None:
    Predict(CHARGES, progress).commit(1)
    again = Predict(CHARGES, Progress(progress.path))
    assert again.locked
    assert "(•) b) Two" in again.text()


@pytest.mark.parametrize(
    ("option", "words", "matched"),
    [("a", "The run agrees with you", True), ("b", "The run shows something else", False)],
)
def test_the_run_grades_it(progress: Progress, option: str, words: str, matched: bool) -> None:
    Predict(CHARGES, progress).commit(option)
    shown = Predict(CHARGES, progress).reveal(1)
    assert words in shown.text()
    assert "The history knows it." in shown.text()
    assert ("It would start again." in shown.text()) is not matched
    assert progress.prediction("9.a")["matched"] is matched


def test_without_a_commitment_the_run_is_shown_all_the_same(progress: Progress) -> None:
    shown = Predict(CHARGES, progress).reveal(1)
    assert "You made no prediction" in shown.text()
    assert "One" in shown.text()
    assert "matched" not in progress.prediction("9.a")
    assert shown.locked


def test_a_run_that_no_option_fits_is_said_and_not_counted(progress: Progress) -> None:
    predict = Predict(CHARGES, progress)
    predict.commit("a")
    assert "which no option says" in predict.reveal(7).text()
    assert "matched" not in progress.prediction("9.a")


def test_an_unknown_option_is_said(progress: Progress) -> None:
    with pytest.raises(CourseError, match="use one of a, b"):
        Predict(CHARGES, progress).commit("c")


def test_a_place_that_cannot_be_written_still_locks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    predict = Predict(CHARGES, Progress(tmp_path / "file" / "progress.json"))
    predict.commit("b")
    assert predict.locked
    assert "Committed to b)" in predict.text()


def test_three_forms(progress: Progress) -> None:
    bundle = Predict(CHARGES, progress).reveal(2)._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(bundle)
    assert "It would start again." in bundle["text/html"]


def test_all_displays_of_one_prediction_agree(progress: Progress) -> None:
    asked = Predict(CHARGES, progress)
    shown = Predict(CHARGES, progress).reveal(1)
    asked.commit("a")
    assert asked.locked
    assert shown.committed is None, "nothing can be committed once the run has been seen"
    assert "The history knows it." in asked.text()


def test_the_outcome_is_the_question_and_the_answer_without_the_options(progress: Progress) -> None:
    Predict(CHARGES, progress).commit("b")
    outcome = Predict(CHARGES, progress).reveal(1).outcome()
    assert "How many charges?" in outcome.text
    assert "The run shows something else" in outcome.text
    assert "( )" not in outcome.text
    assert "radio" not in outcome.html
