"""`course check`: run a notebook without a browser and grade it."""

import argparse
import sys
from pathlib import Path
from typing import Any

from course_lib import paths
from course_lib.errors import CourseError


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "check",
        help="run a notebook headless and grade its exercises",
        description="Runs all cells in a fresh kernel, with a server, shop and workspace of their own, and prints the "
        "verdict of every check. Exit code 1 when one is not passed. Your own progress is not touched.",
    )
    parser.add_argument(
        "notebook", nargs="+", metavar="NOTEBOOK", help="a file, or a chapter such as 01 or 01_workflows"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the notebook with its outputs here (one only)")
    parser.add_argument(
        "--cell-timeout", type=float, default=None, metavar="S", help="seconds for one cell (default 60)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Execute, grade and summarise."""
    from course_lib.authoring import notebook as nb
    from course_lib.authoring.execute import CELL_LIMIT, execute, own_state

    if options.save and len(options.notebook) > 1:
        raise CourseError("--save takes one notebook.", fix="check them one by one.")
    files = [find(given) for given in options.notebook]
    good = True
    with own_state() as env:
        for file in files:
            print(f"{file.name}:", flush=True)
            result = execute(file, env, _say, options.cell_timeout or CELL_LIMIT)
            for check in result.checks:
                print(f"  {check.exercise}  {check.outcome}")
                if check.outcome != "passed":
                    print("\n".join(f"        {line}" for line in check.text.splitlines()))
            for cell, error in result.broken:
                print(f"  cell {cell} raised {error}")
            passed = sum(check.outcome == "passed" for check in result.checks)
            print(f"  {passed} of {len(result.checks)} exercises passed, {result.seconds:.0f} s", flush=True)
            good = good and result.passed
            if options.save:
                options.save.write_text(nb.dumps(result.notebook), encoding="utf-8")
    return 0 if good else 1


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


def find(given: str) -> Path:
    """Return the notebook that a word names: a file, or a chapter of the learner's edition.

    Args:
        given: A path, ``"01_workflows"`` or ``"01"``.

    Raises:
        CourseError: It names nothing.
    """
    path = Path(given)
    if path.is_file():
        return path.resolve()
    folder = paths.root() / "notebooks"
    found = sorted(folder.glob(f"{given}.ipynb")) or sorted(folder.glob(f"{given}_*.ipynb") if given.isdigit() else [])
    if len(found) != 1:
        raise CourseError(
            f"{given!r} is no notebook.", tried=[str(path), str(folder)], fix="name a file, or a chapter like 01."
        )
    return found[0]
