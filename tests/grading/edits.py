"""Answers to an exercise, written as edits of its solution: ``replace("this").by("that")``.

So an answer shows only what is special about it, and none is left behind when the solution changes: an edit that no
longer fits says so. `tests/grading/answers/` holds them, one file for each exercise.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from course_lib.grading import Exercise
from course_lib.grading.sources import Cell

ANSWERS = Path(__file__).parent / "answers"


class EditProblem(Exception):
    """An edit that does not fit the solution."""


@dataclass(frozen=True)
class Edit:
    """One change of the solution.

    Args:
        old: What goes: text, or the id of a whole cell.
        new: What comes in its place.
        whole: Whether a whole cell is written anew.
    """

    old: str
    new: str
    whole: bool = False


@dataclass(frozen=True)
class replace:
    """Begin an edit: ``replace("SOON").by("LATER")``.

    Args:
        old: Part of a line, or lines, that the solution has exactly once. How far they are all indented does not count.
    """

    old: str

    def by(self, new: str) -> Edit:
        """Say what comes in its place; ``""`` for nothing: a line that is then empty goes, too."""
        return Edit(_dedented(self.old), _dedented(new))


@dataclass(frozen=True)
class whole:
    """Begin an edit of all that a cell holds, for an answer that has hardly a line in common with the solution.

    Args:
        cell: The cell's id, for example ``"ex-4-1-saga"``.
    """

    cell: str

    def by(self, new: str) -> Edit:
        """Say what the cell holds instead."""
        return Edit(self.cell, f"{_dedented(new)}\n", whole=True)


class Right:
    """An answer that passes, in another style than the solution.

    Args:
        *edits: What makes it from the solution.
    """

    def __init__(self, *edits: Edit) -> None:
        self.edits = edits


CELL = "its cell"
"""What a wrong answer breaks that never gets as far as the check: the cell itself is turned down, or raises."""


class Wrong:
    """An answer that is turned down.

    Args:
        breaks: Label of the only part of the check that does not hold, or of all that do not; or ``CELL``.
        expect: Words of the message that must turn it down.
        *edits: What makes it from the solution.
    """

    def __init__(self, breaks: str | tuple[str, ...], expect: str, *edits: Edit) -> None:
        self.breaks = (breaks,) if isinstance(breaks, str) else breaks
        self.expect, self.edits = expect, edits


class Given:
    """Why words of an exercise are no claim on the answer: they say what is given, or what to do.

    Args:
        why: The reason, for the table.
    """

    def __init__(self, why: str) -> None:
        self.why = why


def answers_file(exercise: Exercise) -> Path:
    """Return the file with an exercise's answers."""
    return ANSWERS / f"ch{exercise.chapter}" / f"{exercise.cell.replace('-', '_')}.py"


def answers(exercise: Exercise) -> ModuleType:
    """Return an exercise's answers: ``CLAIMS``, ``WRONG``, ``RIGHT`` and perhaps ``setting``.

    See `tests.grading.claims` and `tests.grading.stage.Stage`.
    """
    path = answers_file(exercise)
    return import_module(f"tests.grading.answers.{path.parent.name}.{path.stem}")


def edited(cells: Sequence[Cell], edits: Sequence[Edit]) -> tuple[Cell, ...]:
    """Return an exercise's cells with edits, each of which is looked for in the cells as they are.

    Args:
        cells: The solved cells.
        edits: One answer's.

    Raises:
        EditProblem: An edit does not fit.
    """
    places = [_place(edit, cells) for edit in edits]
    return tuple(
        Cell(cell.id, cell.module, _spliced(cell.code, sorted(place for at, place in places if at == cell.id)))
        for cell in cells
    )


_Place = tuple[int, int, str]  # start and end of what goes, and what comes there


def _place(edit: Edit, cells: Sequence[Cell]) -> tuple[str, _Place]:
    """Return where an edit belongs: in which cell, and where there."""
    if edit.whole:
        found = [(cell.id, (0, len(cell.code), edit.new)) for cell in cells if cell.id == edit.old]
    else:
        found = [(cell.id, place) for cell in cells for place in _places(cell.code, edit.old, edit.new)]
    if len(found) != 1:
        where, times = " and ".join(cell.id for cell in cells), f"{len(found)} places" if found else "no place"
        raise EditProblem(f"the solution, {where}, has {times} for the edit of this text:\n{edit.old}")
    return found[0]


def _places(code: str, old: str, new: str) -> Iterator[_Place]:
    """Find text in a cell, indented by any margin; the new text gets the same one."""
    first = old.split("\n", 1)[0]
    deeper = len(first) - len(first.lstrip())
    for found in re.finditer(re.escape(first.lstrip()), code):
        start = found.start()
        begin = code.rfind("\n", 0, start) + 1
        before = code[begin:start]
        margin = before[: len(before) - len(before.lstrip()) - deeper]
        shown = textwrap.indent(old, margin).lstrip()
        if not code.startswith(shown, start):
            continue
        end = start + len(shown)
        if before.strip() or (not new and code[end : end + 1] not in ("\n", "")):
            yield start, end, textwrap.indent(new, margin).lstrip()
        else:
            yield begin, end if new else end + 1, textwrap.indent(new, margin)


def _spliced(code: str, places: Sequence[_Place]) -> str:
    made, last = "", 0
    for start, end, new in places:
        if start < last:
            raise EditProblem(f"two edits of one answer overlap:\n{code[start:end]}")
        made, last = made + code[last:start] + new, end
    return made + code[last:]


def _dedented(text: str) -> str:
    return textwrap.dedent(text).strip("\n")
