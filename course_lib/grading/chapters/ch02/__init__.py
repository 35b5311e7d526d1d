"""Chapter 02, activities: charge once, resume after a kill, complete with a task token."""

from course_lib.grading.chapters.ch02 import charge, resume, review
from course_lib.grading.chapters.ch02.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="02_activities",
    title="Activities",
    exercises=(charge.EXERCISE, resume.EXERCISE, review.EXERCISE),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
