"""The solution beside the learner's own code, opened by an attempt."""

from dataclasses import dataclass

from course_lib.cells import Modules
from course_lib.errors import CourseError
from course_lib.grading import sources
from course_lib.grading.exercises import Exercise
from course_lib.grading.progress import Progress


@dataclass(frozen=True)
class Solution:
    """Two texts to compare, and the reason for the second.

    Args:
        exercise: The exercise's id.
        title: Its title.
        own: The learner's code; empty when it is not in a module cell.
        code: The solution.
        why: Why it is so.
    """

    exercise: str
    title: str
    own: str
    code: str
    why: str


def solution(exercise: Exercise, modules: Modules, progress: Progress) -> Solution:
    """Return the solution beside the learner's code.

    Args:
        exercise: The exercise.
        modules: The chapter's module cells, which hold the learner's code.
        progress: Says whether there was an attempt.

    Raises:
        CourseError: There was no attempt yet, or the checkout has no solution.
    """
    if not progress.attempted(exercise.id):
        call = ", ".join([f'"{exercise.id}"', *exercise.answers])
        raise CourseError(
            f"The solution of {exercise.id} opens after your first attempt.",
            fix=f'change the exercise\'s cell and run `await lab.check({call})`; lab.hint("{exercise.id}") helps.',
        )
    cells = sources.exercise_cells(exercise, "solution")
    if not cells:
        raise CourseError(
            f"The solution of {exercise.id} is not in this checkout.", fix="get the folder solutions/ back from git."
        )
    progress.open_solution(exercise.id)
    names = set(modules.names())
    mine = "\n\n".join(modules.source(cell.module).strip() for cell in cells if cell.module in names)
    return Solution(exercise.id, exercise.title, mine, "\n\n".join(cell.code.strip() for cell in cells), exercise.why)
