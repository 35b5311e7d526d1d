"""A child process that is over before its specification is written to it."""

import subprocess
import sys
from typing import Any

import pytest

from course_lib.server import Server
from course_lib.workers import child


def test_one_that_ends_at_once_is_told_by_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(argv: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-c", "print('no'); raise SystemExit(5)"], **options)
        process.wait(30)
        assert process.stdin is not None
        process.stdin.close()  # as the thread that waits for the end does
        return process

    monkeypatch.setattr(child, "Popen", start)
    lines: list[str] = []
    codes: list[int] = []
    started = child.Child(
        "course_lib.workers.main", server=Server("127.0.0.1:1"), env={}, spec={}, on_line=lines.append,
        on_message=lambda message: None, on_exit=codes.append,
    )  # fmt: skip
    assert started.exited.result(30) == 5
    assert (lines, codes) == (["no"], [5])
