"""Which proofs of the exercises run: all of them take a quarter of an hour, and `make test` has minutes.

For each exercise it takes the solution, the stub and three wrong answers. The commit chooses which, so every commit
asks for others. `make prove` takes all.
"""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from course_lib.paths import root

SEED = "COURSE_PROOF_SEED"
_HOW_MANY = 3
_NAMED = re.compile(r"(?<![\w.\[-])\d+\.\d+(?:-\w+)?(?![\w.\]-])")


@dataclass(frozen=True)
class Proof:
    """One proof, as its test is called: ``test_wrong_answer_fails_for_its_reason[5.4-charges_twice]``.

    Args:
        test: The test function.
        exercise: The exercise's id.
        answer: The answer's name; empty for the solution and the stub.
    """

    test: str
    exercise: str
    answer: str


def seed() -> str:
    """Return what the choice depends on: ``COURSE_PROOF_SEED``, else the commit that is checked out."""
    if own := os.environ.get(SEED):
        return own
    git = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(git, cwd=root(), capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "no-commit"


def chosen(proofs: Iterable[Proof], by: str) -> set[Proof]:
    """Return the proofs that run when not all of them do.

    Args:
        proofs: All of them.
        by: The seed.
    """
    kept: set[Proof] = set()
    wrong: dict[str, list[Proof]] = {}
    for proof in proofs:
        if not proof.answer:
            kept.add(proof)
        elif "wrong" in proof.test:
            wrong.setdefault(proof.exercise, []).append(proof)
    for answers in wrong.values():
        answers.sort(key=lambda proof: blake2b(f"{by} {proof.exercise} {proof.answer}".encode()).digest())
        kept.update(answers[:_HOW_MANY])
    return kept


def belongs(proof: Proof, wanted: str) -> bool:
    """Return whether a proof is one of an exercise (``"5.4"``), or of a chapter (``"05"`` or ``"5"``)."""
    return proof.exercise == wanted or (wanted.isdigit() and int(wanted) == int(proof.exercise.split(".")[0]))


def narrowed(keyword: str) -> str:
    """Return a ``-k`` expression in which an exercise is itself alone: as a part of a name ``0.2`` is in ``10.2``, too.

    Args:
        keyword: As it was typed, for example ``"0.2 and joined"``; what this function has returned stays as it is.
    """

    def forms(found: re.Match[str]) -> str:
        name = found[0]
        ends = [name] if "-" in name else [f"{name}]", f"{name}-"]
        return f"({' or '.join(begin + end for begin in '[-' for end in ends)})"

    return _NAMED.sub(forms, keyword)
