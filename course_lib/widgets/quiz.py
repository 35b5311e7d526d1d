"""A chapter's quiz: a wrong choice is explained at once, every option when the right ones are found."""

from collections.abc import Sequence
from typing import Any

import ipywidgets

from course_lib.errors import CourseError
from course_lib.grading.exercises import ChapterContent
from course_lib.grading.progress import Progress
from course_lib.grading.questions import Question
from course_lib.widgets.choice import Choice, letter
from course_lib.widgets.look import Kind, View, callout, escape
from course_lib.widgets.panel import Controls, with_static
from course_lib.widgets.prose import inline


class Quiz:
    """The questions of one chapter.

    Args:
        content: The chapter.
        progress: Where answers are kept; earlier ones are shown again.
    """

    def __init__(self, content: ChapterContent, progress: Progress) -> None:
        self.content, self._progress = content, progress
        self._choices: dict[str, Choice] = {}
        self._score = ipywidgets.HTML()
        for question in content.questions:
            self._choices[question.id] = self._choice(question)
        self.widget = Controls(*(choice.widget for choice in self._choices.values()), self._score)
        for question in content.questions:
            if known := _numbers(progress.quiz_answer(question.id).get("choice"), len(question.options)):
                self._show(question, known)
        self._count()

    def answer(self, question: str | int, *options: int | str) -> bool:
        """Answer a question, as a press on its button does.

        Args:
            question: Its id, such as ``"0.q1"``, or its number from 1.
            *options: Of each chosen option its number from 0, its letter, or its text.

        Returns:
            Whether the answer is right.

        Raises:
            CourseError: There is no such question or option.
        """
        found = self._question(question)
        choice = self._choices[found.id]
        choice.press(*options)
        return found.answered(choice.chosen)

    @property
    def score(self) -> tuple[int, int]:
        """How many questions are answered right, and how many there are."""
        right = sum(bool(self._progress.quiz_answer(item.id).get("right")) for item in self.content.questions)
        return right, len(self.content.questions)

    def text(self) -> str:
        """Return the whole quiz as it stands, in words."""
        parts = [f"{number}. {choice.words()}" for number, choice in enumerate(self._choices.values(), 1)]
        return "\n\n".join([*parts, self._score_words()])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        html = "".join(choice.html() for choice in self._choices.values()) + self._score.value
        return with_static(self.widget, View(html, self.text()))

    def __repr__(self) -> str:
        return self.text()

    def _choice(self, question: Question) -> Choice:
        return Choice(
            question.text, question.options, "Answer", lambda numbers: self._chosen(question, numbers),
            several=question.several,
        )  # fmt: skip

    def _chosen(self, question: Question, numbers: Sequence[int]) -> None:
        # One number where one can be chosen: progress files of earlier versions hold that.
        kept = list(numbers) if question.several else numbers[0]
        self._progress.record_quiz(question.id, kept, question.answered(numbers))
        self._show(question, numbers)
        self._count()

    def _show(self, question: Question, numbers: Sequence[int]) -> None:
        view = explained(question, numbers)
        self._choices[question.id].show(numbers, view.html, view.text)

    def _count(self) -> None:
        self._score.value = f'<div class="tc" role="status">{escape(self._score_words())}</div>'

    def _score_words(self) -> str:
        right, total = self.score
        return f"{right} of {total} right."

    def _question(self, question: str | int) -> Question:
        questions = self.content.questions
        if isinstance(question, int) and 1 <= question <= len(questions):
            return questions[question - 1]
        for found in questions:
            if found.id == question:
                return found
        raise CourseError(
            f"The quiz has no question {question!r}.", fix=f"use one of {', '.join(item.id for item in questions)}."
        )


def explained(question: Question, numbers: Sequence[int]) -> View:
    """Return what is said to an answer: why a wrong choice is wrong, or, when all is right, why each option is so.

    Args:
        question: The question.
        numbers: The chosen options.
    """
    if question.answered(numbers):
        shown = [
            (f"{letter(place)}) {'right' if option.right else 'wrong'}", option.why)
            for place, option in enumerate(question.options)
        ]
        return _table("ok", f"{_letters(numbers)} {'are' if len(numbers) > 1 else 'is'} right", shown)
    wrong = [number for number in numbers if not question.options[number].right]
    if wrong:
        shown = [(f"{letter(number)}) wrong", question.options[number].why) for number in wrong]
        return _table("fail", f"{_letters(wrong)} {'are' if len(wrong) > 1 else 'is'} not it", shown)
    return _table("fail", "Right so far, but not all", [("", "At least one more option is right.")])


def _table(kind: Kind, title: str, lines: Sequence[tuple[str, str]]) -> View:
    rows = "".join(f"<tr><th>{escape(word)}</th><td>{inline(why)}</td></tr>" for word, why in lines)
    head = "✓ Passed" if kind == "ok" else "✗ Not yet"
    words = "\n".join(f"      {word}: {why}" if word else f"      {why}" for word, why in lines)
    return callout(kind, title, html=f"<table>{rows}</table>", words=f"  {head}: {title}\n{words}")


def _letters(numbers: Sequence[int]) -> str:
    return ", ".join(f"{letter(number)})" for number in numbers)


def _numbers(kept: object, count: int) -> tuple[int, ...]:
    """Return what a progress file holds as numbers of options; it may be of another version of the quiz."""
    found = kept if isinstance(kept, list) else [kept]
    return tuple(n for n in found if isinstance(n, int) and 0 <= n < count)
