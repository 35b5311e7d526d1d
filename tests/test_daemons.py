"""Detached processes: found again, healed, stopped."""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from course_lib.daemons import Daemon, free_port
from course_lib.errors import CourseError

SLEEPER = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)",
]
# Its first thread ends, as that of a killed server may before the others: the process is a zombie that holds a port.
HALF_DEAD = """
import ctypes, platform, socket, threading, time
holder = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=time.sleep, args=(600,)).start()
print("port", holder.getsockname()[1], flush=True)
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
"""


@pytest.fixture
def daemon(tmp_path: Path):
    own = Daemon("thing", tmp_path / "state")
    yield own
    own.stop(timeout=0.1)


def said(daemon: Daemon, word: str) -> None:
    deadline = time.monotonic() + 10
    while word not in daemon.log_tail(10):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_spawned_state_is_read_back_by_another_object(daemon: Daemon) -> None:
    state = daemon.spawn(SLEEPER, ports={"http": 1234}, extra={"version": "1"})
    assert Daemon("thing", daemon.directory).read() == state
    assert (state.ports, state.extra, state.argv) == ({"http": 1234}, {"version": "1"}, SLEEPER)
    assert daemon.stop() is True
    assert not psutil.pid_exists(state.pid)
    assert not daemon.state_file.exists()
    assert daemon.read() is None
    assert daemon.stop() is False


def test_it_has_a_session_of_its_own_and_its_output_in_the_log(daemon: Daemon) -> None:
    state = daemon.spawn(SLEEPER, ports={})
    assert os.getsid(state.pid) == state.pid != os.getsid(0)
    said(daemon, "here")
    assert daemon.log_tail(0) == []


def test_one_that_ignores_the_request_to_end_is_killed(daemon: Daemon) -> None:
    state = daemon.spawn(STUBBORN, ports={})
    said(daemon, "here")
    assert daemon.stop(timeout=0.2) is True
    assert not psutil.pid_exists(state.pid)


def test_a_dead_process_is_not_running_even_as_a_zombie(daemon: Daemon) -> None:
    state = daemon.spawn(SLEEPER, ports={})
    os.kill(state.pid, signal.SIGKILL)
    os.waitid(os.P_PID, state.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie now, still unreaped
    assert daemon.read() is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ends one thread by a system call of Linux")
def test_one_whose_first_thread_has_ended_still_runs_and_is_stopped_whole(daemon: Daemon) -> None:
    state = daemon.spawn([sys.executable, "-c", HALF_DEAD], ports={})
    deadline = time.monotonic() + 10
    while psutil.Process(state.pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, daemon.log_tail(10)
        time.sleep(0.02)
    assert daemon.read() == state
    port = int(daemon.log_tail(1)[0].split()[1])
    assert free_port(port) != port
    daemon.stop(timeout=0.1)
    assert free_port(port) == port


def test_a_number_that_now_belongs_to_another_process_is_not_it(daemon: Daemon) -> None:
    state = daemon.spawn(SLEEPER, ports={})
    daemon.record(dataclasses.replace(state, pid=os.getpid()))
    assert daemon.read() is None
    assert daemon.stop() is False  # or this test would end itself
    os.kill(state.pid, signal.SIGKILL)


def test_a_clock_that_was_set_does_not_lose_it(daemon: Daemon) -> None:
    state = daemon.spawn(SLEEPER, ports={})
    # For an instant after its start a process has no command line to be known by.
    deadline = time.monotonic() + 5
    while not psutil.Process(state.pid).cmdline() and time.monotonic() < deadline:
        pass
    daemon.record(dataclasses.replace(state, create_time=state.create_time - 3600))
    assert daemon.read() is not None


@pytest.mark.parametrize("content", ["", "{", "null", "[1]", json.dumps({"pid": 1})])
def test_an_unreadable_state_file_means_not_running(daemon: Daemon, content: str) -> None:
    daemon.directory.mkdir()
    daemon.state_file.write_text(content)
    assert daemon.read() is None
    assert daemon.stop() is False


async def test_the_lock_excludes_everybody_and_frees_itself(daemon: Daemon) -> None:
    with daemon.lock(1.0):
        for other in (daemon, Daemon("thing", daemon.directory)):
            with pytest.raises(CourseError, match="Another process"), other.lock(0.05):
                pytest.fail("two holders")
            with pytest.raises(CourseError, match="Another process"):
                async with other.alock(0.05):
                    pytest.fail("two holders")
    async with daemon.alock(1.0):
        pass


def test_the_lock_of_a_killed_holder_is_free(daemon: Daemon) -> None:
    code = (
        "import sys, time, pathlib\nfrom course_lib.daemons import Daemon\n"
        "with Daemon('thing', pathlib.Path(sys.argv[1])).lock(5):\n    print('held', flush=True)\n    time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(daemon.directory)], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(CourseError), daemon.lock(0.05):
            pytest.fail("two holders")
        holder.kill()
        with daemon.lock(5.0):
            assert daemon.read() is None


def test_what_cannot_be_run_or_written_is_explained(daemon: Daemon, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be started") as missing:
        daemon.spawn(["/nowhere/temporal"], ports={})
    assert missing.value.tried == ("/nowhere/temporal",)
    (tmp_path / "file").write_text("")
    below = Daemon("thing", tmp_path / "file")
    with pytest.raises(CourseError, match="state folder") as unwritable:
        below.spawn(SLEEPER, ports={})
    assert "COURSE_STATE" in unwritable.value.fix
    with pytest.raises(CourseError, match="state folder"), below.lock(0.1):
        pytest.fail("no lock there")


def test_a_state_file_that_cannot_be_written_leaves_no_process(daemon: Daemon) -> None:
    daemon.state_file.mkdir(parents=True)  # a folder in its place: replacing it fails
    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(CourseError, match="state folder"):
        daemon.spawn(SLEEPER, ports={})
    assert {child.pid for child in psutil.Process().children()} == before
    assert [*daemon.directory.glob("*.new")] == []


def test_a_long_log_is_set_aside(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_lib.daemons._LOG_LIMIT", 10)
    daemon.directory.mkdir()
    daemon.log_file.write_text("an older, longer log\n")
    daemon.spawn(SLEEPER, ports={})
    assert "older" not in daemon.log_file.read_text()
    assert "older" in (daemon.directory / "thing.log.1").read_text()


def test_free_port_takes_the_preferred_one_else_the_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = free_port(port)
        assert other != port
    assert free_port(other) == other
    assert free_port(None) > 0
    with pytest.raises(CourseError, match="No port is free"):
        free_port(None, host="192.0.2.1")
