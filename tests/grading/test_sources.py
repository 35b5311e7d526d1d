"""Stub and solution of an exercise, read from the authors' notebook."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from course_lib import grading, paths
from course_lib.errors import CourseError
from course_lib.grading import registry, sources

SOLVED = """%%module greeting
class Greeting:
    def run(self, name):
        ### BEGIN SOLUTION
        return f"Welcome, {name}"
        ### END SOLUTION
        ### STUB: return f"Hello, {name}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells = [
        {"cell_type": "markdown", "id": "promise", "source": "text"},
        {"cell_type": "code", "id": "open", "source": ["lab = 1\n", "x = 2"]},
        {"cell_type": "code", "id": "ex-0-1", "source": SOLVED.splitlines(keepends=True)},
        {"cell_type": "code", "id": "ex-0-1-b", "source": "total = None"},
        {"cell_type": "code", "id": "ex-0-12", "source": "other = 1"},
    ]
    (tmp_path / "00_start_here.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def test_the_two_editions(folder: Path) -> None:
    exercise = grading.exercise("0.1")
    stub, second = sources.exercise_cells(exercise, "learner", folder)
    solved, _ = sources.exercise_cells(exercise, "solution", folder)
    assert stub.module == "greeting"
    assert second.module is None
    assert "Hello" in stub.code
    assert "Welcome" not in stub.code
    assert "Welcome" in solved.code
    assert "###" not in solved.code + stub.code


def test_the_lines_to_write_are_what_the_learner_does_not_have(folder: Path) -> None:
    exercise = grading.exercise("0.1")
    assert sources.solution_lines(exercise, folder) == 'return f"Welcome, {name}"'
    path = folder / "00_start_here.ipynb"
    one, two = (f"### BEGIN SOLUTION\n\ntotal = {number}\n### END SOLUTION" for number in (1, 2))
    more = f"{one}\nprint(total)\n{two}"
    path.write_text(path.read_text().replace(json.dumps("total = None"), json.dumps(more)))
    assert sources.solution_lines(exercise, folder).splitlines()[1:] == ["…", "total = 1", "…", "total = 2"]


def test_without_solutions_an_exercise_has_one_hint_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(paths.root() / "notebooks", tmp_path / "notebooks")
    monkeypatch.setattr(sources, "root", lambda: tmp_path)
    content, whole = registry._load.__wrapped__("00"), grading.chapter("00")
    assert (content.id, content.title) == (whole.id, whole.title)
    assert content.exercises == (dataclasses.replace(whole.exercises[0], hints=whole.exercises[0].hints[:2]),)
    (tmp_path / "notebooks" / "00_start_here.ipynb").rename(tmp_path / "notebooks" / "00_start_here-Copy1.ipynb")
    with pytest.raises(CourseError, match="notebook of chapter 00 is missing"):
        registry._load.__wrapped__("00")


def test_no_notebook_no_cells(tmp_path: Path) -> None:
    assert sources.exercise_cells(grading.exercise("0.1"), "learner", tmp_path) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 1", "x=1  # note\n", True),
        ("x = 1", "x = 2", False),
        ("h = await f()", "h = (await f())", True),
        ("def (", "def  (", True),
        ("def (", "def )", False),
    ],
)
def test_same_code_ignores_comments_and_layout(one: str, other: str, same: bool) -> None:
    assert sources.same_code(one, other) is same
