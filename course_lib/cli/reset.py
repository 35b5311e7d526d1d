"""`course reset`: begin an exercise, a chapter or the course again."""

import argparse
import asyncio
import sys
from typing import Any

from course_lib import paths


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "reset",
        help="put exercises back to how they were delivered",
        description="Puts exercise cells back, forgets their progress and deletes schedules that a chapter left. All "
        "your other cells stay, and the notebook is copied first. Save and close the notebook in JupyterLab before, "
        "reopen it after.",
    )
    parser.add_argument("what", nargs="?", metavar="CHAPTER|EXERCISE", help="01_workflows, 01 or 1.2; nothing: all")
    parser.add_argument("--yes", action="store_true", help="do not ask before resetting all chapters")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Reset, and say what was changed and where the copies are."""
    from course_lib.authoring.reset import reset
    from course_lib.grading.progress import Progress
    from course_lib.lab import made_schedules

    if options.what is None and not options.yes and not _agreed():
        print("Nothing was changed. `course reset 1.2` begins one exercise again, `course reset 01` one chapter.")
        return 1
    what = options.what.removesuffix(".ipynb") if options.what else None
    for done in reset(paths.root(), what):
        if done.cells:
            print(f"{done.path.name}: {', '.join(done.cells)} as delivered")
        else:
            print(f"{done.path.name}: was as delivered")
        if done.backup:
            print(f"  your version: {done.backup}")
    forgotten = Progress().reset(what)
    print(f"progress: {forgotten} {'entry' if forgotten == 1 else 'entries'} forgotten")
    if "." not in (what or ""):  # an exercise alone leaves its chapter's schedules as they are
        gone = asyncio.run(made_schedules.delete_left(what or ""))
        print(*(f"schedule deleted: {each}" for each in gone), sep="\n", end="\n" if gone else "")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Put the exercises of ALL chapters back? Copies are kept. [y/N] ").strip().lower() in ("y", "yes")
