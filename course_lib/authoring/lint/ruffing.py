"""Ruff for `%%module` cells.

Measured with ruff 0.17: a notebook cell that opens with a cell magic which ruff does not know is skipped, by
`ruff check` and by `ruff format`, and the names that it defines count as undefined in the other cells (F821). So
the bodies of the module cells are checked here as files of their own, and undefined names in a copy of the whole
notebook in which the `%%module` line is a comment.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import NOTEBOOKS, SOLUTIONS, Chapter
from course_lib.authoring.lint.problem import Problem
from course_lib.grading.sources import MODULE_LINE, module_name

# As for notebooks in pyproject.toml: chapters explain in text, and one module may be written twice.
IGNORED = ["D", "E402", "F811", "B018"]
# In a stub, what the solution will need is imported and bound already; and the mistake to be found may be a time.sleep,
# which the content lint turns down in every cell that does not say so by its tag.
IGNORED_IN_STUBS = ["F401", "F841", "ASYNC251"]
LIMIT = 120.0  # seconds for one run of ruff over all chapters; it takes well under one


_Origins = dict[Path, tuple[str, str]]
"""For each module cell's file the notebook and the cell's id. Its first line is the cell's second."""


def available() -> bool:
    """Tell whether ruff is installed in this environment."""
    return importlib.util.find_spec("ruff") is not None


def check(root: Path, chapters: Sequence[Chapter]) -> Iterator[Problem]:
    """Yield what ruff finds in the chapters, at the notebook's cell and line.

    Args:
        root: The checkout, whose ``pyproject.toml`` configures ruff.
        chapters: Both editions of the chapters.
    """
    with tempfile.TemporaryDirectory(prefix="course-ruff-") as name:
        folder = Path(name).resolve()
        solved, stubs = folder / SOLUTIONS, folder / NOTEBOOKS
        names = {module for chapter in chapters for module in _modules(chapter.author)} | {"course_lib"}
        origins: _Origins = {}
        for chapter in chapters:
            origins |= _extract(chapter.author, solved / chapter.course.id, f"{SOLUTIONS}/{chapter.path.name}")
            origins |= _extract(chapter.learner, stubs / chapter.course.id, f"{NOTEBOOKS}/{chapter.path.name}")
        if origins:
            for part, ignored in ((solved, IGNORED), (stubs, IGNORED + IGNORED_IN_STUBS)):
                words = [*_config(root, names), "--extend-ignore", ",".join(ignored), str(part)]
                yield from _found(_ruff(*words), origins)
            yield from _unformatted(root, solved, origins)
        yield from _undefined(folder, chapters)


def _modules(notebook: nb.Notebook) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and (name := module_name(cell.source)):
            yield name


def _extract(notebook: nb.Notebook, folder: Path, file: str) -> _Origins:
    folder.mkdir(parents=True)
    origins: _Origins = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and module_name(cell.source):
            path = folder / f"{cell.id.replace('-', '_')}.py"
            path.write_text(MODULE_LINE.sub("", cell.source, count=1) + "\n", encoding="utf-8")
            origins[path] = (file, cell.id)
    return origins


def _run(words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    # Hermetic: ruff's cache would land in a folder that is about to vanish.
    command = [sys.executable, "-m", "ruff", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)


def _config(root: Path, ours: Collection[str] = ()) -> list[str]:
    """Return the options that configure ruff as the checkout does; ``ours`` are modules of its own."""
    file = root / "pyproject.toml"
    words = ["--config", str(file)] if file.is_file() else ["--isolated"]
    return [*words, "--config", f"lint.isort.known-first-party = {json.dumps(sorted(ours))}"] if ours else words


def _ruff(*words: str) -> list[dict[str, Any]]:
    done = _run(["check", "--no-cache", "--exit-zero", "--output-format", "json", *words])
    if done.returncode != 0:
        raise RuntimeError(f"ruff failed with {done.returncode}: {done.stderr.strip()}")
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return found


def _found(results: Sequence[Mapping[str, Any]], origins: _Origins) -> Iterator[Problem]:
    for result in results:
        place = origins[Path(result["filename"]).resolve()]
        yield Problem(*place, f"ruff {result['code']}", result["message"], result["location"]["row"] + 1)


def _unformatted(root: Path, folder: Path, origins: _Origins) -> Iterator[Problem]:
    # The report of `ruff format --check` differs between versions, the formatted files do not.
    before = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    done = _run(["format", "--no-cache", "--quiet", *_config(root), str(folder)])
    if done.returncode not in (0, 2):  # 2: a file is no Python, which `ruff check` has reported already
        raise RuntimeError(f"ruff format failed with {done.returncode}: {done.stderr.strip()}")
    for path, text in before.items():
        formatted = path.read_text(encoding="utf-8")
        if formatted != text:
            pairs = zip(text.split("\n"), formatted.split("\n"), strict=False)
            line = next((number for number, (old, new) in enumerate(pairs, start=2) if old != new), 0)
            yield Problem(*origins[path.resolve()], "ruff format", "is not formatted: course build --format", line)


def _undefined(folder: Path, chapters: Sequence[Chapter]) -> Iterator[Problem]:
    whole = folder / "whole"
    whole.mkdir()
    for chapter in chapters:
        plain = nb.normalised(chapter.author)
        for cell in plain.cells:
            if cell.cell_type == "code" and module_name(cell.source):
                cell.source = "# " + cell.source
        (whole / chapter.path.name).write_text(nb.dumps(plain), encoding="utf-8")
    by_name = {chapter.path.name: chapter for chapter in chapters}
    for result in _ruff("--isolated", "--select", "F821", str(whole)):
        chapter = by_name[Path(result["filename"]).name]
        # Ruff counts all cells of the notebook, from 1.
        cell = chapter.author.cells[result["cell"] - 1]
        if not module_name(cell.source):
            row = result["location"]["row"]
            yield Problem(f"{SOLUTIONS}/{chapter.path.name}", cell.id, "ruff F821", result["message"], row)


def format_modules(root: Path) -> list[str]:
    """Sort imports and format the cells of solutions/ in place, and return the module cells that changed.

    Ruff formats the other cells of a notebook by itself.
    """
    paths = nb.chapter_paths(root / SOLUTIONS)
    if paths:
        _run(["format", "--no-cache", "-q", *_config(root), *map(str, paths)])
    changed = []
    for path in paths:
        notebook = nb.read(path)
        with tempfile.TemporaryDirectory(prefix="course-ruff-") as name:
            folder = Path(name) / "cells"
            origins = _extract(notebook, folder, path.name)
            config = _config(root, {*_modules(notebook), "course_lib"})
            _run(["check", "--no-cache", "-q", *config, "--select", "I", "--fix", "--exit-zero", str(folder)])
            _run(["format", "--no-cache", "-q", *config, str(folder)])
            bodies = {cell: file.read_text(encoding="utf-8") for file, (_, cell) in origins.items()}
        touched = []
        for cell in notebook.cells:
            head, _, _ = cell.source.partition("\n")
            formatted = f"{head}\n{bodies[cell.id]}".rstrip("\n") if cell.id in bodies else cell.source
            if formatted != cell.source:
                cell.source = formatted
                touched.append(f"{path.name} {cell.id}")
        if touched:
            path.write_text(nb.dumps(notebook), encoding="utf-8", newline="\n")
        changed += touched
    return changed
