"""Fixtures that every test can use: one embedded server in memory, one shop process, folders of their own."""

import contextlib
import os
import re
import secrets
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import Client

from course_lib import loops
from course_lib import server as servers
from course_lib import shop as shops
from course_lib.cells.names import REVISION
from course_lib.daemons import Daemon
from tests.grading import choice

if TYPE_CHECKING:
    from course_lib.lab.waiting import Waits
    from course_lib.lab.your_turn import Until
    from course_lib.waits.until import Condition

# Tests must not attach to a server that the developer happens to run, nor be stricter than a learner's notebook.
_FOREIGN = ("TEMPORAL_", "COURSE_STRICT", "SHOP_URL", "JPY_SESSION_NAME")
_TOGETHER = 4  # proofs of one exercise that one process is given at once


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the whole session a state folder of its own, and stop what was started in it."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        patch.setenv("COURSE_STATE", str(folder))
        patch.setenv("COURSE_DB", "memory")
        # Each of these servers serves one process's tests, six beside each other: with threads for every core each of
        # them would use a sixth more processor time for the same work.
        patch.setenv("GOMAXPROCS", "1")
        patch.setenv("COURSE_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        yield folder
        for name in ("server", "shop"):
            Daemon(name, folder).stop()


@pytest.fixture(scope="session")
def course_server(state: Path) -> servers.Server:
    """The session's embedded server."""
    # Not asyncio.run: in a browser test this thread has a loop already, playwright's.
    return loops.background().run(servers.ensure(), 60)


@pytest.fixture
async def client(course_server: servers.Server) -> Client:
    """A client of its own for each test."""
    return await servers.connect(course_server)


@pytest.fixture
def shop(state: Path) -> Iterator[shops.Shop]:
    """A fresh shop for each test."""
    opened = shops.open_shop(f"test-{secrets.token_hex(4)}")
    yield opened
    opened.delete()


@pytest.fixture
def waits(client: Client, course_server: servers.Server, shop: shops.Shop) -> "Waits":
    """The waits of a Lab that has started no run."""
    from course_lib.lab.started_runs import Started  # with IPython: not for every test
    from course_lib.lab.waiting import Waits

    return Waits(client, course_server, shop, Started())


@pytest.fixture
def patiently(waits: "Waits") -> "Until":
    """What `Lab.your_turn` waits with."""

    async def until(condition: "Condition", what: str) -> None:
        await waits.until(condition, what, lambda _: None)

    return until


@contextlib.contextmanager
def no_revisions() -> Iterator[None]:
    """Hide the module cells that tests of other rooms left in this process: ``orders__r1`` is everybody's name."""
    path, others = list(sys.path), _revisions()
    for name in others:
        del sys.modules[name]
    sys.path[:] = [entry for entry in path if not any(Path(entry).glob("*__r*.py"))]
    yield
    for name in _revisions():
        del sys.modules[name]
    sys.path[:] = path
    sys.modules.update(others)


def _revisions() -> dict[str, ModuleType]:
    # Also under the plain name: `orders` stands for the newest revision in a kernel.
    return {
        name: module
        for name, module in sys.modules.items()
        if REVISION.match(name) or REVISION.match(str(getattr(module, "__name__", "")))
    }


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("proofs of the exercises")
    group.addoption("--every-proof", action="store_true", help="not just three wrong answers of each exercise")
    group.addoption(
        "--exercise", action="append", default=[], metavar="5.4", help="all proofs of it, or of a chapter: 05"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Every worker of pytest-xdist must choose the same, though somebody may commit meanwhile.
    os.environ[choice.SEED] = choice.seed()
    config.option.keyword = choice.narrowed(config.option.keyword)


def pytest_report_header(config: pytest.Config) -> str:
    if _every_proof(config):
        return "proofs: all"
    return f"proofs: three wrong answers of each exercise; the same again: {choice.SEED}={choice.seed()}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the proofs that are not chosen."""
    proofs = {item: proof for item in items if (proof := _proof(item))}
    chosen = set(proofs.values()) if _every_proof(config) else choice.chosen(proofs.values(), choice.seed())
    if wanted := config.getoption("--exercise"):
        chosen = {proof for proof in chosen if any(choice.belongs(proof, each) for each in wanted)}
    left_out = [item for item, proof in proofs.items() if proof not in chosen]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _every_proof(config: pytest.Config) -> bool:
    # One that is named is wanted, chosen or not.
    options = ("every_proof", "exercise", "load", "throttled")  # the last two choose by themselves: tests.grading.load
    named = re.search(r"\[\d+\.\d+", config.option.keyword) or "::" in " ".join(config.args)
    return bool(named) or any(config.getoption(name, False) for name in options)


def _proof(item: pytest.Item) -> choice.Proof | None:
    if item.get_closest_marker("proof") is None or not isinstance(item, pytest.Function):
        return None
    exercise, _, answer = item.callspec.id.partition("-")
    return choice.Proof(item.originalname, exercise, answer)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole files, as ``--dist loadfile`` does, but the proofs of an exercise by fours.

    They take seconds each. A few at a time share what stands above their exercise; all at once, the last exercise would
    keep one worker busy for minutes while the others have nothing left to do.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFileOrProofs(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no type information
        def __init__(self, config: pytest.Config, log: Any) -> None:
            super().__init__(config, log)
            self._scopes: dict[str, str] = {}
            self._proofs: Counter[str] = Counter()

        def _split_scope(self, nodeid: str) -> str:
            if nodeid not in self._scopes:
                file, _, test = nodeid.partition("::")
                self._scopes[nodeid] = file
                if file.endswith("test_exercises.py") and (exercise := re.search(r"\[(\d+\.\d+)", test)):
                    self._scopes[nodeid] = f"{exercise[1]}, {self._proofs[exercise[1]] // _TOGETHER}"
                    self._proofs[exercise[1]] += 1
            return self._scopes[nodeid]

    return ByFileOrProofs(config, log)
