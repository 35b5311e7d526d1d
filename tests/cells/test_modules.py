"""Revisions: what a run leaves behind, on disk, in the process and in the notebook."""

import importlib
import inspect
import os
import random
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from course_lib.cells import CellError, Modules
from course_lib.errors import CourseError
from tests.cells.conftest import Notebook

STOCK = "def left():\n    return 3\n"
ORDERS = "from stock import left\n\n\ndef order():\n    return left()\n"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.py"))


def test_the_readable_file_is_the_cell_with_the_cells_line_numbers(notebook: Notebook, folder: Path) -> None:
    notebook.run("stock", STOCK)
    assert (folder / "stock.py").read_text() == "# %%module stock\n" + STOCK
    assert files(folder) == ["stock.py", "stock__r1.py"]


def test_an_unchanged_cell_keeps_its_revision_and_its_classes(notebook: Notebook, folder: Path) -> None:
    notebook.run("jobs", "class Job: ...\n")
    first = notebook.names["Job"]
    assert notebook.run("jobs", "class Job: ...\n") == ["jobs.py · revision 1 (unchanged) · Job"]
    assert notebook.names["Job"] is first
    del notebook.names["Job"]
    notebook.run("jobs", "class Job: ...")
    assert notebook.names["Job"] is first
    assert files(folder) == ["jobs.py", "jobs__r1.py"]


def test_a_revision_keeps_the_siblings_that_it_was_made_with(notebook: Notebook) -> None:
    notebook.run("stock", STOCK)
    notebook.run("orders", ORDERS)
    old = notebook.names["order"]
    said = notebook.run("stock", STOCK.replace("3", "9"))
    assert said == [
        "stock.py · revision 2 · left",
        "orders still uses stock revision 1: run its cell again to give it revision 2.",
    ]
    assert old() == notebook.names["order"]() == 3
    assert notebook.run("orders", ORDERS) == ["orders.py · revision 2 · order"]
    assert (old(), notebook.names["order"]()) == (3, 9)


def test_every_form_of_import_is_pinned_and_no_line_moves(notebook: Notebook, folder: Path) -> None:
    notebook.run("stock", STOCK)
    cell = """'Größe: stock.'
from __future__ import annotations
import json, stock, os
import stock as s
from stock import (
    left,
    left as l2,
)
from \\
  stock import left as l3; ü = 'ß'; import stock as t
def all_of_them():
    from stock import left as l4
    assert json and os, 'stock'
    return stock.left, s.left, left, l2, l3, t.left, l4
"""
    notebook.run("orders", cell)
    notebook.run("stock", STOCK.replace("3", "9"))
    assert {f() for f in notebook.names["all_of_them"]()} == {3}
    pinned, typed = (folder / "orders__r1.py").read_text(), (folder / "orders.py").read_text()
    assert pinned.count("stock__r1") == 6  # two names of one `from` are one place
    assert pinned.count("\n") == typed.count("\n")
    assert "stock__r" not in inspect.getsource(sys.modules["orders__r1"])


def test_source_and_traceback_show_the_cells_own_lines(notebook: Notebook) -> None:
    notebook.run("stock", STOCK)
    cell = (
        "from stock import left\n\ndef order():\n    from stock import left as now\n    return left() / (now() - 3)\n"
    )
    notebook.run("orders", cell)
    notebook.run("orders", cell.replace("order", "buy"))
    assert inspect.getsource(notebook.names["buy"]) == cell.replace("order", "buy").partition("\n\n")[2]
    with pytest.raises(ZeroDivisionError) as caught:
        notebook.names["buy"]()
    frame = traceback.extract_tb(caught.tb)[-1]
    assert (Path(frame.filename).name, frame.lineno) == ("orders__r2.py", 6)
    assert frame.line == "return left() / (now() - 3)"


def test_a_cell_that_raises_leaves_everything_as_it_was(notebook: Notebook, folder: Path) -> None:
    notebook.run("stock", STOCK)
    before, names = files(folder), dict(notebook.names)
    for ending in ("raise RuntimeError('no')\n", "import sys\nsys.exit(3)\n", "raise KeyboardInterrupt\n"):
        with pytest.raises((RuntimeError, SystemExit, KeyboardInterrupt)) as caught:
            notebook.run("stock", STOCK.replace("3", "4") + ending)
        assert "stock__r2.py" in str(traceback.extract_tb(caught.tb)[-1].filename)
        assert files(folder) == before
        assert notebook.names == names
        assert "stock__r2" not in sys.modules
        assert importlib.import_module("stock").__name__ == "stock__r1"
        assert notebook.modules.latest("stock") == "stock__r1"
    assert notebook.run("stock", STOCK.replace("3", "5")) == ["stock.py · revision 2 · left"]
    assert notebook.names["left"]() == 5


