"""An exercise's two texts, stub and solution, read from the one source: ``solutions/``.

Not from ``notebooks/``: a learner works in those, so what they hold is the learner's answer, not the stub.
"""

import ast
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from course_lib.grading.model import Exercise
from course_lib.paths import root

Edition = Literal["learner", "solution"]

_MODULE = re.compile(r"\A%%module[ \t]+(\w+)[^\n]*(?:\n|\Z)")
_STUB = re.compile(r"^([ \t]*)### STUB:(?: (.*))?$")


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


def cells(chapter_number: str, edition: Edition, folder: Path | None = None) -> tuple[Cell, ...]:
    """Return a chapter's code cells in order; empty when there is no such notebook.

    Args:
        chapter_number: Two digits, for example ``"01"``.
        edition: ``"learner"`` for stubs, ``"solution"`` for the solved cells.
        folder: The folder of the authors' notebooks; ``solutions/`` when not given.
    """
    paths = sorted((folder or root() / "solutions").glob(f"{chapter_number}_*.ipynb"))
    return _cells(paths[0], paths[0].stat().st_mtime_ns, edition) if paths else ()


def exercise_cells(exercise: Exercise, edition: Edition, folder: Path | None = None) -> tuple[Cell, ...]:
    """Return the cells of one exercise (``ex-1-1`` and, if there are several, ``ex-1-1-b`` …) in order.

    Args:
        exercise: The exercise.
        edition: ``"learner"`` for the stub, ``"solution"`` for the solution.
        folder: The folder of the authors' notebooks; ``solutions/`` when not given.
    """
    named = re.compile(rf"{re.escape(exercise.cell)}(-[a-z0-9-]+)?")
    return tuple(cell for cell in cells(exercise.chapter, edition, folder) if named.fullmatch(cell.id))


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


def edition_of(source: str, edition: Edition) -> str:
    """Return a cell as one edition shows it: the solution without markers, or the stub in its place.

    Args:
        source: The cell as its author wrote it.
        edition: Which one.
    """
    kept, inside = [], False
    for line in source.split("\n"):
        word = line.strip()
        if word in ("### BEGIN SOLUTION", "### END SOLUTION"):
            inside = word.startswith("### BEGIN")
        elif stub := _STUB.match(line):
            if edition == "learner":
                kept.append((stub[1] + (stub[2] or "")).rstrip())
        elif edition == "solution" or not inside:
            kept.append(line)
    return "\n".join(kept)


def _parse(source: str) -> ast.AST:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, "<cell>", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.AST)
    return tree


@lru_cache(maxsize=32)
def _cells(path: Path, _modified: int, edition: Edition) -> tuple[Cell, ...]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for raw in notebook["cells"]:
        if raw["cell_type"] != "code":
            continue
        source = raw["source"] if isinstance(raw["source"], str) else "".join(raw["source"])
        text = edition_of(source, edition)
        module = _MODULE.match(text)
        code = text[module.end() :] if module else text
        found.append(Cell(str(raw.get("id", "")), module[1] if module else None, code))
    return tuple(found)
