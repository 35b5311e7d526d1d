"""A reset gives the stub back and takes nothing else away."""

import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from course_lib.authoring import build
from course_lib.authoring import notebook as nb
from course_lib.authoring.reset import reset
from course_lib.errors import CourseError


@pytest.fixture(autouse=True)
def signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLab's signatures of this test alone, and none of the learner's."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


@pytest.fixture
def worked(course: Path) -> Path:
    """A built course in whose first notebook a learner has worked."""
    build.write(build.differences(course), course)
    path = course / "notebooks/01_workflows.ipynb"
    mine = nb.read(path)
    own = cell(mine, "ex-1-1")
    own.source, own.execution_count = "%%module orders\nmy_answer = 1", 4
    cell(mine, "a-first-look").source = "my notes"
    mine.cells.insert(3, nbformat.v4.new_code_cell("my_scratch = 1"))
    nbformat.write(mine, path)
    return course


def cell(notebook: Any, name: str) -> Any:
    return next(one for one in notebook.cells if one.id == name)


@pytest.mark.parametrize("what", ["1.1", "01_workflows", "01", "1", None])
def test_the_stub_is_back_and_every_other_cell_stays(worked: Path, what: str | None) -> None:
    path = worked / "notebooks/01_workflows.ipynb"
    before = nb.read(path)
    (done,) = [one for one in reset(worked, what) if one.cells]
    after = nb.read(path)
    assert (done.path, done.cells) == (path, ("ex-1-1",))
    assert cell(after, "ex-1-1").source.endswith('return ""')
    assert cell(after, "ex-1-1").execution_count is None
    others = [one for one in before.cells if one.id != "ex-1-1"]
    assert [one for one in after.cells if one.id != "ex-1-1"] == others
    assert done.backup is not None
    assert cell(nb.read(done.backup), "ex-1-1").source.endswith("my_answer = 1")


@pytest.mark.parametrize("trusted", [True, False])
def test_jupyterlab_trusts_the_notebook_as_before(worked: Path, trusted: bool) -> None:
    path = worked / "notebooks/01_workflows.ipynb"
    if trusted:
        NotebookNotary().sign(nbformat.read(path, as_version=4))
    reset(worked, "1.1")
    assert NotebookNotary().check_signature(nbformat.read(path, as_version=4)) is trusted


def test_a_deleted_exercise_comes_back_to_its_place(worked: Path) -> None:
    path = worked / "notebooks/01_workflows.ipynb"
    mine = nb.read(path)
    mine.cells.remove(cell(mine, "ex-1-1"))
    nbformat.write(mine, path)
    reset(worked, "1.1")
    ids = [one.id for one in nb.read(path).cells]
    assert ids.index("ex-1-1") == ids.index("check-1-1") - 1


def test_nothing_to_reset_writes_nothing(worked: Path, state_folder: Path) -> None:
    reset(worked, "1.1")
    path = worked / "notebooks/01_workflows.ipynb"
    stamp, copies = path.stat().st_mtime_ns, len(list((state_folder / "backups").iterdir()))
    (done,) = reset(worked, "1.1")
    assert (done.cells, done.backup, path.stat().st_mtime_ns) == ((), None, stamp)
    assert len(list((state_folder / "backups").iterdir())) == copies


def test_two_resets_in_one_second_keep_two_copies(worked: Path) -> None:
    path = worked / "notebooks/01_workflows.ipynb"
    text = path.read_text(encoding="utf-8")
    first = reset(worked, "1.1")[0].backup
    path.write_text(text, encoding="utf-8")
    assert reset(worked, "1.1")[0].backup != first


def test_a_missing_notebook_is_delivered_again(worked: Path) -> None:
    path = worked / "notebooks/01_workflows.ipynb"
    path.unlink()
    reset(worked, "01")
    assert cell(nb.read(path), "ex-1-1").source.endswith('return ""')


def test_without_solutions_git_has_the_stub(course: Path) -> None:
    build.write(build.differences(course), course)
    git = ["git", "-C", str(course), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "notebooks"], ["commit", "-qm", "delivered"]):
        subprocess.run([*git, *words], check=True, timeout=240)
    for path in (course / "solutions").iterdir():
        path.unlink()
    path = course / "notebooks/01_workflows.ipynb"
    mine = nb.read(path)
    cell(mine, "ex-1-1").source = "mine"
    nbformat.write(mine, path)
    (done,) = reset(course, "1.1")
    assert done.cells == ("ex-1-1",)
    assert cell(nb.read(path), "ex-1-1").source.endswith('return ""')


@pytest.mark.parametrize(
    ("what", "why"), [("09", "no chapter '09'"), ("1.7", r"no exercise 1\.7"), ("x", "no chapter")]
)
def test_an_unknown_name_is_refused(worked: Path, what: str, why: str) -> None:
    with pytest.raises(CourseError, match=why):
        reset(worked, what)
