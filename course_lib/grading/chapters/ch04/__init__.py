"""Chapter 04, sagas: whole or undone, cancelled and still refunded, given back once."""

from course_lib.grading.chapters.ch04 import cancelled, saga, shortage
from course_lib.grading.chapters.ch04.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="04_sagas",
    title="Sagas",
    exercises=(saga.EXERCISE, cancelled.EXERCISE, shortage.EXERCISE),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
