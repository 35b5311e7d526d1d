"""The quiz: native controls, an explanation for every option, answers that are kept."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course_lib.errors import CourseError
from course_lib.grading import ChapterContent, Option, Progress, Question
from course_lib.widgets.quiz import Quiz

CONTENT = ChapterContent(
    "09_test",
    questions=(
        Question(
            "9.q1",
            "Where does `progress` live?",
            (Option("in the worker", "The worker died."), Option("in the <b>history</b>", "Events.", right=True)),
        ),
        Question("9.q2", "Which?", (Option("this", "Yes.", right=True), Option("that", "No."))),
    ),
)

SEVERAL = ChapterContent(
    "09_test",
    questions=(
        Question(
            "9.q3",
            "Which hold?",
            (Option("this", "Yes, this.", right=True), Option("also", "Yes.", right=True), Option("that", "No: that.")),
        ),
    ),
)


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "progress.json")


def test_unanswered_it_explains_nothing(progress: Progress) -> None:
    text = Quiz(CONTENT, progress).text()
    assert "1. Where does `progress` live?" in text
    assert "( ) a) in the worker" in text
    assert "The worker died." not in text
    assert "0 of 2 right." in text


def test_a_wrong_answer_is_explained_and_may_be_changed(progress: Progress) -> None:
    quiz = Quiz(CONTENT, progress)
    assert quiz.answer("9.q1", 0) is False
    assert "The worker died." in quiz.text()
    assert "Events." not in quiz.text()
    assert quiz.answer(1, "b") is True
    assert "a wrong: The worker died." in quiz.text().replace(")", "")
    assert "Events." in quiz.text()
    assert quiz.score == (1, 2)
    assert progress.quiz_answer("9.q1")["first"] == 0


def test_answers_come_back_after_a_restart(progress: Progress) -> None:
    Quiz(CONTENT, progress).answer("9.q2", "this")
    again = Quiz(CONTENT, Progress(progress.path))
    assert again.score == (1, 2)
    assert "(•) a) this" in again.text()
    assert "Yes." in again.text()


def test_the_button_in_the_browser_answers(progress: Progress) -> None:
    quiz = Quiz(CONTENT, progress)
    quiz._choices["9.q1"].widget._handle_custom_msg({"pressed": [1]}, [])
    assert quiz.score == (1, 2)
    quiz._choices["9.q2"].widget._handle_custom_msg({"pressed": [99, "x"]}, [])
    assert progress.quiz_answer("9.q2") == {}, "what no option has is no answer"


def test_several_right_options_are_all_to_be_chosen(progress: Progress) -> None:
    quiz = Quiz(SEVERAL, progress)
    assert "choose all that are right" in quiz.text()
    assert quiz.answer("9.q3", "a") is False
    assert "At least one more" in quiz.text()
    assert "Yes, this" not in quiz.text(), "an option is explained when all are found"
    assert quiz.answer("9.q3", "a", "b", "c") is False
    assert "c) is not it" in quiz.text()
    assert "No: that" in quiz.text()
    assert quiz.answer("9.q3", "b", "a") is True
    assert "a), b) are right" in quiz.text()
    assert progress.quiz_answer("9.q3")["choice"] == [0, 1]
    assert "[x] b) also" in Quiz(SEVERAL, Progress(progress.path)).text()


def test_one_of_several_where_one_is_right_is_refused(progress: Progress) -> None:
    with pytest.raises(CourseError, match="One option can be chosen"):
        Quiz(CONTENT, progress).answer("9.q1", 0, 1)


def test_it_has_three_forms_and_obeys_no_markup(progress: Progress) -> None:
    quiz = Quiz(CONTENT, progress)
    quiz.answer("9.q1", 1)
    bundle = quiz._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(bundle)
    assert "<b>history</b>" not in bundle["text/html"]
    assert "&lt;b&gt;history" in bundle["text/html"]
    assert 'role="status"' in bundle["text/html"]
    assert "(chosen)" in bundle["text/html"]


@pytest.mark.parametrize(("question", "option"), [("9.q9", 0), ("9.q1", "z"), ("9.q1", 7), (0, 0), ("9.q1", True)])
def test_an_unknown_name_is_said(progress: Progress, question: str | int, option: int | str) -> None:
    with pytest.raises(CourseError, match="use one of" if question != "" else ""):
        Quiz(CONTENT, progress).answer(question, option)


def test_it_can_be_read_in_a_page_without_widgets(tmp_path: Path) -> None:
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert comes with JupyterLab")
    source = (
        "from pathlib import Path\n"
        "from course_lib import grading\n"
        "from course_lib.widgets.quiz import Quiz\n"
        f"Quiz(grading.chapter('0'), grading.Progress(Path({str(tmp_path)!r}) / 'p.json'))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=240, kernel_name="python3", store_widget_state=False).execute()
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert "Where does a running workflow" in page
    assert '<ol type="a">' in page
