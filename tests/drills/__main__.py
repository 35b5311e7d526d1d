"""`make drill`: one drill by its name, with options of its own."""

import argparse
import sys
from collections.abc import Callable, Sequence

from tests.drills import classroom

DRILLS: dict[str, Callable[[Sequence[str]], int]] = {"class": classroom.main}


def main() -> int:
    """Run the drill that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__, add_help=False)
    parser.add_argument("drill", choices=DRILLS)
    chosen, options = parser.parse_known_args()
    return DRILLS[chosen.drill](options)


if __name__ == "__main__":
    sys.exit(main())
