"""Chapter 06, versioning: break a running order by an edit, patch it, replay before the deploy, roll versions out."""

from course_lib.grading.chapters.ch06 import gate, patches, rollout
from course_lib.grading.chapters.ch06.questions import PREDICTIONS, QUESTIONS
from course_lib.grading.model import ChapterContent

CHAPTER = ChapterContent(
    id="06_versioning",
    title="Versioning",
    exercises=(patches.EXERCISE, gate.EXERCISE, rollout.EXERCISE),
    questions=QUESTIONS,
    predictions=PREDICTIONS,
)
