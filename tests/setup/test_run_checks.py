"""tools/run_checks.py: one failure fails the whole, and the last line is one that CI can read."""

import importlib.util
import sys
from typing import Any

import pytest

from course_lib.paths import root


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool as a module of its own."""
    spec = importlib.util.spec_from_file_location("run_checks_at_test", root() / "tools" / "run_checks.py")
    assert spec
    assert spec.loader
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


def test_a_stage_that_hangs_is_killed(
    checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "LIMIT", 0.5)
    assert run(checks, monkeypatch, stage(checks, "unit", "import threading; threading.Event().wait(60)")) == 1
    assert "did not end within" in capfd.readouterr().out


def test_stages_by_name(checks: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    stages = (stage(checks, "lint", "raise SystemExit(1)"), stage(checks, "types", ""))
    assert run(checks, monkeypatch, *stages, only=("types",)) == 0
    with pytest.raises(SystemExit):
        run(checks, monkeypatch, *stages, only=("nonsense",))
    assert "no stage is called nonsense" in capfd.readouterr().err
