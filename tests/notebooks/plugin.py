"""Runs the chapters under nbval, on one server in memory or on one that is named.

The command, as `make test` has it (both editions in one run):

    pytest --nbval-lax --nbval-current-env --nbval-cell-timeout 1000 notebooks solutions

The conftest.py at the top of the checkout registers this file when one of nbval's options is given.

The learner's edition runs unsolved: an exercise that is still a stub must not stop the cells below it. The solved
edition runs with ``COURSE_STRICT=1``: a check that is not passed raises. Each edition has a workspace and a learner of
its own, so that neither sees the other's modules or running workflows.

``COURSE_NBVAL_ADDRESS=127.0.0.1:7233`` lets all of it run on a server that is there, docker-compose.yml's for example.

Why a plugin and not fixtures: pytest's fixtures do not run for nbval's items (measured, nbval 0.11). nbval starts a
kernel when a notebook's first cell is set up, from the environment that pytest has then.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

STRICT = "solutions"
DAEMONS = ("shop", "server")
_FOREIGN = ("TEMPORAL_", "SHOP_URL", "JPY_SESSION_NAME")


def pytest_configure(config: pytest.Config) -> None:
    """Point everything that the notebooks start at a folder of this run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the folder and the server are the controller's, by the environment
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="course-nbval-")
    config.stash[_FOLDER] = folder
    os.environ |= {"COURSE_STATE": f"{folder}/state", "COURSE_DB": "memory", "CI": os.environ.get("CI") or "1"}
    os.environ["COURSE_NBVAL_FOLDER"] = folder
    if address := os.environ.get("COURSE_NBVAL_ADDRESS"):
        os.environ["TEMPORAL_ADDRESS"] = address


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server once, before the first kernel, so that no cell's limit pays for it."""
    if session.config.stash.get(_FOLDER, None) and not session.config.option.collectonly:
        from course_lib import server

        asyncio.run(server.ensure())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Set what the item's kernel inherits; nbval starts it right after this."""
    os.environ |= environment(item.path.parent.name, Path(os.environ["COURSE_NBVAL_FOLDER"]))
    if item.path.parent.name != STRICT:
        os.environ.pop("COURSE_STRICT", None)


def environment(edition: str, folder: Path) -> dict[str, str]:
    """Return the variables of one edition's kernels.

    Args:
        edition: The folder's name, ``"notebooks"`` or ``"solutions"``.
        folder: The run's own folder.
    """
    own = {"COURSE_WORKSPACE": str(folder / edition), "COURSE_LEARNER": f"nbval-{edition}"}
    return own | ({"COURSE_STRICT": "1"} if edition == STRICT else {})


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[Any]:
    """Stop what this run started, when all kernels are gone."""
    result = yield
    if folder := session.config.stash.get(_FOLDER, None):
        from course_lib.daemons import Daemon

        for name in DAEMONS:
            Daemon(name, Path(folder) / "state").stop()
        shutil.rmtree(folder, ignore_errors=True)
    return result


_FOLDER = pytest.StashKey[str]()
