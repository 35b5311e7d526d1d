"""A chapter's quiz: every option is explained, a wrong one at once, all of them when the right one is found."""

from typing import Any

import ipywidgets

from course_lib.errors import CourseError
from course_lib.grading.model import ChapterContent, Question
from course_lib.grading.progress import Progress
from course_lib.widgets.choice import Choice, bundle, letter
from course_lib.widgets.look import View, callout, escape, plain
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
        self.widget = ipywidgets.VBox([*(choice.widget for choice in self._choices.values()), self._score])
        for question in content.questions:
            known = progress.quiz_answer(question.id).get("choice")
            if isinstance(known, int) and 0 <= known < len(question.options):
                self._show(question, known)
        self._count()

    def answer(self, question: str | int, option: int | str) -> bool:
        """Answer a question, as a press on its button does.

        Args:
            question: Its id, such as ``"0.q1"``, or its number from 1.
            option: The option's number from 0, its letter, or its text.

        Returns:
            Whether the answer is right.

        Raises:
            CourseError: There is no such question or option.
        """
        found = self._question(question)
        choice = self._choices[found.id]
        choice.press(option)
        return found.options[int(choice.radio.value)].right

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
        return bundle(self.widget, html, self.text())

    def __repr__(self) -> str:
        return self.text()

    def _choice(self, question: Question) -> Choice:
        return Choice(question.text, question.options, "Answer", lambda number: self._chosen(question, number))

    def _chosen(self, question: Question, number: int) -> None:
        self._progress.record_quiz(question.id, number, question.options[number].right)
        self._show(question, number)
        self._count()

    def _show(self, question: Question, number: int) -> None:
        view = explained(question, number)
        self._choices[question.id].show(number, view.html, view.text)

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


def explained(question: Question, number: int) -> View:
    """Return what is said to an answer.

    Args:
        question: The question.
        number: The chosen option.
    """
    chosen = question.options[number]
    if not chosen.right:
        title = f"{letter(number)}) is not it"
        view = callout("fail", title, html=f'<div class="tc-body">{inline(chosen.why)}</div>')
        return View(view.html, plain(f"  ✗ Not yet: {title}. {chosen.why}"))
    lines = [
        (f"{letter(place)}) {'right' if option.right else 'wrong'}", option.why)
        for place, option in enumerate(question.options)
    ]
    rows = "".join(f"<tr><th>{escape(word)}</th><td>{inline(why)}</td></tr>" for word, why in lines)
    title = f"{letter(number)}) is right"
    view = callout("ok", title, html=f"<table>{rows}</table>")
    words = "\n".join(f"      {word}: {why}" for word, why in lines)
    return View(view.html, plain(f"  ✓ Passed: {title}\n{words}"))
