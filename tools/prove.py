"""`make prove`: every proof of the exercises, and the browser tests that `make test` has no time for.

make prove                       everything
make prove ARGS="5.4"            one exercise: its solution, its stub, all its wrong and right answers
make prove ARGS="05 06"          two chapters
make prove ARGS="--load"         all proofs on a machine that is kept busy
"""

import argparse
import re
import sys
from collections.abc import Sequence

import run_checks


def stages(exercises: Sequence[str], load: bool) -> list[run_checks.Stage]:
    """Return what is to be run.

    Args:
        exercises: Ids of exercises, numbers of chapters; none for all.
        load: Whether pytest is to keep the machine busy meanwhile.
    """
    chosen = [f"--exercise={each}" for each in exercises] or ["--every-proof"]
    proofs = run_checks.pytest_stage(
        "proofs",
        "pytest: the solution, the stub, every wrong and every right answer",
        *("-p", "no:nbval", "-n", "5", "--dist", "loadfile", "tests/grading/test_exercises.py", "-m", "proof"),
        *chosen,
        *(["--load"] if load else []),
        beside=False,
    )
    browser = run_checks.pytest_stage(
        "browser",
        "pytest: Run All of the other chapters, and a long history, in a real JupyterLab",
        *("-p", "no:nbval", "tests/browser", "-m", "slow"),
        beside=True,
    )
    return [proofs] if exercises or load else [proofs, browser]


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for and return the exit code."""

    def exercise(text: str) -> str:
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise argparse.ArgumentTypeError(f"{text!r} is no exercise (5.4) and no chapter (05)")
        return text

    parser = argparse.ArgumentParser(prog="make prove", description="Prove the exercises.")
    parser.add_argument("exercises", nargs="*", type=exercise, metavar="5.4", help="only this exercise, or chapter: 05")
    parser.add_argument("--load", action="store_true", help="keep the machine busy meanwhile")
    options = parser.parse_args(arguments)
    return run_checks.judge(stages(options.exercises, options.load))


if __name__ == "__main__":
    sys.exit(run_checks.command(main))
