"""From `solutions/`, what authors write, to `notebooks/`, what learners open."""

import copy
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course_lib.authoring import ids, nav
from course_lib.authoring import notebook as nb
from course_lib.authoring.backup import back_up
from course_lib.authoring.notebook import Course, Notebook
from course_lib.authoring.stubs import has_solution, stub
from course_lib.errors import CourseError
from course_lib.grading.sources import hints

SOLUTIONS, NOTEBOOKS = "solutions", "notebooks"
COMMAND = "course build"


@dataclass(frozen=True)
class Chapter:
    """One chapter in both editions, as the build makes it.

    Args:
        path: The file that authors edit.
        course: The chapter's metadata.
        author: The solved edition, normalised, with ids and bars.
        learner: The learner's edition.
    """

    path: Path
    course: Course
    author: Notebook
    learner: Notebook


@dataclass(frozen=True)
class Difference:
    """One file that is not what the build makes of its source.

    Args:
        path: The file.
        old: Its text on disk, "" when it is missing.
        new: What the build makes; ``None`` when the file has no source and should go.
    """

    path: Path
    old: str
    new: str | None

    def diff(self, lines: int = 40) -> str:
        """Return the first lines of a unified diff from disk to build."""
        new = "" if self.new is None else self.new
        found = difflib.unified_diff(
            self.old.splitlines(),
            new.splitlines(),
            f"{self.path.name} on disk",
            f"{self.path.name} as built",
            "",
            "",
            2,
        )
        shown = [line.rstrip("\n") for line in found]
        more = [f"… {len(shown) - lines} more lines"] if len(shown) > lines else []
        return "\n".join([*shown[:lines], *more])


def chapters(root: Path) -> list[Chapter]:
    """Build every chapter in memory.

    Args:
        root: The checkout, or a folder with ``solutions/`` in it.

    Raises:
        CourseError: A chapter cannot be built; the message names the cell.
    """
    sources = [(path, nb.read(path)) for path in nb.chapter_paths(root / SOLUTIONS)]
    courses = [nb.course_of(notebook, path) for path, notebook in sources]
    built = []
    for (path, source), course in zip(sources, courses, strict=True):
        author = nb.normalised(source)
        ids.assign(author)
        nav.add_bars(author, courses, course, f"../{NOTEBOOKS}/{nav.CONTENTS}")
        learner = learner_edition(author, path.name)
        nav.add_bars(learner, courses, course, nav.CONTENTS)
        built.append(Chapter(path, course, author, learner))
    return built


def learner_edition(author: Notebook, name: str) -> Notebook:
    """Return what a learner gets: notes and hints out of sight, exercises stubbed, all else as it is.

    Args:
        author: The solved edition.
        name: The file's name for an error message.

    Raises:
        CourseError: A cell outside the exercises holds solution markers, or a stub is no Python.
    """
    learner = copy.deepcopy(author)
    if hidden := hints(learner.cells):
        learner.metadata["course"]["hints"] = nb.node(hidden)
    learner.cells = [cell for cell in learner.cells if not {"instructor", "hints"} & set(nb.tags(cell))]
    for cell in learner.cells:
        if not has_solution(cell.source) or cell.cell_type != "code":
            continue
        if "exercise" not in nb.tags(cell):
            raise CourseError(
                f"{name}, cell {cell.id!r}, holds a solution but is not tagged `exercise`.",
                fix="tag the cell `exercise`, so that the build takes the solution out.",
            )
        cell.source = stub(cell.source, f"{name}, cell {cell.id!r},")
    return learner


def differences(root: Path, built: Iterable[Chapter] | None = None) -> list[Difference]:
    """Return every file that a build would change, in both editions and the tables of contents.

    Args:
        root: The checkout.
        built: The chapters, when they are built already.
    """
    made = list(chapters(root) if built is None else built)
    courses = [chapter.course for chapter in made]
    wanted = {chapter.path: nb.dumps(chapter.author) for chapter in made}
    wanted |= {root / NOTEBOOKS / chapter.path.name: nb.dumps(chapter.learner) for chapter in made}
    wanted[root / NOTEBOOKS / nav.CONTENTS] = nav.contents_page(courses)
    readme = nav.readme_with_table(root / "README.md", courses)
    if readme is not None:
        wanted[root / "README.md"] = readme
    found = []
    for path, new in wanted.items():
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        if old != new:
            found.append(Difference(path, old, new))
    orphans = [path for path in nb.chapter_paths(root / NOTEBOOKS) if path not in wanted]
    return found + [Difference(path, path.read_text(encoding="utf-8"), None) for path in orphans]


def write(changes: Iterable[Difference], root: Path) -> list[Path]:
    """Write the build to disk and return the backups that were made.

    A learner's notebook that has been run is copied first, since nothing else holds the work in it.

    Args:
        changes: From `differences`.
        root: The checkout.
    """
    backups = []
    for change in changes:
        if change.path.parent == root / NOTEBOOKS and '"execution_count": ' in change.old.replace('count": null', ""):
            backups.append(back_up(change.path))
        if change.new is None:
            change.path.unlink()
            continue
        change.path.parent.mkdir(parents=True, exist_ok=True)
        change.path.write_text(change.new, encoding="utf-8", newline="\n")
    return backups
