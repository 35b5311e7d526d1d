"""`course build`: make the learner's notebooks from solutions/, and lint the content."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_lib import paths


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "build",
        help="make notebooks/ from solutions/ and lint the content (for authors)",
        description="Makes notebooks/ from solutions/: drops teaching notes, stubs exercises, keeps cell ids. "
        "A notebook in notebooks/ that has been run is backed up first.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs or lint finds")
    parser.add_argument("--format", action="store_true", help="first format the cells of solutions/ by ruff")
    parser.add_argument("--no-lint", action="store_true", help="do not lint the content")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build, or say what a build would change."""
    from course_lib.authoring import build

    root = paths.root()
    if options.format:
        from course_lib.authoring.lint import ruffing

        for name in ruffing.format_modules(root):
            print(f"formatted {name}")
    made = build.chapters(root)
    changes = build.differences(root, made)
    if options.check:
        for change in changes:
            print(f"{_short(change.path, root)} differs from what solutions/ makes:\n{change.diff()}\n")
    else:
        for copy in build.write(changes, root):
            print(f"a notebook that had been run was copied to {copy}")
        for change in changes:
            print(f"{'removed' if change.new is None else 'wrote'} {_short(change.path, root)}")
    print(f"{len(made)} chapters, {len(changes)} files {'differ' if options.check else 'changed'}")
    problems: Sequence[Any] = ()
    if not options.no_lint:
        from course_lib.authoring.lint import lint

        problems = lint(root, made)
        for problem in problems:
            print(problem)
        print(f"content lint: {len(problems)} problems")
    if options.check and changes:
        print(f"To bring both editions in line: {build.COMMAND}")
    return 1 if problems or (options.check and changes) else 0


def _short(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
