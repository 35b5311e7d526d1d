"""The progress file: counts, survives damage, and can be shared."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.grading import Exercise, Outcome, Progress, Verdict
from course_lib.grading.hints import next_hint


def verdict(outcome: Outcome, exercise: str = "0.1") -> Verdict:
    return Verdict(exercise, outcome, "", (), "", 0.1)


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "state" / "progress.json")


def test_only_passed_and_failed_are_attempts(progress: Progress) -> None:
    progress.record(verdict(Outcome.UNATTEMPTED))
    progress.record(verdict(Outcome.ERROR))
    assert not progress.attempted("0.1")
    progress.record(verdict(Outcome.FAILED))
    assert progress.attempted("0.1")
    assert not progress.passed("0.1")


def test_a_pass_is_never_taken_back(progress: Progress) -> None:
    progress.record(verdict(Outcome.PASSED))
    progress.record(verdict(Outcome.FAILED))
    assert progress.passed("0.1")
    assert progress.exercise("0.1")["attempts"] == 2
    assert progress.exercise("0.1")["last"] == "failed"


def test_another_kernel_sees_it(progress: Progress) -> None:
    progress.record(verdict(Outcome.PASSED))
    assert Progress(progress.path).passed("0.1")


def test_hints_go_one_step_further_and_stay_at_the_last(progress: Progress) -> None:
    async def check(bench: object) -> None: ...

    exercise = Exercise(("X",), check, id="0.1", hints=("one", "two", "three"))
    seen = [next_hint(exercise, Progress(progress.path)).text for _ in range(4)]
    assert seen == ["one", "two", "three", "three"]


def test_the_first_prediction_and_its_first_run_stand(progress: Progress) -> None:
    progress.record_prediction("0.a", 1)
    progress.record_prediction("0.a", 2)
    progress.record_reveal("0.a", False)
    progress.record_reveal("0.a", True)
    assert progress.prediction("0.a")["choice"] == 1
    assert progress.prediction("0.a")["matched"] is False


def test_quiz_keeps_first_and_latest_choice(progress: Progress) -> None:
    progress.record_quiz("0.q1", 0, False)
    progress.record_quiz("0.q1", 1, True)
    answer = progress.quiz_answer("0.q1")
    assert (answer["first"], answer["choice"], answer["right"]) == (0, 1, True)


@pytest.mark.parametrize(
    ("what", "left"),
    [("1.1", {"1.2", "10.1"}), ("01_workflows", {"10.1"}), ("1", {"10.1"}), ("10", {"1.1", "1.2"}), (None, set())],
)
def test_reset_takes_one_exercise_one_chapter_or_all(progress: Progress, what: str | None, left: set[str]) -> None:
    for name in ("1.1", "1.2", "10.1"):
        progress.record(verdict(Outcome.PASSED, name))
    assert progress.reset(what) == 3 - len(left)
    assert set(progress.data()["exercises"]) == left


@pytest.mark.parametrize("text", ["", "{", "[]", '{"exercises": 3}', '{"exercises": {"0.1": 7}}', "\x00\xff"])
def test_a_damaged_file_heals(progress: Progress, text: str) -> None:
    progress.path.parent.mkdir(parents=True)
    progress.path.write_text(text, encoding="latin-1")
    assert progress.exercise("0.1") == {}
    progress.record(verdict(Outcome.PASSED))
    assert progress.passed("0.1")


def test_a_file_that_cannot_be_read_is_kept_aside(progress: Progress) -> None:
    progress.path.parent.mkdir(parents=True)
    progress.path.write_text('{"exercises": {"0.1": {"passed": tru')
    progress.record(verdict(Outcome.FAILED, "0.2"))
    assert "tru" in progress.path.with_suffix(".unreadable.json").read_text()


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    progress = Progress(tmp_path / "file" / "progress.json")
    progress.record(verdict(Outcome.PASSED))
    assert not progress.passed("0.1")


KERNEL = """
import sys
from pathlib import Path
from course_lib.grading import Outcome, Progress, Verdict

for number in range(10):
    Progress(Path(sys.argv[1])).record(Verdict(f"{sys.argv[2]}.{number}", Outcome.PASSED, "", (), "", 0.1))
"""


def test_two_kernels_lose_nothing_of_each_other(progress: Progress) -> None:
    kernels = [subprocess.Popen([sys.executable, "-c", KERNEL, str(progress.path), chapter]) for chapter in "12"]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0]
    assert len(progress.data()["exercises"]) == 20
    assert json.loads(progress.path.read_text())["version"] == 1
