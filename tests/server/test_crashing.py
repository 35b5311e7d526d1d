"""The server that a check may kill: it comes back with its data, and leaves nobody behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from course_lib.errors import CourseError
from course_lib.server import connect
from course_lib.server.crashing import CrashServer


async def test_it_comes_back_with_what_it_was_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    server = CrashServer(tmp_path)
    before = await server.start()
    client = await connect(before)
    await client.start_workflow("Order", id="order-1", task_queue="nobody")
    await server.kill()
    assert before.pid is not None
    assert not psutil.pid_exists(before.pid)
    after = await server.start()
    try:
        assert (after.address, after.pid != before.pid) == (before.address, True)
        found = await (await connect(after)).get_workflow_handle("order-1").describe()
        assert found.workflow_type == "Order"
    finally:
        await server.kill()
    assert capfd.readouterr().out == ""  # a cell's output is for what the cell says


@pytest.fixture
def zombie() -> Iterator[int]:
    """A child that has ended, and that nobody has asked how yet."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    yield ended.pid
    ended.wait()


async def test_another_child_that_has_ended_does_not_disturb_it(tmp_path: Path, zombie: int) -> None:
    server = CrashServer(tmp_path)
    try:
        assert (await server.start()).pid not in {None, zombie}
    finally:
        await server.kill()


@pytest.mark.slow
async def test_a_binary_that_ends_at_once_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "temporal"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", str(program))
    with pytest.raises(CourseError, match="A second Temporal server could not be started"):
        await CrashServer(tmp_path).start()
