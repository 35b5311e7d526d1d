"""The proof of every exercise: the solution passes, the stub is unattempted, each mutant fails for its own reason."""

import ast
from pathlib import Path

import pytest

from course_lib import grading
from course_lib.grading import Exercise, Outcome, sources
from course_lib.server import Server

from .stage import MUTANTS, CellFailed, Stage, header, mutant_files, mutants_of

EXERCISES = [exercise for number in grading.chapter_numbers() for exercise in grading.chapter(number).exercises]
MUTANT_CASES = [
    pytest.param(exercise, path, id=f"{exercise.id}-{path.stem}")
    for exercise in EXERCISES
    for path in mutant_files(exercise)
]
pytestmark = pytest.mark.usefixtures("forked")
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


def needs_the_notebook(exercise: Exercise) -> None:
    if not sources.cells(exercise.chapter, "solution"):
        pytest.skip(f"solutions/{exercise.chapter}_*.ipynb is not written yet")


@each_exercise
async def test_solution_passes_twice_and_in_another_order(
    exercise: Exercise, course_server: Server, tmp_path: Path
) -> None:
    needs_the_notebook(exercise)
    async with Stage(exercise, course_server, tmp_path) as stage:
        await stage.before()
        await stage.exercise_cells("solution")
        first = await stage.verdict()
        assert first.outcome is Outcome.PASSED, first.text()
        # Every other cell again, as a learner does who goes back and forth, then this one: nothing may depend on it.
        await stage.others()
        await stage.exercise_cells("solution")
        second = await stage.verdict()
    assert second.outcome is Outcome.PASSED, second.text()
    assert [part.label for part in second.parts] == [part.label for part in first.parts]


@each_exercise
async def test_stub_is_unattempted(exercise: Exercise, course_server: Server, tmp_path: Path) -> None:
    needs_the_notebook(exercise)
    async with Stage(exercise, course_server, tmp_path) as stage:
        await stage.before()
        await stage.exercise_cells("learner")
        verdict = await stage.verdict()
    assert verdict.outcome is Outcome.UNATTEMPTED, verdict.text()


@pytest.mark.parametrize(("exercise", "mutant"), MUTANT_CASES)
async def test_mutant_fails_for_its_reason(
    exercise: Exercise, mutant: Path, course_server: Server, tmp_path: Path
) -> None:
    needs_the_notebook(exercise)
    words = header(mutant, "expect")
    assert words, f"{mutant.name}: begin the file with `# expect: words of the verdict`"
    async with Stage(exercise, course_server, tmp_path) as stage:
        await stage.before()
        turned_down = ""
        try:
            await stage.exercise_cells("solution", mutant)
        except CellFailed as error:
            turned_down = str(error)
        # A mistake that the cell itself turns down never gets as far as the check.
        if turned_down:
            assert words in turned_down
            return
        verdict = await stage.verdict()
    assert verdict.outcome is Outcome.FAILED, verdict.text()
    assert words in verdict.text(), verdict.text()
    assert verdict.next_step


@each_exercise
def test_there_are_at_least_three_mutants(exercise: Exercise) -> None:
    needs_the_notebook(exercise)
    assert len(mutant_files(exercise)) >= 3, f"write them to {mutants_of(exercise)}"
    reasons = [header(path, "expect") for path in mutant_files(exercise)]
    assert len(set(reasons)) >= 3, "three different mistakes, not one mistake three times"


def test_every_mutant_belongs_to_an_exercise() -> None:
    known = {mutants_of(exercise) for exercise in EXERCISES}
    assert {path.parent for path in MUTANTS.rglob("*.py")} <= known


@each_exercise
def test_the_check_cell_hands_over_the_answers_that_the_check_wants(exercise: Exercise) -> None:
    needs_the_notebook(exercise)
    for edition in ("learner", "solution"):
        cells = [cell for cell in sources.cells(exercise.chapter, edition) if f'lab.check("{exercise.id}"' in cell.code]
        assert len(cells) == 1
        call = next(
            node
            for node in ast.walk(ast.parse(cells[0].code))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lab.check"
        )
        assert len(call.args) == 1 + len(exercise.answers), ast.unparse(call)
