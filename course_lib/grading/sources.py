"""An exercise's two texts, stub and solution, its hints and its why, read from the one source: ``solutions/``.

Not from ``notebooks/``: a learner works in those, so what they hold is the learner's answer, not the stub.
"""

import ast
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from course_lib.errors import CourseError
from course_lib.grading.exercises import Exercise
from course_lib.paths import root

Edition = Literal["learner", "solution"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MODULE_LINE = re.compile(r"\A%%module[ \t]+(?P<name>\w+)[^\n]*(?:\n|\Z)")
_STUB = re.compile(r"^(?P<indent>[ \t]*)### STUB:(?: (?P<code>.*))?$")
_EXERCISE = re.compile(r"ex-(?P<chapter>\d+)-(?P<number>\d+)(?:-[a-z0-9-]+)?")
_CHAPTER = re.compile(r"\d\d_\w+")  # no `01_workflows-Copy1.ipynb`


@dataclass(frozen=True)
class Cell:
    """One code cell of a chapter.

    Args:
        id: The cell's id.
        module: The module that it is saved as; ``None`` for an ordinary cell.
        code: Its Python, without the ``%%module`` line.
    """

    id: str
    module: str | None
    code: str


@dataclass(frozen=True)
class Told:
    """What a chapter's notebook says in words.

    Args:
        id: The chapter's id, its file's stem; empty when there is no notebook.
        texts: Its Markdown cells.
        hints: By exercise the text of its cell with hints and why, see `headings.hints_and_why`.
    """

    id: str = ""
    texts: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)


def cells(chapter_number: str, edition: Edition, folder: Path | None = None) -> tuple[Cell, ...]:
    """Return a chapter's code cells in order; empty when there is no such notebook.

    Args:
        chapter_number: Two digits, for example ``"01"``.
        edition: ``"learner"`` for stubs, ``"solution"`` for the solved cells.
        folder: The folder of the authors' notebooks; ``solutions/`` when not given.
    """
    return tuple(
        Cell(name, module_name(source), MODULE_LINE.sub("", edition_of(source, edition, name)))
        for name, source in _code(chapter_number, folder)
    )


def exercise_cells(exercise: Exercise, edition: Edition, folder: Path | None = None) -> tuple[Cell, ...]:
    """Return the cells of one exercise (``ex-1-1`` and, if there are several, ``ex-1-1-b`` …) in order.

    Args:
        exercise: The exercise.
        edition: ``"learner"`` for the stub, ``"solution"`` for the solution.
        folder: The folder of the authors' notebooks; ``solutions/`` when not given.
    """
    return tuple(cell for cell in cells(exercise.chapter, edition, folder) if exercise_of(cell.id) == exercise.id)


def solution_lines(exercise: Exercise, folder: Path | None = None) -> str:
    """Return what the learner has to write, without what stands around it; empty when there is no such notebook.

    Args:
        exercise: The exercise.
        folder: The folder of the authors' notebooks; ``solutions/`` when not given.
    """
    blocks = []
    for name, source in _code(exercise.chapter, folder):
        if exercise_of(name) == exercise.id:
            for edition, lines in groupby(_lines(source, name), key=lambda line: line[0]):
                if edition == "solution":
                    blocks.append(textwrap.dedent("\n".join(text for _, text in lines)).strip("\n"))
    return "\n…\n".join(blocks)


