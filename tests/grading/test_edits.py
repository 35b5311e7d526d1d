"""Answers as edits of the solution: where an edit fits, what it makes, and what is said when it does not fit."""

import textwrap

import pytest

from course_lib.grading.sources import Cell

from .edits import Edit, EditProblem, edited, replace, whole

CELL = Cell(
    "ex-9-1",
    "orders",
    textwrap.dedent("""\
        LIMIT = 3


        class Order:
            def pay(self, cents: int) -> int:
                if cents > LIMIT:
                    cents = LIMIT
                return cents
        """),
)
OTHER = Cell("ex-9-1-b", "more", "PATIENCE = 1\n")


def made(*edits: Edit) -> str:
    return edited([CELL, OTHER], edits)[0].code


def test_part_of_a_line_and_whole_lines_are_replaced() -> None:
    assert made(replace("-> int").by("-> None")) == CELL.code.replace("-> int", "-> None")
    edit = replace("""
        if cents > LIMIT:
            cents = LIMIT
        return cents
    """).by("""
        return min(cents, LIMIT)
    """)
    assert made(edit).endswith("    def pay(self, cents: int) -> int:\n        return min(cents, LIMIT)\n")


def test_new_lines_are_indented_as_the_old_ones() -> None:
    edit = replace("return cents").by("""
        if cents < 0:
            return 0
        return cents
    """)
    assert made(edit).endswith("        if cents < 0:\n            return 0\n        return cents\n")


def test_a_line_of_which_nothing_is_left_goes() -> None:
    assert made(replace("cents = LIMIT").by("")).endswith("> LIMIT:\n        return cents\n")
    assert made(replace(": int").by("")).count("\n") == CELL.code.count("\n")


def test_several_edits_are_all_looked_for_in_the_solution() -> None:
    swapped = made(
        replace("LIMIT = 3").by("MOST = 3"), replace("> LIMIT").by("> MOST"), replace("= LIMIT").by("= MOST")
    )
    assert swapped == CELL.code.replace("LIMIT", "MOST")


def test_an_edit_finds_its_cell() -> None:
    cells = edited([CELL, OTHER], [replace("PATIENCE = 1").by("PATIENCE = 2"), whole("ex-9-1").by("x = 1")])
    assert cells == (Cell("ex-9-1", "orders", "x = 1\n"), Cell("ex-9-1-b", "more", "PATIENCE = 2\n"))


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("LIMIT = 4", "ex-9-1 and ex-9-1-b, has no place for the edit of this text:\nLIMIT = 4"),
        ("cents = LIMIT\nreturn cents", "has no place"),  # not below each other
        ("return  cents", "has no place"),
        ("LIMIT", "has 3 places"),
    ],
)
def test_an_edit_that_does_not_fit_once_is_named(old: str, said: str) -> None:
    with pytest.raises(EditProblem) as error:
        made(replace(old).by("1"))
    assert said in str(error.value)


def test_edits_of_the_same_text_are_turned_down() -> None:
    with pytest.raises(EditProblem, match="overlap"):
        made(replace("if cents > LIMIT:").by("if cents:"), replace("> LIMIT").by("> 1"))
