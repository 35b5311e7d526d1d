"""What a chapter's text says: its title, promise and minutes, and each exercise's title, minutes, stars and hints.

Nowhere else are they written down. A learner reads them in the notebook; tables, verdicts and progress take them from
there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TITLE = re.compile(r"^# +(?P<title>.+?) *$", re.MULTILINE)
_PROMISE = re.compile(r"\*\*After this chapter you can\*\* +(?P<promise>.+?)\.? *$", re.MULTILINE)
_HINTS = re.compile(r"^\*\*(Hint 1|Hint 2|Why)\*\*", re.MULTILINE)
_MINUTES = re.compile(r"(?P<minutes>\d+)\s*min(?:utes?)?\b")


@dataclass(frozen=True)
class Heading:
    """What a text says of a chapter or an exercise.

    Args:
        title: Its title without a number, empty when no heading says it.
        minutes: How long it takes a learner, 0 when the text does not say.
        promise: What a learner can do afterwards (chapter only).
        stars: 1 (easy) to 3 (exercise only).
    """

    title: str = ""
    minutes: int = 0
    promise: str = ""
    stars: int = 0


def chapter_heading(texts: Iterable[str]) -> Heading:
    """Return what a chapter says of itself, in the text with its title.

    Args:
        texts: The chapter's Markdown cells.
    """
    for text in texts:
        if title := _TITLE.search(text):
            promise = _PROMISE.search(text)
            return Heading(title["title"], _minutes(text), promise=promise["promise"] if promise else "")
    return Heading()


def exercise_heading(exercise_id: str, texts: Iterable[str]) -> Heading:
    """Return what a chapter says of an exercise, from the heading that names it on.

    Args:
        exercise_id: For example ``"1.1"``, as in ``### Exercise 1.1: charge, then ship``.
        texts: The chapter's Markdown cells.
    """
    for text in texts:
        if found := re.search(
            rf"^#+ +Exercise +{re.escape(exercise_id)}\b[:.]? *(?P<title>.*?) *$", text, re.MULTILINE
        ):
            title, rest = found["title"], text[found.end() :]
            return Heading(title[:1].upper() + title[1:], _minutes(rest), stars=rest.count("★"))
    return Heading()


def hints_and_why(text: str) -> tuple[tuple[str, ...], str]:
    """Return an exercise's two hints, fewer when they are not there, and why its solution is as it is.

    Args:
        text: Its cell tagged ``hints``: ``**Hint 1** …``, ``**Hint 2** …`` and ``**Why** …``, each on a new line.
    """
    _, *found = _HINTS.split(text)
    told = {name: words.strip() for name, words in zip(found[::2], found[1::2], strict=True)}
    return tuple(told[name] for name in ("Hint 1", "Hint 2") if told.get(name)), told.get("Why", "")


def _minutes(text: str) -> int:
    found = _MINUTES.search(text)
    return int(found["minutes"]) if found else 0
