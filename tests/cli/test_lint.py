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


_UNREADABLE = [
    ("gone.py", None, "cannot be read: No such file"),
    ("bad.py", b"def (", "is no Python: invalid syntax (line 1)"),
    ("latin.py", "name = 'Käse'".encode("latin-1"), "it is no UTF-8 text"),
    ("null.py", b"a = 1\0", "null bytes"),
    ("deep.py", b"-" * 100_000 + b"1", "cannot be read as Python"),
    ("bad.ipynb", b"{}", "is no notebook"),
    ("cells.ipynb", b'{"cells": [{"cell_type": "code"}]}', "is no notebook"),
    ("empty", None, "There is no .py or .ipynb file"),
]


@pytest.mark.parametrize(("name", "content", "words"), _UNREADABLE)
def test_what_cannot_be_read_is_said_and_has_an_exit_code_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    elif name == "empty":
        (tmp_path / name).mkdir()
    (tmp_path / "zebra.py").write_text(GOOD)
    assert main(["lint", str(tmp_path / name), str(tmp_path / "zebra.py")]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert ": ." not in said
    assert "1 source read, no pitfalls, 1 could not be read" in said


def test_the_rest_of_a_folder_is_searched_when_some_of_it_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unreadable = [(name, content) for name, content, _ in _UNREADABLE if content is not None]
    for name, content in unreadable:
        (tmp_path / name).write_bytes(content)
    for name in ("aardvark.py", "zebra.py"):
        (tmp_path / name).write_text(module("random_random"))
    assert main(["lint", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out.count("random.random` gives another value in a replay") == 2
    assert f"2 sources read, 2 pitfalls, {len(unreadable)} could not be read" in said.err


def test_a_broken_cell_hides_no_other_cell_and_a_broken_import_not_its_importer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [f"%%module {name}\n{text}" for name, text in (("broken", "def ("), ("orders", module("random_random")))]
    cells = [{"cell_type": "code", "id": text[9:15], "source": text} for text in texts]
    (tmp_path / "chapter.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "latin.py").write_bytes("name = 'Käse'".encode("latin-1"))
    order = tmp_path / "order.py"
    order.write_text(f"from latin import name\n{module('random_random')}")
    assert main(["lint", str(tmp_path / "chapter.ipynb")]) == 2
    said = capsys.readouterr()
    assert "[broken, cell broken] is no Python" in said.err
    assert "[orders, cell orders]:" in said.out
    assert main(["lint", str(order)]) == 1
    assert "1 source read, 1 pitfall\n" in capsys.readouterr().err


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
