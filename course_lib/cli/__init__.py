"""The ``course`` command. Each subcommand is a module of this package with ``add(subparsers)``."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from course_lib.errors import CourseError

# In the order in which a learner meets them; imported only when asked for, so that `course --help` is quick.
SUBCOMMANDS = ("doctor", "lab", "server", "progress", "reset", "lint", "check", "export", "build")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the ``course`` command.

    Args:
        argv: The words after ``course``; ``None`` takes them from the process.

    Returns:
        The exit code: 0 for success, 1 for a failure that was explained, 2 for wrong usage (and for what
        `course lint` could not read).
    """
    parser = argparse.ArgumentParser(prog="course", description="The Temporal course: set-up, checks and authoring.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in SUBCOMMANDS:
        importlib.import_module(f"{__name__}.{name}").add(subparsers)
    options = parser.parse_args(argv)
    try:
        return int(options.run(options) or 0)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
