"""`course lint`: determinism pitfalls in workflow code, with line and replacement."""

import argparse
import ast
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.pitfalls import Finding, find
from course_lib.pitfalls.code import imported_modules

_HIDDEN = {".venv", ".ipynb_checkpoints"}


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "lint",
        help="find what would break a replay in workflow code",
        description="Reads Python files and the %%module cells of notebooks, runs nothing, and names every determinism "
        "pitfall with its line and its replacement. Exit code 1 when there is one, 2 when something could not be read "
        "(the rest is searched all the same).",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a .py file, a notebook, or a folder")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Say every pitfall; return 1 when there is one, and 2 when something could not be read."""
    count = sources = unread = 0
    for source in _all(options.files):
        try:
            if isinstance(source, Unreadable):
                raise source
            found = _searched(source)
        except Unreadable as error:
            # Said at once, and the rest is still searched: one bad file must not hide the pitfalls of all others.
            unread += 1
            print(error, file=sys.stderr)
            continue
        sources += 1
        for pitfall in found:
            count += 1
            print(pitfall.text(f"{source.where}:"))
    things = "1 pitfall" if count == 1 else f"{count or 'no'} pitfalls"
    left = f", {unread} could not be read" if unread else ""
    print(f"{sources} {'source' if sources == 1 else 'sources'} read, {things}{left}", file=sys.stderr)
    return 2 if unread else 1 if count else 0


class Unreadable(Exception):
    """Something that cannot be searched; the message says what and why, on one line."""


@dataclass(frozen=True)
class Source:
    """What to search.

    Args:
        where: Its name for the learner.
        text: Its text.
        beside: The modules that it may import, by name.
    """

    where: str
    text: str
    beside: Mapping[str, str]


def _searched(source: Source) -> list[Finding]:
    try:
        return find(source.text, source.beside)
    except SyntaxError as error:
        line = f" (line {error.lineno})" if error.lineno else ""
        raise Unreadable(f"{source.where} is no Python: {error.msg}{line}.") from None
    except (ValueError, RecursionError, MemoryError) as error:  # a null byte, or nested beyond all measure
        reason = str(error) or "it is nested too deeply"
        raise Unreadable(f"{source.where} cannot be read as Python: {reason}.") from None


def _all(paths: Sequence[Path]) -> Iterator[Source | Unreadable]:
    for path in paths:
        files = [path]
        if path.is_dir():
            # A learner's code is in notebooks too, of which Jupyter keeps a copy in a folder of its own.
            files = sorted(
                file
                for file in path.rglob("*")
                if file.suffix in {".py", ".ipynb"} and not _HIDDEN.intersection(file.parts) and not file.is_dir()
            )
            if not files:
                yield Unreadable(f"There is no .py or .ipynb file in {path}.")
        for file in files:
            try:
                yield from _cells(file) if file.suffix == ".ipynb" else [_read(file)]
            except Unreadable as error:
                yield error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} cannot be read: it is no UTF-8 text.") from None


def _read(path: Path) -> Source:
    """Return a file with the modules beside it that it imports, and those of its project (``activities.shipping``)."""
    source = _text(path)
    beside = {}
    try:
        imported = set(imported_modules(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # said when it is searched
        imported = set()
    for name in imported:
        for file in (path.parent / f"{name}.py", path.parent.parent.joinpath(*name.split(".")).with_suffix(".py")):
            if file.is_file() and name not in beside:
                with contextlib.suppress(Unreadable):  # said of that file itself, if it is to be searched
                    beside[name] = _text(file)
    return Source(str(path), source, beside)


def _cells(path: Path) -> list[Source]:
    found: list[Source] = []
    modules: dict[str, str] = {}
    try:
        for cell in json.loads(_text(path))["cells"]:
            text = "".join(cell["source"])
            first, _, _ = text.partition("\n")
            if cell["cell_type"] == "code" and first.startswith("%%module"):
                name = first.removeprefix("%%module").partition("#")[0].strip()
                # As a comment the magic line keeps its place: a line has one number in the cell and here.
                modules[name] = f"# {text}"
                found.append(Source(f"{path} [{name}, cell {cell.get('id', '?')}]", modules[name], dict(modules)))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable(f"{path} is no notebook that JupyterLab can open.") from None
    return found
