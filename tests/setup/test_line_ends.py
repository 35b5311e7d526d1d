"""A clone by Git for Windows, whose default is CRLF: the containers run the scripts that lie in it."""

import subprocess
from pathlib import Path

import pytest

from course_lib.paths import root


def git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True, timeout=240).stdout


@pytest.mark.skipif(not (root() / ".git").exists(), reason="not a clone, so there is nothing to clone")
def test_a_clone_on_windows_keeps_its_line_ends(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git("-c", "core.autocrlf=true", "clone", "--quiet", str(root()), str(clone))
    # How each file ends its lines in the repository and in the clone; then the rule and the path.
    ends = [line.split(maxsplit=2) for line in git("-C", str(clone), "ls-files", "--eol").splitlines()]
    assert len([line for line in ends if line[:2] == ["i/lf", "w/lf"]]) > 100
    assert [path for _, written, path in ends if written not in ("w/lf", "w/none", "w/-text")] == []
    assert git("-C", str(clone), "-c", "core.autocrlf=true", "status", "--porcelain") == ""
    assert b"\r" not in (clone / "deploy" / "schema.sh").read_bytes()
