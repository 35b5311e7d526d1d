"""Fixtures of the authoring tests."""

from pathlib import Path

import pytest

from .sample import write_course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two sample chapters, not built yet."""
    return write_course(tmp_path / "course")


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone, so that backups never land in a learner's."""
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    return tmp_path / "state"
