"""`make drill ARGS=class`: a class of learners on one server, each with a kernel, folders and a name of their own.

All open the same chapters at the same moment, pause before each cell as somebody does who reads it, and hand in right
answers, under ``COURSE_STRICT=1``. No cell may raise, and no right answer may be turned down.
"""

import argparse
import asyncio
import contextlib
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course_lib.authoring.execute import Result, execute, own_state
from course_lib.paths import root
from course_lib.server import Server, embedded
from tests.drills.machine import Machine
from tests.drills.tally import Tally

sys.path.append(str(root() / "tools"))
import processes

CELL_LIMIT = 1000.0  # seconds; a check gives up by itself after 900
_FILES = 40  # open ones for each kernel; 28 measured, and macOS allows 256 to a process unless it asks
_LOOK = 5.0  # seconds between two looks at the machine
_NEWS = 30.0  # seconds between two lines of progress
# What would lead the drill, or its kernels, to somebody else's server or shop.
_FOREIGN = ("TEMPORAL_", "COURSE_", "SHOP_URL", "JPY_SESSION_NAME", "JUPYTERHUB_USER")


class Over(Exception):
    """The drill was interrupted."""


@dataclass(frozen=True)
class Plan:
    """What the class does.

    Args:
        notebooks: The solved chapters, one after the other.
        learners: How many learners.
        pause: The shortest and the longest pause before a cell, in seconds.
        seed: What the pauses are drawn with.
        keep: A folder for all notebooks with their outputs, one in it for each learner; None for none.
    """

    notebooks: Sequence[Path]
    learners: int
    pause: tuple[float, float]
    seed: int = 0
    keep: Path | None = None


class Class:
    """One class that runs.

    Args:
        plan: What it does.
        address: The server.
    """

    def __init__(self, plan: Plan, address: str) -> None:
        self._plan = plan
        self._address = address
        self._over = threading.Event()
        self.tally = Tally()
        self.begun = 0
        """Cells so far, all learners' together."""

    def learn(self, number: int) -> None:
        """Run the chapters of one learner, and count what came of them.

        Args:
            number: The learner's.
        """
        name = f"learner-{number:02d}"
        drawn = random.Random(f"{self._plan.seed} {number}")

        def pause(cell: str) -> None:
            # Called between two cells: nothing of this kernel's own is held up.
            if self._over.wait(drawn.uniform(*self._plan.pause)):
                raise Over
            self.begun += 1

        with own_state({"COURSE_LEARNER": name, "TEMPORAL_ADDRESS": self._address}) as env:
            for notebook in self._plan.notebooks:
                try:
                    result = execute(notebook, env, pause, CELL_LIMIT)
                except Over:
                    return
                except Exception as error:  # no kernel, or one that cannot be spoken to
                    result = Result(notebook, broken=[("(the kernel)", f"{type(error).__name__}: {error}")])
                if self._over.is_set():
                    return
                self.tally.add(name, result)
                self._save(name, result)

    def stop(self) -> None:
        """Have everybody stop at the next cell."""
        self._over.set()

    def _save(self, learner: str, result: Result) -> None:
        if self._plan.keep and result.notebook:
            folder = self._plan.keep / learner
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(result.notebook, folder / result.path.name)


def hold(plan: Plan) -> bool:
    """Hold a class, print what came of it, and return whether nothing failed.

    Args:
        plan: What it does.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, _FILES * (plan.learners + 5)), hard))
    processes.guard()
    mark = processes.new_mark()
    os.environ.update(processes.marked(mark, os.environ))
    try:
        with own_server() as where, ThreadPoolExecutor(plan.learners) as threads:
            machine, lessons = Machine(where.pid), Class(plan, where.address)
            learning = [threads.submit(lessons.learn, number) for number in range(1, plan.learners + 1)]
            try:
                attend(plan, machine, lessons, learning)
            finally:
                lessons.stop()
                if not all(future.done() for future in learning):
                    processes.end(mark)  # else a learner's thread would wait for its cell
    finally:
        processes.end(mark)
    for future in learning:
        future.result()
    for line in [*lessons.tally.table(), machine.line()]:
        print(line)
    return lessons.tally.spotless


def attend(plan: Plan, machine: Machine, lessons: Class, learning: Sequence["Future[None]"]) -> None:
    """Look at the machine until all have learnt, and say now and then how far they are."""
    began = said = time.monotonic()
    while wait(learning, timeout=_LOOK).not_done:
        machine.look()
        if time.monotonic() - said > _NEWS:
            said = time.monotonic()
            print(
                f"{said - began:5.0f} s: {lessons.begun} cells begun, "
                f"{sum(future.done() for future in learning)} of {plan.learners} learners done; {machine.now()}",
                file=sys.stderr,
                flush=True,
            )


@contextlib.contextmanager
def own_server() -> Iterator[Server]:
    """Start a server that is the class's alone, with its database on disk as a learner's has it."""

    async def start() -> Server:
        # Not server.ensure(), which may find another one on this machine.
        async with embedded.daemon().alock(timeout=10.0):
            return await embedded.start(print)

    with tempfile.TemporaryDirectory(prefix="course-class-", ignore_cleanup_errors=True) as folder:
        for name in [name for name in os.environ if name.startswith(_FOREIGN) and name != processes.VARIABLE]:
            del os.environ[name]
        # Byte code is part of what a learner has; without it every kernel would compile the course anew.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["COURSE_STATE"] = folder
        try:
            yield asyncio.run(start())
        finally:
            asyncio.run(embedded.stop())


def main(arguments: Sequence[str]) -> int:
    """Hold the class that the command line describes, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make drill ARGS=class", description=__doc__)
    parser.add_argument("--learners", type=int, default=30, help="how many (default: %(default)s)")
    parser.add_argument("--chapters", nargs="+", default=["02", "04", "05"], metavar="02", help="default: 02 04 05")
    parser.add_argument(
        "--pause", nargs=2, type=float, default=(10.0, 30.0), metavar=("MIN", "MAX"),
        help="seconds before each cell (default: 10 30)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="draws other pauses")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="save there each learner's notebooks, as they ran")
    options = parser.parse_args(arguments)
    found = {path.name[:2]: path for path in sorted((root() / "solutions").glob("[0-9][0-9]_*.ipynb"))}
    if unknown := [chapter for chapter in options.chapters if chapter not in found]:
        parser.error(f"no chapter {', '.join(unknown)}; there are: {', '.join(found)}")
    notebooks = [found[chapter] for chapter in options.chapters]
    plan = Plan(notebooks, options.learners, tuple(options.pause), options.seed, options.keep)
    try:
        return 0 if hold(plan) else 1
    except KeyboardInterrupt:
        return 130
