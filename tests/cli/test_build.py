"""`course build`, `reset`, `progress`, `check` and `export` as they are typed."""

import shutil
from pathlib import Path

import pytest

from course_lib import cli, paths
from course_lib.cli.check import find
from course_lib.errors import CourseError

SOLVED = '{"cells": [], "metadata": {"course": {"needs": []}}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one empty chapter."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/01_one.ipynb").write_text(SOLVED, encoding="utf-8")
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path


def test_check_prints_the_command_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "--check", "--no-lint"]) == 1
    told = capsys.readouterr().out
    assert "notebooks/01_one.ipynb differs" in told
    assert told.rstrip().endswith("course build")
    assert not (root / "notebooks").exists()

    assert cli.main(["build", "--no-lint"]) == 0
    assert cli.main(["build", "--check", "--no-lint"]) == 0
    (root / "notebooks/01_one.ipynb").write_text("{}", encoding="utf-8")
    assert cli.main(["build", "--check", "--no-lint"]) == 1


def test_lint_problems_fail_the_build(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build"]) == 1
    told = capsys.readouterr().out
    assert "solutions/01_one.ipynb: cells: 0 cells" in told
    assert "solutions/01_one.ipynb: recap:" in told


def test_reset_of_everything_asks_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reset"]) == 1
    assert "Nothing was changed" in capsys.readouterr().out
    assert cli.main(["reset", "--yes"]) == 0
    assert "0 entries forgotten" in capsys.readouterr().out
    assert cli.main(["reset", "1.1"]) == 1
    assert "There is no exercise 1.1" in capsys.readouterr().err


def test_progress_lists_the_declared_exercises(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["progress"]) == 0
    told = capsys.readouterr().out
    assert "00_start_here" in told
    assert "○ 0.1" in told
    assert "Next: exercise 0.1" in told


def test_export_takes_what_was_run_last(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "mine"]) == 1
    assert "No module cell of this chapter has been run yet" in capsys.readouterr().err
    folder = root / "workspace/01_one"
    folder.mkdir(parents=True)
    text = "from temporalio import workflow\n@workflow.defn\nclass {}:\n"
    text += "    @workflow.run\n    async def run(self) -> None: ...\n"
    (folder / "orders.py").write_text(text.format("Orders"), encoding="utf-8")
    (folder / "orders__r1.py").write_text(text.format("Older"), encoding="utf-8")
    assert cli.main(["export", "mine"]) == 0
    assert (root / "exported/mine/workflows/orders.py").is_file()
    assert not (root / "exported/mine/workflows/orders__r1.py").exists()
    (folder / "mails.py").write_text(text.format("Mails"), encoding="utf-8")
    assert cli.main(["export", "mine"]) == 1
    assert "--start NAME" in capsys.readouterr().err
    assert cli.main(["export", "mine", "--start", "Mails"]) == 0
    assert cli.main(["export", "../mine"]) == 1
    for chapter in ("01", "01_one", "01_one.ipynb"):
        assert cli.main(["export", "mine", "--chapter", chapter, "--start", "Mails"]) == 0
    assert cli.main(["export", "mine", "--chapter", "02", "--start", "Mails"]) == 1


def test_a_notebook_is_found_by_file_chapter_and_number(root: Path) -> None:
    assert cli.main(["build", "--no-lint"]) == 0
    wanted = root / "notebooks/01_one.ipynb"
    assert find(str(wanted)) == find("01_one") == find("01") == wanted
    shutil.copyfile(wanted, root / "notebooks/01_two.ipynb")
    with pytest.raises(CourseError, match="is no notebook"):
        find("01")
    with pytest.raises(CourseError, match="is no notebook"):
        find("nothing")
