"""The stub is what a learner starts from: it must be all theirs and all valid."""

import ast

import pytest

from course_lib.authoring.stubs import stub
from course_lib.errors import CourseError
from course_lib.grading.sources import edition_of

from .sample import EXERCISE


def solved(source: str) -> str:
    return edition_of(source, "solution")


def test_the_solution_goes_and_the_stub_stands_at_its_indentation() -> None:
    kept = stub(EXERCISE)
    assert "sleep" not in kept
    assert "###" not in kept
    assert '        # Edit the line below.\n        return ""' in kept
    assert kept.startswith("%%module orders\nfrom datetime import timedelta\n")


def test_deeper_stub_lines_keep_their_own_indentation() -> None:
    source = (
        "def total():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
        "    ### STUB: if True:\n    ### STUB:     return 0\n    ### STUB:\n    ### STUB: return 2"
    )
    assert stub(source) == "def total():\n    if True:\n        return 0\n\n    return 2"


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n### BEGIN SOLUTION\n### STUB: x = 0\nx = 2\n### END SOLUTION",
        "x = 1\n### STUB: x = 0\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION",
        "x = 1\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n### STUB: x = 0",
    ],
)
def test_stub_lines_may_stand_before_in_or_after_the_solution(source: str) -> None:
    assert stub(source) == "x = 1\nx = 0"
    assert solved(source) == "x = 1\nx = 2"


def test_several_solutions_in_one_cell() -> None:
    first, second = (f"### BEGIN SOLUTION\n{line}\n### END SOLUTION" for line in ("a = 1", "c = 3"))
    source = f"{first}\nb = 2\n{second}\n### STUB: c = 0"
    assert stub(source) == "b = 2\nc = 0"
    assert solved(source) == "a = 1\nb = 2\nc = 3"


def test_a_stub_of_an_ordinary_cell_may_await() -> None:
    assert (
        stub("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n### STUB: x = await lab.nothing()")
        == "x = await lab.nothing()"
    )


def test_the_solution_parses_without_markers() -> None:
    ast.parse(solved(EXERCISE).removeprefix("%%module orders\n"))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("### BEGIN SOLUTION\nx = 1", "missing"),
        ("### END SOLUTION", "no solution is open"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "line 1 has opened"),
        ("### BEGIN SOLUTION\nx\n### END SOLUTIONS", "is no marker"),
        ("### STUBS: x", "is no marker"),
        ("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION", "is no Python"),
        ("%%module m\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n### STUB: x = await y", "is no Python"),
    ],
)
def test_broken_markers_are_refused_with_the_reason(source: str, why: str) -> None:
    with pytest.raises(CourseError, match=why):
        stub(source)
