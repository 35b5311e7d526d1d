"""`course doctor`: ok or the fix."""

import argparse
import importlib.metadata
import sys
from pathlib import Path

import pytest

from course_lib.cli import doctor


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("COURSE_DB", "memory")
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "COURSE_TEMPORAL_CLI"):
        monkeypatch.delenv(name, raising=False)


def found() -> dict[str, doctor.Prerequisite]:
    return {finding.subject: finding for finding in doctor.examine()}


def test_a_sound_environment_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(argparse.Namespace()) == 0
    shown = capsys.readouterr().out
    for subject in ("Python", "packages", "ipykernel", "Jupyter kernel", "temporal binary", "state folder", "server"):
        assert f"ok      {subject} " in shown
    assert "Everything that the course needs is here." in shown


def test_what_is_broken_is_named_with_its_fix_and_the_rest_is_still_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "file" / "state"))
    monkeypatch.setenv("COURSE_TEMPORAL_CLI", "/nowhere/temporal")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    broken = [finding for finding in found().values() if finding.state == "broken"]
    assert [finding.subject for finding in broken] == ["temporal binary", "state folder", "server"]
    assert all(finding.fix for finding in broken)
    assert doctor.run(argparse.Namespace()) == 1
    assert "3 to repair." in capsys.readouterr().out


def test_missing_and_wrong_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ["no-such-package>=1", "temporalio>=99", "psutil>=1", "other; sys_platform == 'never'"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: needs)
    finding = found()["packages"]
    assert finding.state == "broken"
    assert "no-such-package is missing" in finding.detail
    assert "temporalio" in finding.detail
    assert "psutil" not in finding.detail
    assert "other" not in finding.detail


def test_another_version_than_the_lock_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "root", lambda: tmp_path)
    version = importlib.metadata.version("psutil")
    (tmp_path / "requirements.txt").write_text(
        f"psutil=={version} \\\n    --hash=sha256:0\nfilelock==0.1 \\\n    --hash=sha256:1\n"
        "gone==1 ; sys_platform == 'never'\n"
    )
    finding = found()["lock"]
    assert finding.state == "note"
    assert "filelock" in finding.detail
    assert "psutil" not in finding.detail
    assert "gone" not in finding.detail


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(tuple[int, ...]):
        """Like sys.version_info."""

    monkeypatch.setattr(doctor, "_PYTHON", (sys.version_info[0], sys.version_info[1] + 1))
    assert found()["Python"].state == "broken"
