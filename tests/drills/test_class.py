"""`make drill ARGS=class` in its short form, and what a class of its own chapters shows: who shares what, what ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from course_lib.paths import root

sys.path.append(str(root() / "tools"))
import processes

pytestmark = pytest.mark.slow

LOOK = """\
import json, os, pathlib
names = ["COURSE_LEARNER", "COURSE_STATE", "COURSE_WORKSPACE", "TEMPORAL_ADDRESS", "COURSE_STRICT"]
env = {name: os.environ.get(name) for name in names}
(pathlib.Path.cwd() / (env["COURSE_LEARNER"] + ".json")).write_text(json.dumps(env))"""
HOLD = """\
import sys
from pathlib import Path
from tests.drills.classroom import Plan, hold
sys.exit(0 if hold(Plan([Path(sys.argv[1])], 2, (0.0, 0.1), keep=Path(sys.argv[1]).parent / "kept")) else 1)"""


def notebook(folder: Path, *cells: str) -> Path:
    """Write a chapter of these cells, whose ids are ``cell-0`` and so on."""
    code = [nbformat.v4.new_code_cell(cell, id=f"cell-{number}") for number, cell in enumerate(cells)]
    path = folder / "01_sample.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=code), path)
    return path


@pytest.mark.timeout(900)  # three learners' cells and a server; a busy machine needs minutes
def test_three_learners_without_a_pause() -> None:
    mark = processes.new_mark()
    done = subprocess.run(
        [sys.executable, "-m", "tests.drills", "class", "--learners", "3", "--pause", "0", "0", "--chapters", "02"],
        cwd=root(), env=processes.marked(mark, os.environ), capture_output=True, text=True, timeout=880, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    solved = nbformat.read(next((root() / "solutions").glob("02_*.ipynb")), as_version=4)
    code = [cell for cell in solved.cells if cell.cell_type == "code"]
    checks = [cell for cell in code if "check" in cell.metadata.get("tags", [])]
    assert re.search(rf"^02 +{3 * len(code)} +0 +{3 * len(checks)} +0 +0 ", done.stdout, re.MULTILINE), done.stdout
    assert "load average" in done.stdout
    assert not processes.members(mark)


@pytest.mark.timeout(200)
def test_each_learner_has_folders_and_a_name_all_have_one_server_and_a_cell_that_raises_fails_the_class(
    tmp_path: Path,
) -> None:
    path = notebook(tmp_path, LOOK, "1 / 0", "print('goes on')")
    done = subprocess.run(
        [sys.executable, "-c", HOLD, str(path)], cwd=root(), capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^01 +6 +2 +0 +0 +0 ", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert "cell-1 failed for 2: learner-01, learner-02" in done.stdout
    assert "learner-01: ZeroDivisionError: division by zero" in done.stdout
    one, other = (json.loads((tmp_path / f"learner-0{number}.json").read_text()) for number in (1, 2))
    assert one["TEMPORAL_ADDRESS"] == other["TEMPORAL_ADDRESS"]
    assert one["COURSE_STRICT"] == other["COURSE_STRICT"] == "1"
    assert not {one["COURSE_STATE"], one["COURSE_WORKSPACE"]} & {other["COURSE_STATE"], other["COURSE_WORKSPACE"]}
    assert not [folder for folder in (one["COURSE_STATE"], other["COURSE_STATE"]) if Path(folder).exists()]
    kept = nbformat.read(tmp_path / "kept" / "learner-02" / path.name, as_version=4)
    assert kept.cells[2].outputs[0].text == "goes on\n"


@pytest.mark.timeout(200)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_a_class_that_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    path = notebook(tmp_path, LOOK, "while True: pass")
    mark = processes.new_mark()
    (temporary := tmp_path / "temporary").mkdir()
    environment = processes.marked(mark, os.environ | {"TMPDIR": str(temporary)})
    with (tmp_path / "output").open("w+") as output:
        run = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)],
            cwd=root(), env=environment, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 120
            while len(list(tmp_path.glob("learner-*.json"))) < 2:
                output.seek(0)
                assert time.monotonic() < deadline, f"no two kernels: {output.read()}"
                assert run.poll() is None, output.read()
                time.sleep(0.1)
            started = processes.members(mark)
            assert len(started) > 3  # the class, its server, two kernels
            os.kill(run.pid, how)
            run.wait(60)
            _, alive = psutil.wait_procs(started, timeout=30)
            assert not alive, alive
            if how == signal.SIGINT:  # who is killed cannot remove its folders
                assert not list(temporary.glob("course-*"))
        finally:
            processes.end(mark)
            run.wait(10)
