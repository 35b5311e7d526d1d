"""A chapter's notebook without a notebook: its cells run in order, up to an exercise, for the exercise proofs."""

import ast
import contextlib
import inspect
import secrets
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from course_lib import server as servers
from course_lib import shop as shops
from course_lib.cells import Modules
from course_lib.grading import Exercise, Verdict, grade, sources
from course_lib.grading.sources import Cell
from course_lib.workers import start_worker

from .edits import answers


class CellFailed(Exception):
    """A cell was turned down or raised when it ran: the learner is told there and then."""


class Stage:
    """One chapter on its way to one exercise.

    The exercise's answers may define ``async def setting(stage) -> dict``: names that plain cells of the notebook would
    have set before the exercise, such as the handle of a run.

    Args:
        exercise: The exercise.
        server: The server.
        folder: A workspace.
    """

    def __init__(self, exercise: Exercise, server: servers.Server, folder: Path) -> None:
        self.exercise, self.server = exercise, server
        self.modules = Modules(folder)
        self.task_queue = f"stage-{secrets.token_hex(4)}"
        self.shop = shops.open_shop(self.task_queue)
        self.names: dict[str, Any] = {}
        self.client: Any = None
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> "Stage":
        self.client = await servers.connect(self.server)
        self.names["lab"] = SimpleNamespace(
            client=self.client,
            task_queue=self.task_queue,
            shop=self.shop,
            id=lambda base: f"{base}-{secrets.token_hex(3)}",
            worker=self.worker,
            result=lambda handle, timeout=30.0: handle.result(),
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()
        self.shop.delete()

    async def worker(self, *, workflows: Sequence[type] = (), activities: Sequence[Any] = (), **options: Any) -> Any:
        worker = await start_worker(
            lambda: servers.connect(self.server),
            options.pop("task_queue", self.task_queue),
            workflows=workflows,
            activities=activities,
            **options,
        )
        self._stack.push_async_callback(worker.stop)
        return worker

    async def before(self) -> None:
        """Run the module cells above the exercise, solved, and what its setting adds."""
        own = {cell.id for cell in sources.exercise_cells(self.exercise, "solution")}
        for cell in sources.cells(self.exercise.chapter, "solution"):
            if cell.id in own:
                break
            if cell.module:
                await self.run(cell)
        if setting := getattr(answers(self.exercise), "setting", None):
            self.names.update(await setting(self))

    async def others(self) -> None:
        """Run every other module cell of the chapter, the ones below the exercise too."""
        own = {cell.id for cell in sources.exercise_cells(self.exercise, "solution")}
        for cell in sources.cells(self.exercise.chapter, "solution"):
            if cell.module and cell.id not in own:
                await self.run(cell)

    async def run(self, cell: Cell) -> None:
        try:
            if cell.module:
                self.modules.run(cell.module, cell.code, self.names)
                return
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compiled = compile(cell.code, cell.id, "exec", flags, dont_inherit=True)
            value = eval(compiled, self.names)
            if inspect.isawaitable(value):
                await value
        except Exception as error:
            raise CellFailed(f"{type(error).__name__}: {error}") from error

    async def answer(self, cells: Sequence[Cell]) -> None:
        """Run cells of the exercise: the solution, the stub, or an edited solution."""
        for cell in cells:
            await self.run(cell)

    async def verdict(self) -> Verdict:
        answers = tuple(self.names.get(name) for name in self.exercise.answers)
        return await grade(self.exercise, answers, server=self.server, modules=self.modules)
