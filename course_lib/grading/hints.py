"""Three hints per exercise; each call goes one further."""

from dataclasses import dataclass

from course_lib.grading.exercises import Exercise
from course_lib.grading.progress import Progress


@dataclass(frozen=True)
class Hint:
    """The hints that a learner has taken so far.

    Args:
        exercise: The exercise's id.
        number: How far, from 1.
        texts: All hints up to this one; the last is new.
        total: How many there are.
    """

    exercise: str
    number: int
    texts: tuple[str, ...]
    total: int

    @property
    def text(self) -> str:
        """The hint that this call gave."""
        return self.texts[-1]


def next_hint(exercise: Exercise, progress: Progress) -> Hint:
    """Take the next hint; the last one stays.

    Args:
        exercise: The exercise.
        progress: Where it is kept how far the learner has gone.
    """
    number = progress.take_hint(exercise.id, len(exercise.hints))
    return Hint(exercise.id, number, exercise.hints[:number], len(exercise.hints))