def test_the_same_number_and_size_within_a_second_never_runs_old_byte_code(notebook: Notebook) -> None:
    for digit in range(8):
        with pytest.raises(LookupError):
            notebook.run("stock", f"raise LookupError({digit})\n")
        notebook.modules._files.discard("stock", 1)
    for digit in range(8):
        notebook.run("stock", f"VALUE = {digit}\n")
        assert notebook.names["VALUE"] == digit
        child = subprocess.run(
            [sys.executable, "-c", "import stock; print(stock.VALUE)"],
            env={**os.environ, "PYTHONPATH": str(notebook.modules.folder), "PYTHONDONTWRITEBYTECODE": ""},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert child.stdout == f"{digit}\n"


def test_names_that_vanish_leave_the_notebook_unless_the_learner_took_them(notebook: Notebook) -> None:
    notebook.run("jobs", "A = 1\nB = object()\nC = object()\n_D = 4\nimport json\nfrom datetime import timedelta\n")
    assert set(notebook.names) == {"A", "B", "C"}
    notebook.names["C"] = "mine"
    notebook.run("jobs", "A = 2\n")
    assert notebook.names == {"A": 2, "C": "mine"}


def test_a_name_that_was_none_and_that_the_learner_deleted_is_no_error(notebook: Notebook) -> None:
    notebook.run("jobs", "LIMIT = None\nfirst = 1")
    del notebook.names["LIMIT"]
    notebook.run("jobs", "first = 2")
    assert notebook.names["first"] == 2


def test_all_decides_what_is_published_and_the_notebooks_own_names_are_safe(notebook: Notebook) -> None:
    notebook.run("jobs", "__all__ = ['_a', 'b']\n_a = 1\nb = 2\nc = 3\n")
    assert notebook.names == {"_a": 1, "b": 2}
    notebook.names["lab"] = "the lab"
    notebook.run("more", "lab = 1\nIn = 2\nfine = 3\n")
    assert notebook.names["lab"] == "the lab"
    assert "In" not in notebook.names
    assert notebook.names["fine"] == 3


def test_what_a_module_imports_from_a_sibling_comes_along_but_never_an_older_one(notebook: Notebook) -> None:
    notebook.run("stock", STOCK)
    notebook.run("orders", "from stock import left\nfrom stock import left as remaining\n")
    assert notebook.names["remaining"] is notebook.names["left"]
    notebook.run("stock", STOCK.replace("3", "9"))
    notebook.run("shop", "from orders import *\nfrom orders import left\nDAY = 1\n")
    assert notebook.names["left"]() == 9
    assert notebook.names["DAY"] == 1


def test_an_import_of_a_module_that_hands_on_old_code_is_said(notebook: Notebook) -> None:
    notebook.run("stock", STOCK)
    notebook.run("orders", ORDERS)
    notebook.run("stock", STOCK.replace("3", "9"))
    said = notebook.run("shop", "from orders import order\nfrom stock import left\n")
    assert said == [
        "shop.py · revision 1 · no public names",
        "orders still uses stock revision 1: run its cell again to give it revision 2.",
    ]


def test_a_circle_is_refused_by_name(notebook: Notebook) -> None:
    notebook.run("a", "X = 1\n")
    notebook.run("b", "from a import X\n")
    notebook.run("a", "from b import X\nY = X\n")  # uses the b that used the first a: no circle, since both are fixed
    assert notebook.names["Y"] == 1


def test_a_circle_between_saved_files_is_refused_by_name(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("# %%module a\nfrom b import X\n")
    (folder / "b.py").write_text("# %%module b\nfrom a import X\n")
    with pytest.raises(CellError, match=r"in a circle \(a imports b imports a\)"):
        Modules(folder).run("a", "from b import X\n", {})


def test_a_saved_sibling_that_is_broken_is_named(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "stock.py").write_text("# %%module stock\ndef left(:\n")
    with pytest.raises(CellError, match="The module stock, which this cell imports, is broken") as caught:
        Modules(folder).run("orders", ORDERS, {})
    assert "run its cell `%%module stock` again" in str(caught.value)
    assert files(folder) == ["stock.py"]


def test_a_second_object_on_the_folder_reuses_and_a_deleted_folder_heals(notebook: Notebook, folder: Path) -> None:
    notebook.run("stock", STOCK)
    again = Modules(folder)
    assert again.latest("stock") == "stock__r1"
    assert again.names() == []
    assert again.saved() == ["stock"]
    assert again.run("stock", STOCK, {}).__name__ == "stock__r1"
    for file in folder.rglob("*.py*"):
        file.unlink()
    notebook.run("orders", ORDERS)
    assert files(folder) == ["orders.py", "orders__r1.py", "stock__r1.py"]
    notebook.run("stock", STOCK)
    assert notebook.names["left"]() == 3
    assert "stock.py" in files(folder)


def test_two_chapters_in_one_process_do_not_get_each_others_modules(tmp_path: Path, folder: Path) -> None:
    one, two = Modules(folder), Modules(tmp_path / "02_chapter")
    first = one.run("stock", "VALUE = 1\n", {})
    second = two.run("stock", "VALUE = 2\n", {})
    assert (first.VALUE, second.VALUE) == (1, 2)
    assert first.__name__ != second.__name__
    assert two.run("orders", "from stock import VALUE\n", {}).VALUE == 2
    assert one.run("orders", "from stock import VALUE\n", {}).VALUE == 1


def test_a_child_process_with_only_the_folder_imports_the_same_revision(notebook: Notebook, folder: Path) -> None:
    notebook.run("stock", STOCK)
    notebook.run("orders", ORDERS)
    name = notebook.modules.latest("orders")
    notebook.run("stock", STOCK.replace("3", "9"))
    child = subprocess.run(
        [sys.executable, "-c", f"import {name} as m, sys; print(m.order(), 'course_lib' in sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert child.stdout == "3 False\n", child.stderr


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_good_and_bad_edits_leaves_whole_modules(notebook: Notebook, folder: Path, seed: int) -> None:
    draw = random.Random(seed)
    imports = {"a": "", "b": "from a import A\n", "c": "from b import B\nfrom a import A\n"}
    value = {"a": "({n},)", "b": "({n}, A)", "c": "({n}, A, B)"}
    endings = ["", "", "raise ValueError\n", "x = (\n", "x = missing\n"]
    expected: dict[str, object] = {}
    for n in range(40):
        name, ending = draw.choice("abc"), draw.choice(endings)
        upper, before = name.upper(), dict(notebook.names)
        source = f"{imports[name]}{upper} = {value[name].format(n=n)}\n{ending}DONE_{name} = True\n"
        missing = any(needed not in expected for needed in {"a": "", "b": "A", "c": "AB"}[name])
        if ending or missing:
            with pytest.raises((CellError, ValueError)):
                notebook.run(name, source)
            assert notebook.names == before
        else:
            notebook.run(name, source)
            fresh = {"a": (n,), "b": (n, expected.get("A")), "c": (n, expected.get("A"), expected.get("B"))}
            expected[upper] = fresh[name]
        assert {word: notebook.names.get(word) for word in expected} == expected
        for module in [m for key, m in sys.modules.items() if key.partition("__r")[0] in ("a", "b", "c")]:
            assert vars(module).get(f"DONE_{module.__name__[0]}") is True
            assert module.__file__ is not None
            assert Path(module.__file__).exists()


def test_processes_that_save_at_the_same_time_never_share_a_revision(folder: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom course_lib.cells import Modules\n"
        "modules = Modules(Path(sys.argv[1]))\n"
        "for n in range(15):\n"
        "    module = modules.run('jobs', f'WHO = {sys.argv[2]!r}, {n}\\n', {})\n"
        "    assert module.WHO == (sys.argv[2], n), module.WHO\n"
        "    print(module.__name__)\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(folder), who], stdout=subprocess.PIPE, text=True)
        for who in ("ada", "bob", "cyd")
    ]
    revisions = [child.communicate(timeout=60)[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    flat = [name for names in revisions for name in names]
    assert sorted(flat) == sorted(f"jobs__r{n}" for n in range(1, 46))


def test_where_a_thing_comes_from(notebook: Notebook, folder: Path) -> None:
    notebook.run("jobs", "class Job:\n    def run(self): ...\n")
    job = notebook.names["Job"]
    info = notebook.modules.of(job)
    assert info is not None
    assert (info.name, info.revision, info.path, info.module) == ("jobs", 1, folder / "jobs__r1.py", "jobs__r1")
    assert notebook.modules.of(job.run) == notebook.modules.of(job()) == info
    assert notebook.modules.of(Path) is None
    assert notebook.modules.of(3) is None
    assert notebook.modules.source("jobs").startswith("class Job:")


def test_a_module_that_is_not_there_is_asked_for(notebook: Notebook) -> None:
    notebook.run("stock", STOCK)
    with pytest.raises(CourseError) as caught:
        notebook.modules.latest("orders")
    assert str(caught.value) == (
        "There is no module “orders” in this chapter yet.\n"
        "Do this: run the cell that begins with `%%module orders`; the chapter has: stock."
    )


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    path = list(sys.path)
    with pytest.raises(CourseError, match="it cannot be saved") as caught:
        Modules(blocked / "01").run("stock", STOCK, {})
    sys.path[:] = path
    assert "COURSE_WORKSPACE" in str(caught.value)


def test_a_name_that_a_new_revision_lost_is_said(notebook: Notebook) -> None:
    notebook.run("greetings", "class Greeting: ...\nWORD = 1\n")
    said = notebook.run("greetings", "class Greeter: ...\nWORD = 1\n")
    assert said[1:] == ["Greeting is gone: this revision of greetings does not define it any more."]
    assert notebook.run("greetings", "class Greeter: ...\nWORD = 1\n") == [
        "greetings.py · revision 2 (unchanged) · Greeter, WORD"
    ]
