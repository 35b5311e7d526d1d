"""A chapter's notebook without a notebook: its cells run in order, up to an exercise, for the exercise proofs."""

import ast
import contextlib
import importlib.util
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

MUTANTS = Path(__file__).parent / "mutants"


class CellFailed(Exception):
    """A cell was turned down or raised when it ran: the learner is told there and then."""


class Stage:
    """One chapter on its way to one exercise.

    A file ``_setting.py`` beside the exercise's mutants may define ``async def setting(stage) -> dict``: names that
    plain cells of the notebook would have set before the exercise, such as the handle of a run.

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
        if (path := mutants_of(self.exercise) / "_setting.py").exists():
            spec = importlib.util.spec_from_file_location(f"setting_{self.exercise.cell}", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            self.names.update(await module.setting(self))

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

    async def exercise_cells(self, edition: sources.Edition, mutant: Path | None = None) -> None:
        """Run the exercise's own cells; a mutant takes the place of one of them."""
        cells = sources.exercise_cells(self.exercise, edition)
        replaced = mutated_cell(mutant, cells) if mutant else None
        for cell in cells:
            await self.run(replaced if replaced and replaced.id == cell.id else cell)

    async def verdict(self) -> Verdict:
        answers = tuple(self.names.get(name) for name in self.exercise.answers)
        return await grade(self.exercise, answers, server=self.server, modules=self.modules)


def mutants_of(exercise: Exercise) -> Path:
    return MUTANTS / f"ch{exercise.chapter}" / exercise.cell.replace("-", "_")


def mutant_files(exercise: Exercise) -> list[Path]:
    return sorted(path for path in mutants_of(exercise).glob("*.py") if not path.name.startswith("_"))


def header(mutant: Path, name: str) -> str:
    """Return what one of the first comment lines says: ``# expect: …``, and ``# cell: …`` if there are several."""
    for line in mutant.read_text(encoding="utf-8").splitlines()[:3]:
        if line.startswith(f"# {name}:"):
            return line.partition(":")[2].strip()
    return ""


def mutated_cell(mutant: Path, cells: Sequence[Cell]) -> Cell:
    wanted = header(mutant, "cell") or cells[0].id
    cell = next(cell for cell in cells if cell.id == wanted)
    return Cell(cell.id, cell.module, mutant.read_text(encoding="utf-8"))
