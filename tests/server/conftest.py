"""A state folder of one's own for every test here: these tests break servers."""

import os
import random
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from course_lib import server
from course_lib.daemons import free_port
from course_lib.server import search


def quiet_port() -> int:
    """Return a free port that no outgoing connection is given: it stays free while its server is dead."""
    return free_port(random.randrange(20_000, 30_000))


@pytest.fixture
async def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    """A fresh state folder; a server in memory unless the test says otherwise; nothing else in the environment."""
    for name in [*os.environ]:
        if name.startswith("TEMPORAL_") or name == "COURSE_TEMPORAL_CLI":
            monkeypatch.delenv(name)
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COURSE_DB", "memory")
    # A server that happens to run on this machine must not be found.
    monkeypatch.setattr(search, "_LOCAL", f"127.0.0.1:{free_port(None)}")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "no-such-profiles.toml"))
    yield tmp_path / "state"
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    await server.stop(timeout=0.2)


@pytest.fixture
def on_disk(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a database file, on ports that nothing else uses."""
    monkeypatch.delenv("COURSE_DB")
    (own_state / "ports.json").write_text(f'{{"grpc": {quiet_port()}, "ui": {quiet_port()}}}')
    return own_state


@pytest.fixture
def fake_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a shell script in the place of the ``temporal`` binary; it gets the version right."""

    def make(body: str) -> Path:
        script = tmp_path / "temporal-fake"
        script.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "temporal version 9.9.9" && exit 0\n{body}\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("COURSE_TEMPORAL_CLI", str(script))
        return script

    return make
