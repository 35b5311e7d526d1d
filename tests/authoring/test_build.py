"""One source, two editions: what the build changes, and what it never changes."""

import json
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring import build
from course_lib.authoring import notebook as nb
from course_lib.errors import CourseError

from .sample import HINTS, code, notebook, on_disk, sample_cells, text, write_course


def built(root: Path) -> Path:
    build.write(build.differences(root), root)
    return root


def test_a_second_build_changes_nothing(course: Path) -> None:
    assert len(build.differences(built(course))) == 0


def test_only_deletes_or_stubs(course: Path) -> None:
    built(course)
    author = {cell["id"]: cell for cell in on_disk(course / "solutions/01_workflows.ipynb")["cells"]}
    learner = on_disk(course / "notebooks/01_workflows.ipynb")["cells"]
    changed = [cell["id"] for cell in learner if cell != author[cell["id"]] and not cell["id"].startswith("nav-")]
    assert changed == ["ex-1-1"]
    dropped = set(author) - {cell["id"] for cell in learner}
    assert sorted(author[cell]["metadata"]["tags"] for cell in dropped) == [["hints"], *[["instructor"]] * 3]


def test_hints_are_kept_out_of_sight(course: Path) -> None:
    learner = built(course) / "notebooks/01_workflows.ipynb"
    assert on_disk(learner)["metadata"]["course"]["hints"] == {"1.1": HINTS.rstrip("\n")}
    assert not any("What waits?" in "".join(cell["source"]) for cell in on_disk(learner)["cells"])
    again = nb.normalised(nb.read(learner))
    assert again.metadata["course"] == {"hints": {"1.1": HINTS.rstrip("\n")}, "needs": []}


def test_the_learner_never_sees_a_solution_or_a_marker(course: Path) -> None:
    raw = (built(course) / "notebooks/01_workflows.ipynb").read_text(encoding="utf-8")
    assert 'is done\\"' not in raw.split("Exercise 1.1")[0]
    assert "### " not in raw
    assert "Instructor" not in raw


def test_cells_are_named_for_a_reader_and_once(course: Path) -> None:
    cells = on_disk(built(course) / "solutions/01_workflows.ipynb")["cells"]
    ids = [cell["id"] for cell in cells]
    assert len(set(ids)) == len(ids)
    assert {"ex-1-1", "check-1-1", "predict-1-a", "quiz-1", "export", "recap", "open", "a-first-look"} <= set(ids)
    assert cells[ids.index("check-1-1")]["metadata"]["tags"] == ["check"]


@pytest.mark.filterwarnings("ignore:Non-unique cell id")
def test_ids_given_by_an_author_and_repeated_ids(tmp_path: Path) -> None:
    cells = [text("# One", id="mine"), text("# Two", id="mine"), code("1", id="1234abcd"), code("1", id="decade")]
    root = built(write_course(tmp_path, cells))
    ids = [cell["id"] for cell in on_disk(root / "solutions/01_workflows.ipynb")["cells"]][1:-1]
    assert ids == ["mine", "two", "two-run", "decade"]


def test_ids_stay_when_a_cell_is_put_in_between(course: Path) -> None:
    before = {cell["id"] for cell in on_disk(built(course) / "solutions/01_workflows.ipynb")["cells"]}
    path = course / "solutions/01_workflows.ipynb"
    changed = nbformat.read(path, as_version=4)
    changed.cells.insert(4, code("2 + 2"))
    nbformat.write(changed, path)
    built(course)
    after = [cell["id"] for cell in on_disk(path)["cells"]]
    assert before < set(after)
    assert len(after) == len(before) + 1


def test_bars_lead_to_the_chapters_around_and_to_the_contents(course: Path) -> None:
    built(course)
    first = on_disk(course / "notebooks/01_workflows.ipynb")["cells"]
    assert first[0]["source"] == first[-1]["source"] == ["[Contents](CONTENTS.md) | [02 Next →](02_next.ipynb)"]
    second = on_disk(course / "solutions/02_next.ipynb")["cells"]
    assert second[0]["source"] == ["[← 01 Workflows](01_workflows.ipynb) | [Contents](../notebooks/CONTENTS.md)"]


def test_contents_and_readme_tell_the_minutes(course: Path) -> None:
    readme = course / "README.md"
    readme.write_text("# Course\n<!-- chapters: made -->\nold\n<!-- /chapters -->\nrest\n", encoding="utf-8")
    built(course)
    assert "| [02 Next](02_next.ipynb) | 01 | 15 |" in (course / "notebooks/CONTENTS.md").read_text(encoding="utf-8")
    told = readme.read_text(encoding="utf-8")
    assert "[01 Workflows](notebooks/01_workflows.ipynb) | write one | 15 |" in told
    assert "**30**" in told
    assert "old" not in told
    assert told.endswith("<!-- /chapters -->\nrest\n")
    readme.write_text(told.replace("| 15 |", "| 16 |"), encoding="utf-8")
    assert [change.path for change in build.differences(course)] == [readme]
    readme.write_text("# Course\n", encoding="utf-8")
    with pytest.raises(CourseError, match="lost the two comments"):
        build.differences(course)


def test_what_a_run_leaves_behind_is_stripped(tmp_path: Path) -> None:
    cells = sample_cells()
    cells[0].outputs = [nbformat.v4.new_output("stream", text="hello")]
    cells[0].execution_count = 7
    cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00"}
    source = notebook(cells)
    source.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    source.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    write_course(tmp_path)
    nbformat.write(source, tmp_path / "solutions/01_workflows.ipynb")
    built(tmp_path)
    for edition in ("solutions", "notebooks"):
        raw = (tmp_path / edition / "01_workflows.ipynb").read_text(encoding="utf-8")
        assert "hello\\n" not in raw
        assert "3.13.1" not in raw
        assert "iopub" not in raw
        assert "widget" not in raw
        assert '"execution_count": 7' not in raw
        assert raw.endswith("}\n")


def test_a_notebook_that_a_learner_ran_is_backed_up(course: Path, state_folder: Path) -> None:
    path = built(course) / "notebooks/01_workflows.ipynb"
    mine = on_disk(path)
    mine["cells"][1]["execution_count"] = 3
    mine["cells"][1]["source"] = ["my own work"]
    path.write_text(json.dumps(mine), encoding="utf-8")
    copies = build.write(build.differences(course), course)
    assert [copy.parent for copy in copies] == [state_folder / "backups"]
    assert "my own work" in copies[0].read_text(encoding="utf-8")
    assert "my own work" not in path.read_text(encoding="utf-8")


def test_a_notebook_without_a_source_goes(course: Path) -> None:
    orphan = built(course) / "notebooks/09_old.ipynb"
    orphan.write_text("{}", encoding="utf-8")
    assert [change.new for change in build.differences(course)] == [None]
    built(course)
    assert not orphan.exists()


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([code("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")], "not tagged `exercise`"),
        ([code("### BEGIN SOLUTION\nx = 1", "exercise", id="ex-1-1")], "01_workflows.ipynb, cell 'ex-1-1'"),
    ],
)
def test_a_chapter_that_cannot_be_built_is_named(tmp_path: Path, cells: list[object], why: str) -> None:
    with pytest.raises(CourseError, match=why):
        build.chapters(write_course(tmp_path, cells))


def test_metadata_must_say_what_comes_first(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="incomplete"):
        build.chapters(write_course(tmp_path, needs=None))
