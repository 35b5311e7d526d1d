"""Exercises, evidence, verdicts, hints and progress.

Heavy parts (pandas, the SDK's client) are loaded on first use: a notebook that only asks for a hint needs none.
"""

from typing import TYPE_CHECKING, Any

from course_lib.grading.exercises import ChapterContent, Exercise
from course_lib.grading.progress import Progress
from course_lib.grading.questions import Option, Prediction, Question
from course_lib.grading.registry import chapter, chapter_numbers, exercise, prediction
from course_lib.grading.verdict import CheckFailed, Outcome, Part, Verdict

if TYPE_CHECKING:
    from course_lib.grading.answers import Code as Code
    from course_lib.grading.bench import CLIENT as CLIENT
    from course_lib.grading.bench import Bench as Bench
    from course_lib.grading.engine import grade as grade
    from course_lib.grading.evidence import Handle as Handle
    from course_lib.grading.evidence import Run as Run
    from course_lib.grading.hints import Hint as Hint
    from course_lib.grading.hints import next_hint as next_hint
    from course_lib.grading.solutions import Solution as Solution
    from course_lib.grading.solutions import solution as solution

_HOMES = {
    "CLIENT": "bench",
    "Bench": "bench",
    "Code": "answers",
    "Handle": "evidence",
    "Hint": "hints",
    "Run": "evidence",
    "Solution": "solutions",
    "grade": "engine",
    "next_hint": "hints",
    "solution": "solutions",
}

__all__ = [  # noqa: PLE0604
    *_HOMES,
    "ChapterContent",
    "CheckFailed",
    "Exercise",
    "Option",
    "Outcome",
    "Part",
    "Prediction",
    "Progress",
    "Question",
    "Verdict",
    "chapter",
    "chapter_numbers",
    "exercise",
    "prediction",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"course_lib.grading.{_HOMES[name]}"), name)
