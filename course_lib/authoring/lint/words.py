"""Words: Temporal's own, and a native speaker's. CONTRIBUTING's style page says why; this list holds texts to it."""

import re
from collections.abc import Iterator
from pathlib import Path

from course_lib.authoring.build import SOLUTIONS, Chapter
from course_lib.authoring.lint.problem import Problem
from course_lib.authoring.lint.shape import FENCE

WORDS = (
    (r"\bmend(?:s|ed|ing)?\b", "fix"),
    (
        r"\b(?:a|an|another|each|every|first|second|third|fourth|last|next|failed|one|two|three|four) tr(?:y|ies)\b",
        "attempt",
    ),
    (r"\btr(?:ies|ied) again\b", "retry"),
    (r"\bworkflow (?-i:ids?)\b", "workflow ID"),
    (r"\brun (?-i:ids?)\b", "run ID"),
    (r"\bbehind the pivot\b", "after the pivot"),
    (r"\bturns? (?:it|this|that) round\b", "say what is the other way"),
    (r"\bbeside each other\b", "side by side"),
    (r"\bcures?\b", "fix, or remedy"),
    (r"\*\*Cost\*\*", "**Time**"),
)
_CODE = re.compile(r"`[^`\n]*`|<code>.*?</code>|\]\([^)\s]*\)")


def check(root: Path, chapter: Chapter) -> Iterator[Problem]:
    """Yield the words that a chapter's text and its questions should not have.

    Args:
        root: The checkout.
        chapter: The chapter.
    """
    for cell in chapter.author.cells:
        if cell.cell_type == "markdown":
            yield from _found(f"{SOLUTIONS}/{chapter.path.name}", cell.id, cell.source)
    questions = Path("course_lib", "grading", "chapters", f"ch{chapter.path.name[:2]}", "questions.md")
    if (root / questions).exists():
        yield from _found(questions.as_posix(), "", (root / questions).read_text("utf-8"))


def _found(file: str, cell: str, text: str) -> Iterator[Problem]:
    plain = _CODE.sub("", FENCE.sub("", text))
    for pattern, better in WORDS:
        for found in re.finditer(pattern, plain, re.IGNORECASE):
            yield Problem(file, cell, "word", f"“{found[0]}”: write {better}")