def told(chapter_number: str) -> Told:
    """Return what a chapter says in words; a course without ``solutions/`` has it in ``notebooks/``, too.

    Args:
        chapter_number: Two digits, for example ``"01"``.
    """
    for folder in ("solutions", "notebooks"):
        if path := _path(chapter_number, root() / folder):
            notebook = _read(path, path.stat().st_mtime_ns)
            texts = tuple("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
            kept = notebook["metadata"].get("course", {}).get("hints", {})
            return Told(path.stem, texts, hints(notebook["cells"]) or kept)
    return Told()


def hints(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return by exercise the cell tagged ``hints`` that follows its code in an author's notebook.

    The learner's edition keeps them out of sight, in the notebook's metadata: cells may be edited and deleted.

    Args:
        cells: The notebook's cells.
    """
    found: dict[str, str] = {}
    exercise = None
    for cell in cells:
        tags = cell.get("metadata", {}).get("tags", [])
        if "exercise" in tags:
            exercise = exercise_of(cell.get("id", ""))
        elif "hints" in tags and exercise:
            found[exercise] = "".join(cell["source"])
    return found


def exercise_of(cell_id: str) -> str | None:
    """Return the exercise that a cell belongs to by its id, ``"3.1"`` for ``ex-3-1`` and ``ex-3-1-b``."""
    found = _EXERCISE.fullmatch(cell_id)
    return f"{int(found['chapter'])}.{int(found['number'])}" if found else None


def module_name(source: str) -> str | None:
    """Return the module that a cell is saved as, ``None`` for an ordinary cell."""
    found = MODULE_LINE.match(source)
    return found["name"] if found else None


def same_code(one: str, other: str) -> bool:
    """Tell whether two sources are the same program; comments and layout do not count.

    Args:
        one: Python source.
        other: Python source.
    """
    try:
        return ast.dump(_parse(one)) == ast.dump(_parse(other))
    except (SyntaxError, ValueError, RecursionError):
        return one.split() == other.split()


def edition_of(source: str, edition: Edition, where: str = "the cell") -> str:
    """Return a cell as one edition shows it: the solution without markers, or the stub in its place.

    Args:
        source: The cell as its author wrote it. Everything outside the markers stays as it is.
        edition: Which one.
        where: The cell's name for an error message.

    Raises:
        CourseError: The markers do not pair.
    """
    return "\n".join(text for shown, text in _lines(source, where) if shown in ("both", edition))


def _lines(source: str, where: str) -> Iterator[tuple[Literal["both", "learner", "solution"], str]]:
    """Yield each line of a cell, markers left out, with the edition that shows it."""
    opened = 0
    for number, line in enumerate(source.split("\n"), start=1):
        word = line.strip()
        if word == BEGIN:
            if opened:
                raise _unpaired(where, number, f"line {opened} has opened a solution already")
            opened = number
        elif word == END:
            if not opened:
                raise _unpaired(where, number, "no solution is open")
            opened = 0
        elif stub := _STUB.match(line):
            yield "learner", (stub["indent"] + (stub["code"] or "")).rstrip()
        elif word.startswith(("### BEGIN", "### END", "### STUB")):
            raise _unpaired(where, number, f"{word!r} is no marker")
        else:
            yield "solution" if opened else "both", line
    if opened:
        raise _unpaired(where, opened, f"{END!r} is missing")


def _unpaired(where: str, line: int, why: str) -> CourseError:
    return CourseError(
        f"The solution markers of {where} do not pair: line {line}, {why}.",
        fix=f"write `{BEGIN}`, the solution, `{END}`, each marker on a line of its own.",
    )


def _parse(source: str) -> ast.AST:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, "<cell>", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.AST)
    return tree


def _path(chapter_number: str, folder: Path) -> Path | None:
    found = sorted(folder.glob(f"{chapter_number}_*.ipynb"))
    return next((path for path in found if _CHAPTER.fullmatch(path.stem)), None)


def _code(chapter_number: str, folder: Path | None) -> Iterator[tuple[str, str]]:
    """Yield id and source of each code cell, as its author wrote it."""
    if path := _path(chapter_number, folder or root() / "solutions"):
        for cell in _read(path, path.stat().st_mtime_ns)["cells"]:
            if cell["cell_type"] == "code":
                yield str(cell.get("id", "")), "".join(cell["source"])


@lru_cache(maxsize=32)
def _read(path: Path, _modified: int) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook
