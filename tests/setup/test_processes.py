"""tools/processes.py: what a test run starts ends with it, also when it is killed."""

import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from course_lib.paths import root

PYTEST = (sys.executable, "-m", "pytest", "-p", "no:nbval", "-p", "no:cacheprovider", "tests/setup/endless.py")
CHECKS = f"""
import sys
sys.path.insert(0, "tools")
import run_checks
run_checks.STAGES = (run_checks.Stage("unit", "a stand-in", {PYTEST!r}, pytest=True),)
sys.exit(run_checks.command(run_checks.main))
"""


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool as a module."""
    monkeypatch.syspath_prepend(str(root() / "tools"))
    return importlib.import_module("processes")


@pytest.mark.slow
@pytest.mark.timeout(400)  # a run inside a run; on a busy machine it takes a minute to start
@pytest.mark.parametrize(
    ("command", "who", "how"),
    [
        pytest.param(PYTEST, "the run", signal.SIGKILL, id="pytest"),
        pytest.param((*PYTEST, "-n", "1"), "the run", signal.SIGKILL, id="pytest with workers"),
        pytest.param(
            (*PYTEST, "-n", "1", "--max-worker-restart=0"), "who started the server", signal.SIGKILL, id="a worker"
        ),
        pytest.param((sys.executable, "-c", CHECKS), "the run", signal.SIGKILL, id="make test"),
        pytest.param((sys.executable, "-c", CHECKS), "the run", signal.SIGINT, id="make test by Ctrl-C"),
    ],
)
def test_nothing_outlives_a_run_that_is_killed(
    processes: Any, command: tuple[str, ...], who: str, how: signal.Signals, tmp_path: Path
) -> None:
    mark = processes.new_mark()
    with (tmp_path / "output").open("w+") as output:
        run = subprocess.Popen(
            command, cwd=root(), env=processes.marked(mark, os.environ), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            started = wait_for_daemons(processes, mark)
            server = next(process for process in started if "start-dev" in command_line(process))
            os.kill(run.pid if who == "the run" else server.ppid(), how)
            _, alive = psutil.wait_procs(started, timeout=90)
            assert not alive, alive
            run.wait(90)
            output.seek(0)
            assert not processes.members(mark), output.read()
        finally:
            processes.end(mark)
            run.wait(10)


def wait_for_daemons(processes: Any, mark: str) -> list[psutil.Process]:
    """Return all processes of a run once it has a server and a shop."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        found: list[psutil.Process] = processes.members(mark)
        words = [word for process in found for word in command_line(process)]
        if "start-dev" in words and "course_lib.shop" in words:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no server and shop within three minutes among {found}")


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has ended meanwhile
        return []
