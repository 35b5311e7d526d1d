"""Reading, recognising and writing notebooks: one place that knows how a chapter's cells look.

Facts: nbformat 4.5 demands a cell id of 1 to 64 characters out of ``[a-zA-Z0-9-_]`` (nbformat specification);
JupyterLab names a new cell by a UUID, nbformat by eight hexadecimal digits.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from course_lib.errors import CourseError
from course_lib.grading.headings import chapter_heading
from course_lib.grading.sources import exercise_of

_nbformat: Any = nbformat  # untyped: its functions carry no annotations

Cell = Any
"""One cell: an ``nbformat.NotebookNode``, that is a dict with attribute access."""
Notebook = Any
"""One notebook: an ``nbformat.NotebookNode``."""

CHAPTER_GLOB = "[0-9][0-9]_*.ipynb"
CHECK_CALL = re.compile(r"""lab\.check\(\s*["'](?P<chapter>\d+)\.(?P<number>\d+)["']""")
KEPT_COURSE_METADATA = ("needs", "hints")
KEPT_CELL_METADATA = ("tags", "jupyter", "editable", "deletable")
NAV_TOP, NAV_BOTTOM = "nav-top", "nav-bottom"


@dataclass(frozen=True)
class Course:
    """What a chapter says about itself.

    Args:
        id: The file's stem, for example ``"01_workflows"``.
        title: The chapter's name without its number.
        promise: What a learner can do afterwards.
        minutes: How long a learner takes for all of it, in minutes.
        needs: Ids of the chapters that come first.
    """

    id: str
    title: str
    promise: str
    minutes: int
    needs: tuple[str, ...]

    @property
    def label(self) -> str:
        """The title with the chapter's number: ``"01 Workflows"``."""
        number = self.id.split("_", 1)[0]
        return f"{number} {self.title}"


def read(path: Path) -> Notebook:
    """Read one notebook as nbformat 4.

    Raises:
        CourseError: The file is missing or is no notebook.
    """
    try:
        return _nbformat.read(str(path), as_version=4)
    except FileNotFoundError:
        raise CourseError(f"There is no notebook {path}.", fix="name one that `ls notebooks` shows.") from None
    except (ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        raise CourseError(
            f"{path} cannot be read as a notebook: {error}.",
            fix=f"get the stored version back: git checkout -- {path.name} (your changes to it are lost).",
        ) from error


def loads(text: str) -> Notebook:
    """Return the notebook that a text holds, as nbformat 4."""
    return _nbformat.reads(text, as_version=4)


def node(data: dict[str, Any]) -> Any:
    """Return a dict as nbformat's own kind of dict."""
    return _nbformat.from_dict(data)


def dumps(notebook: Notebook) -> str:
    """Return the one text form of a notebook: sorted keys, one source line per line, a final line break."""
    return str(_nbformat.writes(notebook, version=4)).rstrip("\n") + "\n"


def course_of(notebook: Notebook, path: Path) -> Course:
    """Return what a chapter says about itself: what it needs in its metadata, the rest in its first text.

    Raises:
        CourseError: ``metadata.course`` does not say which chapters come first.
    """
    heading = chapter_heading(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    try:
        needs = tuple(map(str, notebook.metadata["course"]["needs"]))
    except (TypeError, KeyError) as error:
        raise CourseError(
            f"The metadata of {path.parent.name}/{path.name} is incomplete: {error!r}.",
            fix='give the notebook "course": {"needs": [ids of the chapters that come first]}.',
        ) from error
    return Course(path.stem, heading.title, heading.promise, heading.minutes, needs)


def chapter_paths(folder: Path) -> list[Path]:
    """Return the chapters of one edition in the order of their numbers."""
    return sorted(folder.glob(CHAPTER_GLOB))


def tags(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    return list(cell.get("metadata", {}).get("tags", []))


def is_nav(cell: Cell) -> bool:
    """Tell whether the build made this cell: the bar with the links to the chapters around."""
    return cell.get("id") in (NAV_TOP, NAV_BOTTOM)


def check_of(cell: Cell) -> str | None:
    """Return the exercise that a cell checks, by the call that it makes."""
    found = CHECK_CALL.search(cell.source) if cell.cell_type == "code" else None
    return f"{int(found['chapter'])}.{int(found['number'])}" if found else None


def exercise_cells(notebook: Notebook) -> Iterator[tuple[str, Cell]]:
    """Yield the exercise's name and the cell, for each cell tagged ``exercise``."""
    for cell in notebook.cells:
        name = exercise_of(cell.get("id", ""))
        if name and "exercise" in tags(cell):
            yield name, cell


def normalised(notebook: Notebook) -> Notebook:
    """Return a copy without anything that a run leaves behind, so that a diff shows what an author wrote."""
    clean = copy.deepcopy(notebook)
    course = clean.metadata.get("course", {})
    clean.metadata = node(
        {
            "course": {key: course[key] for key in KEPT_COURSE_METADATA if key in course},
            # Fixed, since Jupyter writes the name and version of whatever kernel ran last.
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
        }
    )
    clean.nbformat, clean.nbformat_minor = 4, 5
    for cell in clean.cells:
        kept = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if cell.metadata.get(key)}
        cell.metadata = node(kept)
        cell.source = "\n".join(line.rstrip() for line in cell.source.split("\n")).strip("\n")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return clean
