"""Quiz, predictions, course map and verdicts in a real JupyterLab: mouse, keyboard, light, dark, restart."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .scene import Scene

QUESTIONS = """
import tempfile
from pathlib import Path
from course_lib.grading import ChapterContent, Option, Prediction, Progress, Question, Outcome, Part, Verdict
from course_lib.widgets.predict import Predict
from course_lib.widgets.progress import progress_view
from course_lib.widgets.quiz import Quiz
from course_lib.widgets.verdict import verdict_view
progress = Progress(Path(tempfile.mkdtemp()) / "progress.json")
bad = "<img src=x onerror=\\"document.title='broken in'\\">"
one = Question("9.q1", "Where does `progress` live?", (
    Option("in the worker", "The worker died."), Option(f"in the history {bad}", "Events.", right=True)))
several = Question("9.q2", "Which hold?", (
    Option("this", "Yes.", right=True), Option("also", "Too.", right=True), Option("that", "No: that.")))
Quiz(ChapterContent("09_test", questions=(one, several)), progress)
"""
PREDICT = """
charges = Prediction("9.a", "How many charges?", (Option("One", "It knows.", value=1), Option("Two", "No.", value=2)))
Predict(charges, progress)
"""
SEEN = "Predict(charges, progress).reveal(1).outcome()"
LOOK = """
from IPython.display import display
from course_lib.errors import CourseError
from course_lib.widgets.look import callout
parts = (Part(True, "the order is charged"), Part(False, "it is charged once", "1", f"2 {bad}", (5, 11), "retry less"))
display(verdict_view(Verdict("9.1", Outcome.FAILED, "run it", parts, "look at event 11", 1.0, title="Charge once")))
for kind in ("note", "info", "tryit", "warning", "ok", "fail", "error"):
    display(callout(kind, f"A title {bad}", "and a text with `code`"))
progress_view(progress, "01_workflows")
"""


@pytest.fixture(scope="module")
def scene(opened: Callable[..., Scene]) -> Scene:
    return opened(QUESTIONS, PREDICT, SEEN, LOOK)


def _question(scene: Scene, legend: str) -> Locator:
    return scene.page.locator(".tc-choice").filter(has_text=legend)


@pytest.mark.core
def test_by_mouse(scene: Scene) -> None:
    quiz = _question(scene, "Where does")
    answer = quiz.get_by_role("button", name="Answer")
    expect(answer).to_be_disabled()
    quiz.get_by_text("in the worker").click()
    answer.click()
    expect(quiz.get_by_role("status")).to_contain_text("The worker died.")
    quiz.get_by_text("in the history").click()
    answer.click()
    expect(quiz.get_by_role("status")).to_contain_text("b) is right")
    expect(scene.page.get_by_text("1 of 2 right.")).to_be_visible()


@pytest.mark.core
def test_by_keyboard(scene: Scene) -> None:
    quiz = _question(scene, "Which hold?")
    quiz.get_by_role("checkbox").first.focus()
    scene.page.keyboard.press("Space")
    scene.page.keyboard.press("Tab")
    scene.page.keyboard.press("Space")
    scene.page.keyboard.press("Enter")
    expect(quiz.get_by_role("status")).to_contain_text("a), b) are right")

    predict = _question(scene, "How many charges?")
    expect(predict.get_by_role("radio").first).to_be_disabled()  # the run has been seen: too late
    scene.run_cell("Predict(Prediction('9.b', 'And then?', charges.options), progress)")
    open_one = _question(scene, "And then?")
    open_one.get_by_role("radio").first.focus()
    scene.page.keyboard.press("ArrowDown")
    expect(open_one.get_by_role("radio").nth(1)).to_be_checked()
    scene.page.keyboard.press("Tab")
    scene.page.keyboard.press("Enter")
    expect(open_one.get_by_role("status")).to_contain_text("Committed to b)")
    expect(open_one.get_by_role("button", name="Commit")).to_be_disabled()


@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_fault(scene: Scene, dark: bool) -> None:
    scene.theme(dark=dark)
    assert scene.faults() == []


def test_markup_stays_text(scene: Scene) -> None:
    expect(scene.page.get_by_text("in the history <img src=x")).to_be_visible()
    assert scene.page.locator(".jp-OutputArea-output img").count() == 0
    assert scene.page.title() != "broken in"


def test_after_a_reload_the_answers_are_there_and_a_restart_is_said(scene: Scene) -> None:
    scene.reload()
    quiz = _question(scene, "Where does")
    expect(quiz.get_by_role("status")).to_contain_text("b) is right")
    scene.restart_kernel()
    expect(scene.page.get_by_text("no longer connected").first).to_be_visible()
    expect(_question(scene, "Which hold?").get_by_role("button", name="Answer")).to_be_disabled()
