"""Beginning an exercise or a chapter again, without losing anything that a learner wrote elsewhere."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.sign import NotebookNotary

from course_lib.authoring import build
from course_lib.authoring import notebook as nb
from course_lib.authoring.backup import back_up
from course_lib.errors import CourseError

GIT_LIMIT = 20.0  # seconds for reading one file out of git's store


@dataclass(frozen=True)
class Restored:
    """What a reset did to one notebook.

    Args:
        path: The notebook.
        cells: Ids of the cells that are as delivered again; empty when they were already.
        backup: The copy of the notebook as it was, ``None`` when nothing was changed.
    """

    path: Path
    cells: tuple[str, ...]
    backup: Path | None


def reset(root: Path, what: str | None = None) -> list[Restored]:
    """Put the exercise cells of the learner's notebooks back to their stubs.

    Every other cell stays as the learner has it. An exercise cell that was deleted comes back to its place.

    Args:
        root: The checkout.
        what: A chapter (``"01_workflows"`` or ``"01"``), an exercise (``"1.2"``), or ``None`` for the whole course.

    Returns:
        One entry per notebook that was looked at.

    Raises:
        CourseError: There is no such chapter or exercise.
    """
    names, exercise = _chosen(root, what)
    done = []
    found = False
    for name in names:
        fresh = delivered(root, name)
        wanted = [cell for number, cell in nb.exercise_cells(fresh) if exercise in (None, number)]
        found = found or bool(wanted)
        if wanted:
            done.append(_restore(root / build.NOTEBOOKS / name, fresh, wanted))
    if exercise and not found:
        raise CourseError(f"There is no exercise {exercise}.", fix="course progress lists all of them.")
    return done


def delivered(root: Path, name: str) -> nb.Notebook:
    """Return a learner's notebook as it was delivered: built from solutions/, else as git has it.

    Args:
        root: The checkout.
        name: The file's name.

    Raises:
        CourseError: Neither is there.
    """
    source = root / build.SOLUTIONS / name
    if source.is_file():
        # Ids and bars are in solutions/ already, so this one chapter can be built by itself.
        return build.learner_edition(nb.normalised(nb.read(source)), name)
    command = ["git", "-C", str(root), "show", f"HEAD:{build.NOTEBOOKS}/{name}"]
    try:
        stored = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=GIT_LIMIT, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CourseError(
            f"The delivered version of {name} was not found.",
            tried=[f"{build.SOLUTIONS}/{name}", " ".join(["git show", command[-1]])],
            fix="get the course's files back, for example by cloning it again beside this folder.",
        ) from error
    return nb.normalised(nb.loads(stored.stdout))


def _chosen(root: Path, what: str | None) -> tuple[list[str], str | None]:
    paths = nb.chapter_paths(root / build.SOLUTIONS) or nb.chapter_paths(root / build.NOTEBOOKS)
    names = [path.name for path in paths]
    if what is None:
        return names, None
    if exercise := re.fullmatch(r"(\d+)\.(\d+)", what):
        number = int(exercise[1])
        return [name for name in names if int(name[:2]) == number], f"{number}.{int(exercise[2])}"
    stem = Path(what).stem
    chosen = [n for n in names if Path(n).stem == stem or (stem.isdigit() and int(n[:2]) == int(stem))]
    if not chosen:
        known = ", ".join(Path(name).stem for name in names) or "none"
        raise CourseError(f"There is no chapter {what!r}.", fix=f"use one of {known}, or an exercise like 1.2.")
    return chosen, None


def _restore(path: Path, fresh: nb.Notebook, wanted: list[nb.Cell]) -> Restored:
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nb.dumps(fresh), encoding="utf-8", newline="\n")
        return Restored(path, tuple(cell.id for cell in wanted), None)
    mine = nb.read(path)
    changed = []
    for cell in wanted:
        own = next((one for one in mine.cells if one.get("id") == cell.id), None)
        if own is None:
            mine.cells.insert(_place(mine, fresh, cell), cell)
        elif own.cell_type == cell.cell_type and own.source == cell.source:
            continue
        else:
            mine.cells[mine.cells.index(own)] = cell
        changed.append(cell.id)
    if not changed:
        return Restored(path, (), None)
    copy = back_up(path)
    with _trust_kept(path):
        path.write_text(nb.dumps(mine), encoding="utf-8", newline="\n")
    return Restored(path, tuple(changed), copy)


@contextlib.contextmanager
def _trust_kept(path: Path) -> Iterator[None]:
    """Let JupyterLab trust a notebook after it was written anew, if it did before.

    It knows a trusted notebook by a signature of its content. Without one it shows every stored output without its
    style and every panel without its buttons, until all of these cells have run again.
    """
    notary: Any = NotebookNotary()  # type: ignore[no-untyped-call]
    trusted = False
    with contextlib.suppress(OSError):  # where signatures cannot be kept, nothing is trusted
        trusted = notary.check_signature(nb.read(path))
    yield
    if trusted:
        with contextlib.suppress(OSError):
            notary.sign(nb.read(path))


def _place(mine: nb.Notebook, fresh: nb.Notebook, cell: nb.Cell) -> int:
    """Return where a deleted cell goes: behind the nearest cell before it that is still there."""
    positions = {one.get("id"): index for index, one in enumerate(mine.cells)}
    order = [one.id for one in fresh.cells]
    before = [name for name in order[: order.index(cell.id)] if name in positions]
    return positions[before[-1]] + 1 if before else 0
