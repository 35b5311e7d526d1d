"""Code: nothing that blocks, nothing that leaves the sandbox, no leftovers of a run, no syntax error."""

import re
from collections.abc import Iterator
from pathlib import Path

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import NOTEBOOKS, SOLUTIONS, Chapter
from course_lib.authoring.lint.problem import Problem
from course_lib.authoring.parsing import parse
from course_lib.grading.sources import edition_of

SLEEP = re.compile(r"\btime\.sleep\(|from time import [^\n]*\bsleep\b")
UNSANDBOXED = re.compile(r"sandboxed\s*=\s*False|UnsandboxedWorkflowRunner")
PITFALL = "pitfall"  # the tag of a cell that shows a mistake on purpose


def check(root: Path, chapter: Chapter) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's code, in the solved edition, and with the files on disk."""
    file = f"{SOLUTIONS}/{chapter.path.name}"
    for cell in chapter.author.cells:
        if cell.cell_type != "code":
            continue
        if SLEEP.search(cell.source) and PITFALL not in nb.tags(cell):
            yield Problem(
                file, cell.id, "sleep", f"time.sleep blocks a loop; tag the cell `{PITFALL}` if it shows just that",
                _line(SLEEP, cell.source),
            )  # fmt: skip
        if UNSANDBOXED.search(cell.source):
            yield Problem(
                file, cell.id, "sandbox", "the sandbox stays on in every chapter", _line(UNSANDBOXED, cell.source)
            )
        try:
            parse(edition_of(cell.source, "solution", cell.id))
        except SyntaxError as error:
            yield Problem(file, cell.id, "syntax", f"{error.msg}", error.lineno or 0)
    for edition in (SOLUTIONS, NOTEBOOKS):
        yield from _leftovers(root / edition / chapter.path.name, f"{edition}/{chapter.path.name}")


def _line(pattern: re.Pattern[str], source: str) -> int:
    found = pattern.search(source)
    return source[: found.start()].count("\n") + 1 if found else 0


def _leftovers(path: Path, file: str) -> Iterator[Problem]:
    if not path.is_file():
        return
    notebook = nb.read(path)
    if "widgets" in notebook.metadata:
        yield Problem(file, "", "outputs", "holds widget state; `course build` takes it out")
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield Problem(file, cell.get("id", ""), "outputs", "holds outputs of a run; `course build` takes them out")
