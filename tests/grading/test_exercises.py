"""The proof of every exercise: the solution passes, the stub is unattempted, each wrong answer fails for its reason."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from course_lib.grading import Exercise, Outcome, sources
from course_lib.server import Server

from .claims import exercises
from .edits import ANSWERS, CELL, Right, Wrong, answers, answers_file, edited
from .stage import CellFailed, Stage

EXERCISES = exercises()
WRONG, RIGHT = (
    [
        pytest.param(exercise, answer, id=f"{exercise.id}-{name}")
        for exercise in EXERCISES
        for name, answer in getattr(answers(exercise), kind).items()
    ]
    for kind in ("WRONG", "RIGHT")
)
pytestmark = pytest.mark.usefixtures("forked")
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)

StageOf = Callable[[Exercise], Stage]


@pytest.fixture(scope="module")
def stage_of(course_server: Server, tmp_path_factory: pytest.TempPathFactory) -> StageOf:
    """Return the one stage of an exercise: the cells above it run once in this process, not once for each proof."""
    stages: dict[str, Stage] = {}

    def find(exercise: Exercise) -> Stage:
        if exercise.id not in stages:
            stages[exercise.id] = Stage(exercise, course_server, tmp_path_factory.mktemp(exercise.cell))
        return stages[exercise.id]

    return find


@pytest.mark.proof
@each_exercise
async def test_solution_passes_twice_and_in_another_order(
    exercise: Exercise, course_server: Server, tmp_path: Path
) -> None:
    stage = Stage(exercise, course_server, tmp_path)  # of its own: the cells below change what stands above
    solved = sources.exercise_cells(exercise, "solution")
    first = await stage.grade(solved)
    assert first.outcome is Outcome.PASSED, first.text()
    # Every other cell again, as a learner does who goes back and forth, then this one: nothing may depend on it.
    await stage.others()
    second = await stage.grade(solved)
    assert second.outcome is Outcome.PASSED, second.text()
    assert [part.label for part in second.parts] == [part.label for part in first.parts]
    broken = {label for answer in answers(exercise).WRONG.values() for label in answer.breaks}
    assert {part.label for part in first.parts} <= broken, "no wrong answer breaks these parts"


@pytest.mark.proof
@each_exercise
async def test_stub_is_unattempted(exercise: Exercise, stage_of: StageOf) -> None:
    verdict = await stage_of(exercise).grade(sources.exercise_cells(exercise, "learner"))
    assert verdict.outcome is Outcome.UNATTEMPTED, verdict.text()


@pytest.mark.proof
@pytest.mark.parametrize(("exercise", "answer"), WRONG)
async def test_wrong_answer_fails_for_its_reason(exercise: Exercise, answer: Wrong, stage_of: StageOf) -> None:
    cells = edited(sources.exercise_cells(exercise, "solution"), answer.edits)
    try:
        verdict = await stage_of(exercise).grade(cells)
    except CellFailed as error:
        # A mistake that the cell itself turns down never gets as far as the check.
        assert (answer.expect in str(error), answer.breaks) == (True, (CELL,)), error  # noqa: PT017 - it need not fail
        return
    assert verdict.outcome is Outcome.FAILED, verdict.text()
    assert tuple(part.label for part in verdict.parts if not part.ok) == answer.breaks, verdict.text()
    assert answer.expect in verdict.text(), verdict.text()
    assert verdict.next_step


@pytest.mark.proof
@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
async def test_right_answer_passes(exercise: Exercise, answer: Right, stage_of: StageOf) -> None:
    verdict = await stage_of(exercise).grade(edited(sources.exercise_cells(exercise, "solution"), answer.edits))
    assert verdict.outcome is Outcome.PASSED, verdict.text()


@each_exercise
def test_there_are_three_different_mistakes_and_three_more_right_answers(exercise: Exercise) -> None:
    reasons = {answer.expect for answer in answers(exercise).WRONG.values()}
    assert len(reasons) >= 3, f"write more of WRONG into {answers_file(exercise)}"
    assert len(answers(exercise).RIGHT) >= 3, f"write more of RIGHT into {answers_file(exercise)}"


@each_exercise
def test_every_answer_fits_the_solution_and_is_another_one(exercise: Exercise) -> None:
    solution, stub = (sources.exercise_cells(exercise, edition) for edition in ("solution", "learner"))
    given = [*answers(exercise).WRONG.values(), *answers(exercise).RIGHT.values()]
    answered = [edited(solution, answer.edits) for answer in given]
    assert len({solution, *answered}) == 1 + len(answered)
    for cells in answered:
        assert not all(sources.same_code(one.code, other.code) for one, other in zip(cells, stub, strict=True))


def test_every_file_of_answers_belongs_to_an_exercise() -> None:
    assert set(ANSWERS.rglob("*.py")) == {answers_file(exercise) for exercise in EXERCISES}


@each_exercise
def test_the_check_cell_hands_over_the_answers_that_the_check_wants(exercise: Exercise) -> None:
    for edition in ("learner", "solution"):
        cells = [cell for cell in sources.cells(exercise.chapter, edition) if f'lab.check("{exercise.id}"' in cell.code]
        assert len(cells) == 1
        call = next(
            node
            for node in ast.walk(ast.parse(cells[0].code))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lab.check"
        )
        assert len(call.args) == 1 + len(exercise.answers), ast.unparse(call)
