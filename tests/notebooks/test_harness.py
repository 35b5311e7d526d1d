"""The harness runs both editions, is strict with the solved one only, and leaves nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from course_lib import paths
from course_lib.server import Server

LOOK = """\
import json, os, pathlib
names = ["COURSE_STRICT", "COURSE_STATE", "COURSE_WORKSPACE", "COURSE_LEARNER", "CI"]
env = {name: os.environ.get(name) for name in names}
state = json.loads((pathlib.Path(env["COURSE_STATE"]) / "server.json").read_text())
pathlib.Path("seen.json").write_text(json.dumps(env | {"pid": state["pid"]}))"""
RAISES = "import os\nassert os.environ.get('COURSE_STRICT') is None, 'strict'"


def run(folder: Path, cells: list[str], *words: str) -> "subprocess.CompletedProcess[str]":
    import nbformat

    for edition in ("notebooks", "solutions"):
        (folder / edition).mkdir()
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbformat.write(made, folder / edition / "01_sample.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.notebooks.plugin",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
    ]
    command += [f"--rootdir={folder}", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", "60"]
    # A run of its own, also when this test itself runs in a worker of pytest-xdist.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    return subprocess.run(
        [*command, *words, "notebooks", "solutions"],
        cwd=folder, env=env, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_each_edition_has_its_own_environment_and_one_server(tmp_path: Path) -> None:
    done = run(tmp_path, [LOOK])
    assert done.returncode == 0, done.stdout
    learner, author = (
        json.loads((tmp_path / edition / "seen.json").read_text(encoding="utf-8"))
        for edition in ("notebooks", "solutions")
    )
    assert (learner["COURSE_STRICT"], author["COURSE_STRICT"]) == (None, "1")
    assert learner["CI"]
    assert learner["COURSE_STATE"] == author["COURSE_STATE"] != os.environ["COURSE_STATE"]
    assert learner["COURSE_WORKSPACE"] != author["COURSE_WORKSPACE"]
    assert learner["COURSE_LEARNER"] != author["COURSE_LEARNER"]
    assert learner["pid"] == author["pid"]
    assert not psutil.pid_exists(learner["pid"])
    assert not Path(learner["COURSE_STATE"]).exists()


@pytest.mark.slow
def test_a_named_server_is_used(tmp_path: Path, course_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_NBVAL_ADDRESS", course_server.address)
    done = run(
        tmp_path,
        [f"from course_lib import server\nassert (await server.ensure()).address == {course_server.address!r}"],
    )
    assert "2 passed" in done.stdout, done.stdout


@pytest.mark.slow
def test_a_cell_that_raises_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, [RAISES, "1 + 1"])
    assert done.returncode == 1
    assert "1 failed, 3 passed" in done.stdout, done.stdout


@pytest.mark.skipif(not (paths.root() / "solutions").is_dir(), reason="no chapters are written yet")
def test_every_chapter_is_collected() -> None:
    chapters = {path.name for path in (paths.root() / "solutions").glob("[0-9][0-9]_*.ipynb")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    command += ["--nbval-lax", "--nbval-current-env", "--collect-only", "notebooks", "solutions"]
    done = subprocess.run(command, cwd=paths.root(), capture_output=True, text=True, timeout=110, check=False)
    for edition in ("notebooks", "solutions"):
        collected = {line.split("::")[0] for line in done.stdout.splitlines() if line.startswith(f"{edition}/")}
        assert collected == {f"{edition}/{name}" for name in chapters}, done.stdout[-2000:]
