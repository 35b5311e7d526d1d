"""The table of claims: what an exercise's text says, the part of the check that looks at it, a wrong answer to it.

An exercise's answers hold it as ``CLAIMS``: words of its text → names of wrong answers, the first of which breaks one
part of the check alone; or `Given`, when the words say nothing of the answer. Every word is part of a claim.

``.venv/bin/python -m tests.grading.claims`` writes docs/claims.md from it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_lib import grading
from course_lib.grading import Exercise, sources
from tests.grading.edits import Given, Wrong, answers

PAGE = Path(__file__).parents[2] / "docs" / "claims.md"

_FIELD = re.compile(r"^\*\*(Input|Error|Goal|Example)\*\* +(.+?)(?:<br>)?$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_BETWEEN = {"and", "or", "but", "then", "else", "if", "so", "the", "a", "an", "it", "for", "by"}
_HEAD = """# What each exercise claims, and what proves it

Made by `.venv/bin/python -m tests.grading.claims` from `CLAIMS` in `tests/grading/answers`; do not edit it. Each row:
words of the exercise, the part of its check that looks at them, and a wrong answer for which that part alone fails.
`make prove` gives every one of these answers and looks at which parts fail; a part that no answer breaks fails, too.
"""


@dataclass(frozen=True)
class Row:
    """One claim.

    Args:
        words: The exercise's own.
        part: Label of the part of the check; for `Given` empty.
        proof: Name of the wrong answer, or why there is none.
        more: Further wrong answers.
    """

    words: str
    part: str
    proof: str
    more: tuple[str, ...] = ()


def exercises() -> list[Exercise]:
    """Return all exercises, in order."""
    return [exercise for number in grading.chapter_numbers() for exercise in grading.chapter(number).exercises]


def fields(exercise: Exercise) -> dict[str, str]:
    """Return an exercise's Input, perhaps Error, Goal and Example, as a learner reads them.

    Args:
        exercise: The exercise.

    Raises:
        LookupError: The chapter does not have them.
    """
    heading = re.compile(rf"^#+ +Exercise +{re.escape(exercise.id)}\b", re.MULTILINE)
    for text in sources.told(exercise.chapter).texts:
        if heading.search(text):
            return {name: _LINK.sub(r"\1", words) for name, words in _FIELD.findall(text)}
    raise LookupError(f"chapter {exercise.chapter} has no exercise {exercise.id}")


def rows(exercise: Exercise) -> list[Row]:
    """Return an exercise's claims.

    Args:
        exercise: The exercise.
    """
    wrong: dict[str, Wrong] = answers(exercise).WRONG
    made = []
    for words, told in answers(exercise).CLAIMS.items():
        if isinstance(told, Given):
            made.append(Row(words, "", told.why))
        else:
            first, *more = (told,) if isinstance(told, str) else told
            made.append(Row(words, "; ".join(wrong[first].breaks), first, tuple(more)))
    return made


def unclaimed(text: str, claims: list[str]) -> list[str]:
    """Return the words of a text that are part of no claim, but for words such as "and".

    Args:
        text: The text.
        claims: The claims' words.
    """
    covered = [False] * len(text)
    for words in claims:
        for found in re.finditer(re.escape(words), text):
            covered[found.start() : found.end()] = [True] * len(words)
    left = "".join(" " if done else letter for letter, done in zip(text, covered, strict=True))
    return [word for word in re.findall(r"\w+", left) if word.lower() not in _BETWEEN]


def page() -> str:
    """Return docs/claims.md."""
    return _HEAD + "".join(_lines())


def _lines() -> Iterator[str]:
    for exercise in exercises():
        yield f"\n## {exercise.id} {exercise.title}\n\n| words | part of the check | wrong answer |\n|---|---|---|\n"
        for row in rows(exercise):
            proof = f"`{row.proof}`" if row.part else f"*{row.proof}*"
            yield f"| {_cell(row.words)} | {_cell(row.part)} | {_cell(proof)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
