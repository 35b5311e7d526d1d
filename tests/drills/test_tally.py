"""The table of a drill: what counts as what, and who met it."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_lib.authoring.execute import Check, Result

from .tally import Tally

CHAPTER = Path("02_activities.ipynb")


def ran(*seconds: float) -> Any:
    """Return a notebook whose cells took so long."""
    cells = [nbformat.v4.new_code_cell("", id=f"cell-{number}") for number in range(len(seconds))]
    for cell, took in zip(cells, seconds, strict=True):
        minutes, rest = divmod(took, 60)
        cell.metadata["execution"] = {
            "iopub.execute_input": "2026-01-01T10:00:00.000000Z",
            "shell.execute_reply": f"2026-01-01T10:{int(minutes):02d}:{rest:09.6f}Z",
        }
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell("", id="not-run")])


def test_cells_and_their_seconds_by_chapter_and_in_all() -> None:
    tally = Tally()
    tally.add("ada", Result(CHAPTER, notebook=ran(*([0.5] * 17), 4.0, 9.0, 75.5)))
    tally.add("bob", Result(Path("04_sagas.ipynb"), notebook=ran(1.0)))
    head, first, second, both = (line.split() for line in tally.table())
    assert head[0] == "chapter"
    assert [first[0], first[1], *first[-4:]] == ["02", "20", "0.5", "9.0", "75.5", "cell-19"]
    assert second[:2] == ["04", "1"]
    assert both[:2] == ["all", "21"]
    assert tally.spotless


@pytest.mark.parametrize(
    ("check", "counts", "said"),
    [
        (Check("2.1", "passed", ""), ["0", "1", "0", "0"], []),
        (
            Check("2.1", "failed", "✗ 2.1: not yet\n  ✗ a part"),
            ["0", "0", "1", "0"],
            ["check 2.1 turned down", "a part"],
        ),
        (Check("2.1", "unattempted", "○ 2.1: not attempted"), ["0", "0", "1", "0"], ["check 2.1 turned down"]),
        (Check("2.1", "error", "! 2.1: could not be\nbusy"), ["0", "0", "0", "1"], ["check 2.1 not judged", "busy"]),
        (Check("2.1", "error", "NameError: no Saga"), ["1", "0", "0", "0"], ["check 2.1 failed", "no Saga"]),
    ],
)
def test_what_a_check_counts_as(check: Check, counts: list[str], said: list[str]) -> None:
    tally = Tally()
    tally.add("ada", Result(CHAPTER, checks=[check]))
    _, row, _, *wrong = tally.table()
    assert row.split()[2:6] == counts
    assert tally.spotless is (not wrong)
    assert [word for word in said if word not in "\n".join(wrong)] == []


def test_who_met_the_same_is_named_together_and_three_errors_are_shown() -> None:
    tally = Tally()
    for learner in ("eva", "dan", "cid", "bob", "ada"):
        tally.add(learner, Result(CHAPTER, broken=[("kill", f"CourseError: not {learner}'s fault")]))
    _, row, _, said, *errors = tally.table()
    assert row.split()[2] == "5"
    assert said == "chapter 02, kill failed for 5: ada, bob, cid, dan, eva"
    assert [line.strip() for line in errors] == [
        f"{name}: CourseError: not {name}'s fault" for name in ("ada", "bob", "cid")
    ]


def test_a_drill_in_which_nothing_ran_proves_nothing() -> None:
    assert not Tally().spotless
