"""`make prove`: every proof of the exercises, and the tests that `make test` has no time for.

make prove                       everything
make prove ARGS="5.4"            one exercise: its solution, its stub, all its wrong and right answers
make prove ARGS="05 06"          two chapters
make prove ARGS="--load"         every right answer and three wrong ones each, on a machine that is kept busy
make prove ARGS="--throttled"    the same on half of two cores
"""

import argparse
import re
import sys
from collections.abc import Sequence

import run_checks


def stages(exercises: Sequence[str], load: Sequence[str] = ()) -> list[run_checks.Stage]:
    """Return what is to be run.

    Args:
        exercises: Ids of exercises, numbers of chapters; none for all.
        load: The options of `tests/grading/load.py` that make the machine a bad one.
    """
    chosen = [f"--exercise={each}" for each in exercises] or ["--every-proof"]
    what = (
        "every right answer and three wrong ones of each exercise" if load else "the solution, the stub, every answer"
    )
    # A proof waits half of its time. Under load one for each of the two cores: more would be a load of their own.
    workers = "2" if load else "6"
    proofs = run_checks.pytest_stage(
        "proofs",
        " ".join(["pytest:", what, *load]),
        *("-p", "no:nbval", "-n", workers, "--dist", "loadfile", "tests/grading/test_exercises.py", "-m", "proof"),
        *chosen,
        *load,
        beside=False,
    )
    slow = run_checks.pytest_stage(
        "slow", "pytest: the library's tests that take long", *run_checks.UNIT, *("-m", "slow"), beside=False
    )
    browser = run_checks.pytest_stage(
        "browser",
        "pytest: every control of every widget, and Run All of every chapter, in a real JupyterLab",
        *("-p", "no:nbval", "tests/browser"),  # the core, too: the tests of a file go on where the one before has ended
        beside=False,
    )
    return [proofs] if exercises or load else [proofs, slow, browser]


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for and return the exit code."""

    def exercise(text: str) -> str:
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise argparse.ArgumentTypeError(f"{text!r} is no exercise (5.4) and no chapter (05)")
        return text

    parser = argparse.ArgumentParser(prog="make prove", description="Prove the exercises.")
    parser.add_argument("exercises", nargs="*", type=exercise, metavar="5.4", help="only this exercise, or chapter: 05")
    for name, what in {"--load": "keep the machine busy meanwhile", "--throttled": "on half of two cores"}.items():
        parser.add_argument(name, dest="load", action="append_const", const=name, default=[], help=what)
    options = parser.parse_args(arguments)
    return run_checks.judge(stages(options.exercises, options.load))


if __name__ == "__main__":
    sys.exit(run_checks.command(main))
