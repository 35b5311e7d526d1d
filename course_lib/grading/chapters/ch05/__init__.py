"""Chapter 05, messages: an approval, a validator, a race between handlers, two levels with escalation."""

from course_lib.grading.chapters.ch05 import approval, correction, levels, voucher
from course_lib.grading.chapters.ch05.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="05_messages",
    title="Signals, queries and updates",
    exercises=(approval.EXERCISE, correction.EXERCISE, voucher.EXERCISE, levels.EXERCISE),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
