"""Chapter 03, retries and timeouts: a policy, a final failure, a hung call, and a workflow that is stuck."""

from course_lib.grading.chapters.ch03 import budget, declined, hung, stuck
from course_lib.grading.chapters.ch03.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="03_retries_and_timeouts",
    title="Retries and timeouts",
    exercises=(budget.EXERCISE, declined.EXERCISE, hung.EXERCISE, stuck.EXERCISE),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
