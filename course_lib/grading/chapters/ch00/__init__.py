"""Chapter 00, start here: one warm-up exercise, and the questions around the killed worker."""

from course_lib.grading.chapters.ch00.checks import EXERCISES
from course_lib.grading.chapters.ch00.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="00_start_here", title="Start here", exercises=EXERCISES, questions=QUESTIONS, predictions=PREDICTIONS
)
