"""tools/run_checks.py: one failure fails the whole, and the last line is one that CI can read."""

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from course_lib.paths import root


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool as a module of its own."""
    spec = importlib.util.spec_from_file_location("run_checks_at_test", root() / "tools" / "run_checks.py")
    assert spec
    assert spec.loader
    monkeypatch.syspath_prepend(str(root() / "tools"))  # as it is when Python runs that file
    module: Any = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("===== 3 passed in 0.12s =====", {"passed": 3}),
        ("1 failed, 34 passed, 2 skipped in 72.34s (0:01:12)", {"failed": 1, "passed": 34, "skipped": 2}),
        ("\x1b[31m= \x1b[1m1 error\x1b[0m, 2 warnings in 1.00s =\x1b[0m", {"errors": 1, "warnings": 2}),
        ("All checks passed!", {}),
        ("the worker handled 3 passed in 1.0s", {}),
    ],
)
def test_pytests_closing_line_is_read(checks: Any, line: str, counts: dict[str, int]) -> None:
    assert dict(checks.counts_of(line)) == counts


def test_what_it_writes_it_can_read(checks: Any) -> None:
    counts = checks.Counter(passed=12, failed=1, errors=2)
    line = checks.closing_line(counts, 3.0)
    assert line.startswith("=")
    assert checks.counts_of(line) == counts


def test_runs_that_share_a_last_line_add_up(
    checks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "TALLY", str(tmp_path / "tally"))
    (tmp_path / "tally").touch()  # as mktemp does
    assert run(checks, monkeypatch, stage(checks, "lint", "raise SystemExit(1)"), stage(checks, "types", "")) == 1
    assert run(checks, monkeypatch, stage(checks, "proofs", "print('= 5 passed in 0.10s =')", pytest=True)) == 0
    last = capfd.readouterr().out.splitlines()[-1]
    assert checks.counts_of(last) == {"failed": 1, "passed": 6}


def stage(checks: Any, name: str, code: str, *, pytest: bool = False, beside: bool = False) -> Any:
    return checks.Stage(name, "a stand-in", (sys.executable, "-c", code), pytest, beside)


def run(checks: Any, monkeypatch: pytest.MonkeyPatch, *stages: Any, only: tuple[str, ...] = ()) -> int:
    monkeypatch.setattr(checks, "STAGES", stages)
    return int(checks.main(only))


def test_all_green(checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    stages = (stage(checks, "lint", ""), stage(checks, "unit", "print('= 5 passed in 0.10s =')", pytest=True))
    assert run(checks, monkeypatch, *stages) == 0
    assert checks.counts_of(capfd.readouterr().out.splitlines()[-1]) == {"passed": 6}


def test_one_failure_fails_the_whole_and_the_rest_still_runs(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stages = (stage(checks, "lint", "raise SystemExit(1)"), stage(checks, "types", "print('types ran')"))
    assert run(checks, monkeypatch, *stages) == 1
    said = capfd.readouterr().out
    assert "types ran" in said
    assert 'make test ARGS="lint"' in said
    assert checks.counts_of(said.splitlines()[-1]) == {"failed": 1, "passed": 1}


def test_a_stage_beside_the_others_counts_and_is_shown_in_one_piece(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stages = (
        stage(checks, "unit", "print('= 5 passed in 0.10s =')", pytest=True),
        stage(checks, "browser", "print('clicking'); raise SystemExit(1)", pytest=True, beside=True),
    )
    assert run(checks, monkeypatch, *stages) == 1
    said = capfd.readouterr().out
    assert "---- browser: a stand-in\nclicking\n---- browser: FAILED" in said
    assert checks.counts_of(said.splitlines()[-1]) == {"passed": 5, "errors": 1}


def test_a_stage_that_cannot_start_is_no_success(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = checks.Stage("browser", "a stand-in", ("/nowhere/at-all",), True, True)
    assert run(checks, monkeypatch, stage(checks, "lint", ""), broken) == 1
    assert checks.counts_of(capfd.readouterr().out.splitlines()[-1]) == {"passed": 1, "errors": 1}


def test_a_pytest_that_could_not_run_is_an_error(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(checks, monkeypatch, stage(checks, "unit", "raise SystemExit(5)", pytest=True)) == 1
    assert checks.counts_of(capfd.readouterr().out.splitlines()[-1]) == {"errors": 1}


# Waits for a process that is nobody's child and in a session of its own, as a daemon is.
DETACHED = """
import os, threading, time
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("detached:", os.getpid(), flush=True)
        {does}
    os._exit(0)
os.wait()
os.close(writing)
os.read(reading, 1)
"""
WAITS = "threading.Event().wait(60)"
WORKS = "end = time.monotonic() + 5\n        while time.monotonic() < end: pass"


@pytest.fixture
def hurried(checks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the tool wait for seconds where it waits for minutes."""
    for name, seconds in {"QUIET": 3.0, "IDLE": 0.02, "LOOK": 0.1}.items():
        monkeypatch.setattr(checks, name, seconds)


@pytest.mark.slow
@pytest.mark.usefixtures("hurried")
def test_a_stage_that_neither_prints_nor_works_is_killed_and_both_is_said(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(checks, monkeypatch, stage(checks, "unit", DETACHED.format(does=WAITS))) == 1
    said = capfd.readouterr().out
    assert re.search(r"unit was stopped: for \d+ s it had printed nothing, .* used 0\.\d s of processor time", said)
    assert gone(detached(said))


@pytest.mark.slow
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import time\nfor _ in range(10): print('.', end='', flush=True); time.sleep(0.5)", id="dots"),
        pytest.param(DETACHED.format(does=WORKS), id="a detached process works"),
    ],
)
def test_a_stage_that_prints_or_works_may_take_its_time(
    checks: Any, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    assert run(checks, monkeypatch, stage(checks, "unit", code)) == 0


def test_what_a_stage_leaves_running_is_ended_with_it(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    leaves = DETACHED.format(does=WAITS).replace("os.read(reading, 1)", "")
    assert run(checks, monkeypatch, stage(checks, "unit", leaves)) == 0
    assert gone(detached(capfd.readouterr().out))


def detached(said: str) -> int:
    found = re.search(r"detached: (\d+)", said)
    assert found
    return int(found.group(1))


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_stages_by_name(checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    stages = (stage(checks, "lint", "raise SystemExit(1)"), stage(checks, "types", ""))
    assert run(checks, monkeypatch, *stages, only=("types",)) == 0
    with pytest.raises(SystemExit):
        run(checks, monkeypatch, *stages, only=("nonsense",))
    assert "no stage is called nonsense" in capfd.readouterr().err
