"""`course lint`: determinism pitfalls in workflow code, with line and replacement."""

import argparse
import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.pitfalls.code import imported_modules

_HIDDEN = {".venv", ".ipynb_checkpoints"}


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "lint",
        help="find what would break a replay in workflow code",
        description="Reads Python files and the %%module cells of notebooks, runs nothing, and names every determinism "
        "pitfall with its line and its replacement. Exit code 1 when there is one.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a .py file, a notebook, or a folder")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Say every pitfall, and return 1 when there is one."""
    from course_lib.pitfalls import find

    count = sources = 0
    for path in options.files:
        for where, source, beside in _sources(path):
            sources += 1
            try:
                found = find(source, beside)
            except SyntaxError as error:
                raise CourseError(
                    f"{where} is no Python: {error.msg} (line {error.lineno}).", fix="correct that line first."
                ) from None
            for pitfall in found:
                count += 1
                print(f"{where}:{pitfall.line}: {pitfall.text()}\n    {pitfall.code}\n    → {pitfall.replacement}")
    things = "1 pitfall" if count == 1 else f"{count or 'no'} pitfalls"
    print(f"{sources} {'source' if sources == 1 else 'sources'} read, {things}", file=sys.stderr)
    return 1 if count else 0


def _sources(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what to read: its name for the learner, its text, and the modules that it may import."""
    try:
        if path.is_dir():
            # A learner's code is in notebooks too, of which Jupyter keeps a copy in a folder of its own.
            inside = sorted(
                file
                for file in path.rglob("*")
                if file.suffix in {".py", ".ipynb"} and not _HIDDEN.intersection(file.parts)
            )
            if not inside:
                raise CourseError(f"There is no .py or .ipynb file in {path}.", fix="name a file, or another folder.")
            for file in inside:
                yield from _sources(file)
        elif path.suffix == ".ipynb":
            yield from _cells(path)
        else:
            yield _read(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise CourseError(f"{path} cannot be read: {reason}.", fix="check the name, and run it again.") from None


def _read(path: Path) -> tuple[str, str, dict[str, str]]:
    """Return a file with the modules beside it that it imports, and those of its project (``activities.shipping``)."""
    source = path.read_text(encoding="utf-8")
    beside = {}
    try:
        imported = set(imported_modules(ast.parse(source)))
    except SyntaxError:  # said when it is searched
        imported = set()
    for name in imported:
        for file in (path.parent / f"{name}.py", path.parent.parent.joinpath(*name.split(".")).with_suffix(".py")):
            if file.is_file() and name not in beside:
                beside[name] = file.read_text(encoding="utf-8")
    return str(path), source, beside


def _cells(path: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise CourseError(f"{path} is no notebook.", fix="name a .ipynb file that JupyterLab can open.") from None
    modules: dict[str, str] = {}
    for cell in cells:
        text = "".join(cell["source"])
        first, _, _ = text.partition("\n")
        if cell["cell_type"] == "code" and first.startswith("%%module"):
            name = first.removeprefix("%%module").partition("#")[0].strip()
            # As a comment the magic line keeps its place: a line has one number in the cell and here.
            modules[name] = f"# {text}"
            yield f"{path} [{name}, cell {cell.get('id', '?')}]", modules[name], modules
