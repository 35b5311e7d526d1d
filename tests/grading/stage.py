"""A chapter's notebook without a notebook: its module cells, up to an exercise, for the exercise proofs."""

import ast
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_lib.cells import Modules
from course_lib.grading import Exercise, Outcome, Verdict, grade, sources
from course_lib.grading.sources import Cell
from course_lib.server import Server

from .edits import answers


class CellFailed(Exception):
    """A cell was turned down or raised when it ran: the learner is told there and then."""


class NotJudged(Exception):
    """The machine was too busy for a verdict; `tests.grading.load` says when that is no failure."""


class Stage:
    """One chapter on its way to one exercise: the cells above it have run, and answer after answer is tried.

    An answer is a further revision of its modules, as when a learner edits the cell and runs it again; all other names
    are as they were before the exercise. What plain cells would have set, such as the handle of a run, comes from
    ``async def setting(names, server) -> dict`` beside the exercise's answers.

    Args:
        exercise: The exercise.
        server: The server.
        folder: A workspace.
    """

    def __init__(self, exercise: Exercise, server: Server, folder: Path) -> None:
        self._exercise, self._server = exercise, server
        self._modules = Modules(folder)
        self._names: dict[str, Any] = {}
        self._own = {cell.id for cell in sources.exercise_cells(exercise, "solution")}
        self._set = False

    async def grade(self, cells: Sequence[Cell]) -> Verdict:
        """Run the exercise's cells, as the solution, the stub or an answer has them, and check.

        Raises:
            CellFailed: A cell was turned down or raised.
            NotJudged: The check could not be carried out because the machine was too busy.
        """
        await self._begin()
        names = dict(self._names)
        for cell in cells:
            await self._run(cell, names)
        given = tuple(names.get(name) for name in self._exercise.answers)
        verdict = await grade(self._exercise, given, server=self._server, modules=self._modules)
        if verdict.outcome is Outcome.ERROR and "too busy" in verdict.error:
            raise NotJudged(verdict.error)
        return verdict

    async def others(self) -> None:
        """Run every other module cell of the chapter, the ones below the exercise too."""
        for cell in sources.cells(self._exercise.chapter, "solution"):
            if cell.module and cell.id not in self._own:
                await self._run(cell, self._names)

    async def _begin(self) -> None:
        if self._set:
            return
        for cell in sources.cells(self._exercise.chapter, "solution"):
            if cell.id in self._own:
                break
            if cell.module:
                await self._run(cell, self._names)
        if setting := getattr(answers(self._exercise), "setting", None):
            self._names.update(await setting(self._names, self._server))
        self._set = True

    async def _run(self, cell: Cell, names: dict[str, Any]) -> None:
        try:
            if cell.module:
                self._modules.run(cell.module, cell.code, names)
                return
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            value = eval(compile(cell.code, cell.id, "exec", flags, dont_inherit=True), names)
            if inspect.isawaitable(value):
                await value
        except Exception as error:
            raise CellFailed(f"{type(error).__name__}: {error}") from error
