"""tools/prove.py: what `make prove` runs for which words."""

import importlib
from typing import Any

import pytest

from course_lib.paths import root


@pytest.fixture
def prove(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool as a module."""
    monkeypatch.syspath_prepend(str(root() / "tools"))
    return importlib.import_module("prove")


def ran(prove: Any, monkeypatch: pytest.MonkeyPatch, *words: str) -> dict[str, tuple[str, ...]]:
    """Return the commands that would be run, by stage."""
    found: dict[str, tuple[str, ...]] = {}

    def judge(stages: Any) -> int:
        found.update({stage.name: stage.command for stage in stages})
        return 0

    monkeypatch.setattr(prove.run_checks, "judge", judge)
    assert prove.main(words) == 0
    return found


def test_all_proofs_and_the_tests_that_take_long(prove: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = ran(prove, monkeypatch)
    assert list(commands) == ["proofs", "slow", "browser"]
    assert "--every-proof" in commands["proofs"]
    assert commands["slow"][-2:] == ("-m", "slow")
    assert commands["browser"][-1] == "tests/browser"
    assert not [word for command in commands.values() for word in command if word.startswith(("--load", "--exercise"))]


def test_exercises_and_chapters(prove: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = ran(prove, monkeypatch, "5.4", "06")
    assert list(commands) == ["proofs"]
    assert {"--exercise=5.4", "--exercise=06"} < set(commands["proofs"])


def test_load_is_for_pytest(prove: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = ran(prove, monkeypatch, "--load", "5.4")
    assert {"--load", "--exercise=5.4"} < set(commands["proofs"])
    commands = ran(prove, monkeypatch, "--throttled", "--load")
    assert {"--load", "--throttled", "--every-proof"} < set(commands["proofs"])
    assert list(commands) == ["proofs"]


def test_a_word_that_names_no_exercise(prove: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        prove.main(["sagas"])
    assert "'sagas' is no exercise (5.4) and no chapter (05)" in capsys.readouterr().err
