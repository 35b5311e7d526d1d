"""Chapter 01, workflows: write one, start it once only, read its history."""

from course_lib.grading.chapters.ch01 import buying, happened, orders
from course_lib.grading.chapters.ch01.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="01_workflows",
    title="Workflows",
    exercises=(orders.EXERCISE, buying.EXERCISE, happened.EXERCISE),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
