"""What an exercise and a chapter declare: plain data, no machinery."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from course_lib.grading.questions import Prediction, Question

Check = Callable[..., Awaitable[None]]
"""``async def check(bench, *answers)``: runs the answers and says what it saw with ``bench.expect``."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it asks for and how it is checked.

    Only what stands above the line is written down in ``grading/chapters``; `registry` reads the rest from the
    chapter's notebook.

    Args:
        answers: Names that the check is given, in this order: classes or functions of ``%%module`` cells,
            plain values, or workflow handles.
        check: Looks at the evidence; see ``Bench``.
        early: Whether the first Worker is started while the check begins; it then polls the run's queue at once, so
            switch it off for a check that looks at a queue without a Worker.
        id: Chapter and number, for example ``"1.1"``; the notebook's cell is then ``ex-1-1``.
        title: A few words.
        minutes: How long it takes a learner.
        stars: 1 (easy) to 3.
        hints: Two, a question first; the solution's code follows as the third.
        why: Why the solution is as it is; shown beside it.
    """

    answers: tuple[str, ...]
    check: Check
    early: bool = True
    # ---- read from the notebook
    id: str = ""
    title: str = ""
    minutes: int = 0
    stars: int = 0
    hints: tuple[str, ...] = ()
    why: str = ""

    @property
    def chapter(self) -> str:
        """The chapter's two digits, for example ``"01"``."""
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def cell(self) -> str:
        """The id of the notebook's cell, for example ``"ex-1-1"``."""
        return f"ex-{self.id.replace('.', '-')}"


@dataclass(frozen=True)
class ChapterContent:
    """All that one chapter declares.

    Args:
        id: The file's stem, for example ``"01_workflows"``.
        title: Its name without the number.
        exercises: In the order of the chapter.
        questions: The quiz.
        predictions: The predict cells.
    """

    id: str
    title: str = ""
    exercises: tuple[Exercise, ...] = ()
    questions: tuple[Question, ...] = ()
    predictions: tuple[Prediction, ...] = ()
