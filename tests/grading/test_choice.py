"""Which proofs run: three wrong answers by the seed, or one exercise's, and never another's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.paths import root

from .choice import Proof, belongs, chosen, seed

WRONG = "test_wrong_answer_fails_for_its_reason"
PROOFS = [
    *(Proof("test_stub_is_unattempted", exercise, "") for exercise in ("5.4", "15.4")),
    *(Proof("test_right_answer_passes", "5.4", name) for name in ("in_a_helper", "with_a_set")),
    *(Proof(WRONG, exercise, f"mistake_{number}") for exercise in ("5.4", "15.4") for number in range(12)),
]


def test_three_wrong_answers_of_each_exercise_are_chosen_and_all_stubs() -> None:
    kept = chosen(PROOFS, "abc")
    for exercise in ("5.4", "15.4"):
        tests = sorted(proof.test for proof in kept if proof.exercise == exercise)
        assert tests == ["test_stub_is_unattempted", WRONG, WRONG, WRONG]


def test_a_seed_chooses_the_same_again_and_another_one_others() -> None:
    assert chosen(PROOFS, "abc") == chosen(reversed(PROOFS), "abc")
    assert chosen(PROOFS, "abc") != chosen(PROOFS, "abd")
    seen = set[Proof]().union(*(chosen(PROOFS, str(number)) for number in range(40)))
    assert seen == {proof for proof in PROOFS if proof.test != "test_right_answer_passes"}


def test_the_commit_is_the_seed_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROOF_SEED", "as-before")
    assert seed() == "as-before"
    monkeypatch.delenv("COURSE_PROOF_SEED")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root(), capture_output=True, text=True, timeout=30)
    assert head.stdout.startswith(seed()) if head.returncode == 0 else seed() == "no-commit"


@pytest.mark.parametrize(
    ("wanted", "exercises"), [("5.4", {"5.4"}), ("05", {"5.4"}), ("15", {"15.4"}), ("4", set()), ("5.40", set())]
)
def test_an_exercise_or_a_chapter_by_name(wanted: str, exercises: set[str]) -> None:
    assert {proof.exercise for proof in PROOFS if belongs(proof, wanted)} == exercises


# The tests of a file without an exercise in it, which pytest has collected in a second.
TINY = f"""
import pytest

@pytest.mark.proof
@pytest.mark.parametrize("exercise", ["5.4", "15.4"])
def test_stub_is_unattempted(exercise): ...

@pytest.mark.proof
@pytest.mark.parametrize("answer", [pytest.param(0, id=f"{{exercise}}-mistake_{{number}}")
                                    for exercise in ("5.4", "15.4") for number in range(12)])
def {WRONG}(answer): ...

def test_no_proof(): ...
"""


def collected(folder: Path, *arguments: str, which: str = "") -> list[str]:
    """Return the tests of a file that pytest, with the hooks of tests/conftest.py, would run."""
    (folder / "test_tiny.py").write_text(TINY)
    command = [sys.executable, "-m", "pytest", "-p", "no:nbval", "-p", "tests.conftest", "-c", "pyproject.toml"]
    run = subprocess.run(
        [*command, "--collect-only", "-q", f"--confcutdir={folder}", f"{folder}/test_tiny.py{which}", *arguments],
        cwd=root(), env=os.environ | {"PYTHONPATH": str(root())}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return [line.partition("::")[2] for line in run.stdout.splitlines() if "::" in line]


def test_pytest_runs_what_is_chosen(tmp_path: Path) -> None:
    tests = collected(tmp_path)
    assert [sum(f"{WRONG}[{exercise}-" in test for test in tests) for exercise in ("5.4", "15.4")] == [3, 3]
    assert len(tests) == 3 + 3 + 2 + 1


def test_pytest_runs_one_exercise(tmp_path: Path) -> None:
    tests = collected(tmp_path, "--exercise", "5.4", "-m", "proof")
    assert tests == ["test_stub_is_unattempted[5.4]", *(f"{WRONG}[5.4-mistake_{number}]" for number in range(12))]


@pytest.mark.parametrize(
    ("keyword", "tests"),
    [
        ("5.4", ["test_stub_is_unattempted[5.4]", *(f"{WRONG}[5.4-mistake_{number}]" for number in range(12))]),
        ("5.4 and mistake_2", [f"{WRONG}[5.4-mistake_2]"]),
        ("5.4-mistake_7", [f"{WRONG}[5.4-mistake_7]"]),
        ("stub and not 5.4", ["test_stub_is_unattempted[15.4]"]),
    ],
)
def test_an_exercise_as_a_keyword_is_that_one_alone(tmp_path: Path, keyword: str, tests: list[str]) -> None:
    assert collected(tmp_path, "-k", keyword) == tests


def test_pytest_runs_what_is_named(tmp_path: Path) -> None:
    mistakes = [f"{WRONG}[5.4-mistake_{number}]" for number in range(12)]
    left_out = next(mistake for mistake in mistakes if mistake not in collected(tmp_path))
    assert collected(tmp_path, which=f"::{left_out}") == [left_out]
