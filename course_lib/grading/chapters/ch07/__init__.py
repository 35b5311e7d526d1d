"""Chapter 07, determinism pitfalls: what a replay does not see again, one bug per exercise."""

from course_lib.grading.chapters.ch07 import customers, delivery, fees, reminders, riddles, shelf, vouchers
from course_lib.grading.chapters.ch07.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="07_determinism",
    title="Determinism pitfalls",
    exercises=(
        delivery.EXERCISE,
        reminders.EXERCISE,
        fees.EXERCISE,
        vouchers.EXERCISE,
        shelf.EXERCISE,
        customers.EXERCISE,
        riddles.EXERCISE,
    ),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
