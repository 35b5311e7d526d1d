"""`course lint`: files, folders and notebooks; line, replacement and exit code."""

import json
from pathlib import Path

import pytest

from course_lib.cli import main
from tests.pitfalls.samples import GOOD, module


def test_a_file_with_a_pitfall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "orders.py"
    path.write_text(module("random_random"))
    assert main(["lint", str(path)]) == 1
    said = capsys.readouterr()
    assert "random.random` gives another value in a replay" in said.out
    assert "→ use `workflow.random()`" in said.out
    assert f"{path}:" in said.out
    assert "1 source read, 1 pitfall" in said.err


def test_a_folder_of_correct_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "orders.py").write_text(GOOD)
    assert main(["lint", str(tmp_path)]) == 0
    assert "no pitfalls" in capsys.readouterr().err


def test_a_notebook_counts_lines_as_the_cell_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "%%module orders\nimport time\nfrom temporalio import workflow\n@workflow.defn\nclass W:\n"
    source += "    @workflow.run\n    async def run(self):\n        time.sleep(1)\n"
    cells = [
        {"cell_type": "code", "id": "orders", "source": source.splitlines(keepends=True)},
        {"cell_type": "code", "id": "other", "source": "import time\ntime.sleep(0)"},
    ]
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    assert main(["lint", str(path)]) == 1
    said = capsys.readouterr().out
    assert "[orders, cell orders]:8: `time.sleep` blocks the worker" in said


def test_a_folder_of_notebooks_without_jupyters_copies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = f"%%module orders\n{module('random_random')}"
    for folder in (tmp_path, tmp_path / ".ipynb_checkpoints"):
        folder.mkdir(exist_ok=True)
        cell = {"cell_type": "code", "id": "orders", "source": source}
        (folder / "chapter.ipynb").write_text(json.dumps({"cells": [cell]}))
    assert main(["lint", str(tmp_path)]) == 1
    assert "1 source read, 1 pitfall" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("gone.py", None, "cannot be read"), ("bad.py", "def (", "is no Python"), ("bad.ipynb", "{}", "is no notebook")],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, words: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert main(["lint", str(tmp_path / name)]) == 1
    assert words in capsys.readouterr().err


def test_what_a_file_of_the_same_package_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clocks.py").write_text("import time\ndef now():\n    return time.time()\n")
    order = tmp_path / "order.py"
    order.write_text(
        "from temporalio import workflow\nfrom .clocks import now\n@workflow.defn\nclass W:\n"
        "    @workflow.run\n    async def run(self):\n        return now()\n"
    )
    assert main(["lint", str(order)]) == 1
    assert "order.py:7: `now` leads to line 3 of clocks: `time.time` reads" in capsys.readouterr().out


def test_what_an_imported_file_of_the_project_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("workflows", "activities"):
        (tmp_path / folder).mkdir()
    (tmp_path / "activities" / "clocks.py").write_text("import time\ndef now():\n    return time.time()\n")
    order = tmp_path / "workflows" / "order.py"
    order.write_text(
        "from temporalio import workflow\nfrom activities.clocks import now\n@workflow.defn\nclass W:\n"
        "    @workflow.run\n    async def run(self):\n        return now()\n"
    )
    assert main(["lint", str(order)]) == 1
    assert "order.py:7: `now` leads to line 3 of activities.clocks: `time.time` reads" in capsys.readouterr().out
