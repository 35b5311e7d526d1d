"""`course progress`: what is done and what comes next."""

import argparse
from typing import Any


def add(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("progress", help="show what is done and what comes next")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the course map in words."""
    from course_lib.grading import Progress
    from course_lib.widgets.progress import progress_view

    print(progress_view(Progress()))
    return 0
