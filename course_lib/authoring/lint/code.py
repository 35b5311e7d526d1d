"""Code: nothing that blocks, nothing that leaves the sandbox, no leftovers of a run, no syntax error."""

import re
from collections.abc import Iterator
from pathlib import Path

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import NOTEBOOKS, SOLUTIONS, Chapter
from course_lib.authoring.lint.problem import Problem
from course_lib.authoring.parsing import parse, python_of
from course_lib.grading.sources import edition_of
from course_lib.pitfalls import find

SLEEP = re.compile(r"\btime\.sleep\(|from time import [^\n]*\bsleep\b")
PITFALL = "pitfall"  # the tag of a cell that shows a mistake on purpose


def check(root: Path, chapter: Chapter) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's code, in the solved edition, and with the files on disk."""
    file = f"{SOLUTIONS}/{chapter.path.name}"
    for cell in chapter.author.cells:
        if cell.cell_type != "code":
            continue
        if (blocking := SLEEP.search(cell.source)) and PITFALL not in nb.tags(cell):
            line = cell.source[: blocking.start()].count("\n") + 1
            message = f"time.sleep blocks a loop; tag the cell `{PITFALL}` if it shows just that"
            yield Problem(file, cell.id, "sleep", message, line)
        try:
            parse(edition_of(cell.source, "solution", cell.id))
        except SyntaxError as error:
            yield Problem(file, cell.id, "syntax", f"{error.msg}", error.lineno or 0)
            continue
        for found in find(python_of(cell.source), effects={"wrong"}):
            if found.name == "sandbox off":
                yield Problem(file, cell.id, "sandbox", "the sandbox stays on in every chapter", found.line)
    for edition in (SOLUTIONS, NOTEBOOKS):
        yield from _leftovers(root / edition / chapter.path.name, f"{edition}/{chapter.path.name}")


def _leftovers(path: Path, file: str) -> Iterator[Problem]:
    if not path.is_file():
        return
    notebook = nb.read(path)
    if "widgets" in notebook.metadata:
        yield Problem(file, "", "outputs", "holds widget state; `course build` takes it out")
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield Problem(file, cell.get("id", ""), "outputs", "holds outputs of a run; `course build` takes them out")
