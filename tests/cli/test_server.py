"""`course server`: what the learner reads and the exit codes."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course_lib.cli import server as command
from course_lib.cli.running import run_async
from course_lib.daemons import free_port
from course_lib.errors import CourseError
from course_lib.server import search, stop

Call = Callable[..., int]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    monkeypatch.setenv("COURSE_STATE", str(tmp_path))
    monkeypatch.setenv("COURSE_DB", "memory")
    monkeypatch.setattr(search, "_LOCAL", f"127.0.0.1:{free_port(None)}")
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())

    def run(*words: str) -> int:
        options = parser.parse_args(["server", *words])
        return int(options.run(options))

    yield run
    run_async(stop(timeout=0.2))


def test_start_status_restart_logs_stop(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("status") == 1
    assert "course server start" in capsys.readouterr().out
    assert call("logs") == 0
    assert "The log is empty" in capsys.readouterr().out
    assert call("start") == 0
    shown = capsys.readouterr().out
    assert "Started the Temporal server." in shown
    assert "in memory" in shown
    assert call("start") == 0
    assert "already running" in capsys.readouterr().out
    assert call("restart") == 0
    capsys.readouterr()
    assert call("status") == 0
    assert "Web UI     http://127.0.0.1:" in capsys.readouterr().out
    assert call("stop") == 0
    assert "Stopped" in capsys.readouterr().out
    assert call("stop") == 0
    assert "nothing was stopped" in capsys.readouterr().out


def test_status_of_a_server_that_does_not_answer(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(CourseError, match=r"127\.0\.0\.1:1 cannot be used"):
        call("status")
