"""A chapter's quiz and predictions, read from the ``questions.md`` of its package."""

import ast
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen.

    Args:
        text: What it says.
        why: Why it is right, or why it is wrong.
        right: Whether it is right (quiz only).
        value: What the run shows when this prediction is right (prediction only).
    """

    text: str
    why: str
    right: bool = False
    value: Any = None


@dataclass(frozen=True)
class Question:
    """One question of a quiz.

    Args:
        id: Unique in its chapter, for example ``"1.q3"``.
        text: The question.
        options: Two or more, each explained. When several are right, all of them are to be chosen.
    """

    id: str
    text: str
    options: tuple[Option, ...]

    @property
    def several(self) -> bool:
        """Whether several options are right."""
        return sum(option.right for option in self.options) > 1

    def answered(self, chosen: Collection[int]) -> bool:
        """Return whether exactly the right options are chosen.

        Args:
            chosen: Numbers of options, from 0.
        """
        return {number for number, option in enumerate(self.options) if option.right} == set(chosen)


@dataclass(frozen=True)
class Prediction:
    """A question to answer before a run, which the run itself grades.

    Args:
        id: For example ``"1.a"``.
        text: The question.
        options: Two or more; ``Option.value`` is what the run shows when that one is right.
        classify: Turns what the run showed into one of the options' values; the identity when not given.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    classify: Callable[[Any], Any] | None = None

    def match(self, seen: Any) -> Option | None:
        """Return the option that the run shows to be right, ``None`` when it shows none of them.

        Args:
            seen: What the run showed.
        """
        value = self.classify(seen) if self.classify else seen
        return next((option for option in self.options if _same(option.value, value)), None)


def read(text: str, classify: Mapping[str, Callable[[Any], Any]]) -> tuple[list[Question], list[Prediction]]:
    """Return the questions and the predictions of one ``questions.md``.

    Each has a heading with its id (``## 1.q3`` a question of the quiz, ``## 1.a`` a prediction), its text, and its
    options: ``- [x] Right one``, ``- [ ] Wrong one``, or with the value that the run shows, ``- [2] Twice``. Below each
    option stands, indented, why it is right or wrong.

    Args:
        text: The file's text.
        classify: ``Prediction.classify`` by the prediction's id.
    """
    questions, predictions = [], []
    for block in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        (name, _, asked), *given = (part.partition("\n") for part in re.split(r"^- ", block, flags=re.MULTILINE))
        quiz = ".q" in name
        options = []
        for line, _, why in given:
            mark, _, said = line.removeprefix("[").partition("] ")
            found = Option(said, _line(why), right=quiz and mark == "x", value=None if quiz else ast.literal_eval(mark))
            options.append(found)
        if quiz:
            questions.append(Question(name, _line(asked), tuple(options)))
        else:
            predictions.append(Prediction(name, _line(asked), tuple(options), classify.get(name)))
    return questions, predictions


def _line(text: str) -> str:
    return " ".join(text.split())


def _same(expected: Any, seen: Any) -> bool:
    # True == 1 in Python, but not as an answer; and the run may give numpy's or pandas' own scalars.
    seen = seen.item() if hasattr(seen, "item") and callable(seen.item) and getattr(seen, "ndim", 1) == 0 else seen
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    return bool(expected == seen)
