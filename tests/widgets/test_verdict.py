"""A verdict that is seen: icon, word and text, escaped, with a text twin that says as much."""

from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading import Outcome, Part, Progress, Verdict
from course_lib.grading.hints import Hint
from course_lib.grading.solutions import Solution
from course_lib.widgets.hint import hint_view
from course_lib.widgets.progress import progress_view
from course_lib.widgets.solution import locked_view, solution_view
from course_lib.widgets.verdict import verdict_view

EVIL = "<script>alert(1)</script><img src=x onerror=1>"
BAD = Part(False, "shipped `once`", "1 parcel", f"2 parcels {EVIL}", (7,), "use `order_id` as the key.")
GOOD = Part(True, "charged once", "1", "1")


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.PASSED, "Passed"),
        (Outcome.FAILED, "Not yet"),
        (Outcome.UNATTEMPTED, "not attempted yet"),
        (Outcome.ERROR, "Error"),
    ],
)
def test_the_outcome_is_a_word_and_a_status(outcome: Outcome, word: str) -> None:
    view = verdict_view(Verdict("1.1", outcome, "run", (), "step", 1.0, error="why", title="Two steps"))
    assert word in view.html
    assert 'role="status"' in view.html
    assert "1.1 Two steps" in view.html
    assert "1.1 Two steps" in view.text


def test_every_part_is_there_with_its_evidence() -> None:
    view = verdict_view(Verdict("1.1", Outcome.FAILED, "Order()", (GOOD, BAD), BAD.next_step, 1.0))
    for piece in ("charged once", "1 parcel", "2 parcels", "(event 7)", 'lab.hint("1.1")'):
        assert piece in view.text
    assert "<code>once</code>" in view.html
    assert "(event 7)" in view.html
    assert "does not hold" in view.html
    assert set(view._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_nothing_of_a_payload_is_obeyed() -> None:
    verdict = Verdict("1.1", Outcome.FAILED, EVIL, (Part(False, EVIL, EVIL, EVIL, (), EVIL),), EVIL, 1.0, title=EVIL)
    html = verdict_view(verdict).html + hint_view(Hint("1.1", 1, (EVIL,), 3)).html
    html += solution_view(Solution("1.1", EVIL, EVIL, EVIL, EVIL)).html
    assert "<script>" not in html
    assert "<img" not in html
    assert "\x1b" not in verdict_view(Verdict("1.1", Outcome.ERROR, "", (), "", 1.0, error="\x1b[31mred")).text


def test_a_hint_keeps_the_earlier_ones_and_says_how_to_go_on() -> None:
    hint = Hint("1.1", 2, ("Which line?", "Look at `run`.\n```python\nreturn 1\n```"), 3)
    view = hint_view(hint)
    assert "hint 2 of 3" in view.text
    assert "Which line?" in view.text
    assert "    return 1" in view.text
    assert "<pre>return 1</pre>" in view.html
    assert "again for the next one" in view.text
    assert "last hint" in hint_view(Hint("1.1", 3, ("a", "b", "c"), 3)).text


def test_the_solution_marks_what_differs_beside_the_learners_code() -> None:
    view = solution_view(Solution("1.1", "Two", "a = 1\nb = 2", "a = 1\nb = 3", "because"))
    assert "- b = 2" in view.text
    assert "+ b = 3" in view.text
    assert "  a = 1" in view.text
    assert view.html.count('class="tc-line tc-only"') == 2
    assert "because" in view.html
    assert "not in a module cell" in solution_view(Solution("1.1", "Two", "", "x", "y")).text


def test_a_locked_solution_says_what_opens_it() -> None:
    view = locked_view(CourseError("It opens after an attempt.", fix="run `await lab.check()`."))
    assert "opens after" in view.html
    assert "<code>await lab.check()</code>" in view.html
    assert "lab.check()" in view.text


def test_progress_tells_done_tried_open_and_next(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    assert "○ 0.1 open" in progress_view(progress).text
    assert "Next: exercise 0.1, Change a greeting" in progress_view(progress).text
    assert "Next: exercise 1.1" in progress_view(progress, here="01_workflows").text
    assert "01_workflows (you are here)" in progress_view(progress, here="01_workflows").text
    progress.record(Verdict("0.1", Outcome.FAILED, "", (), "", 1.0))
    assert "◐ 0.1 tried" in progress_view(progress).text
    progress.record(Verdict("0.1", Outcome.PASSED, "", (), "", 1.0))
    progress.record_quiz("0.q1", 1, True)
    view = progress_view(progress)
    assert "✓ 0.1 passed" in view.text
    assert "quiz 1/" in view.text
    assert "Next: 0.1" not in view.text
    assert ">passed</span>" in view.html
