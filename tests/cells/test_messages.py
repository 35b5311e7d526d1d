"""What a beginner reads when a cell cannot run: exact, with the line and the fix."""

import datetime
import sys
from pathlib import Path

import pytest

from course_lib.cells import CellError, CellSource, Modules
from course_lib.cells.undefined import undefined_names
from tests.cells.conftest import Notebook


def refused(notebook: Notebook, source: str, name: str = "orders") -> str:
    with pytest.raises(CellError) as caught:
        notebook.run(name, source)
    assert not list(notebook.modules.folder.glob(f"{name}*.py")), "nothing may be saved or run"
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "line", "fix"),
    [
        ("@workflow.defn\nclass W: ...\n", 2, "add at the top: from temporalio import workflow"),
        ("@activity.defn\ndef pay(): ...\n", 2, "add at the top: from temporalio import activity"),
        ("\nX = timedelta(seconds=1)\n", 3, "add at the top: from datetime import timedelta"),
        ("@dataclass\nclass O: ...\n", 2, "add at the top: from dataclasses import dataclass"),
        ("P = RetryPolicy()\n", 2, "add at the top: from temporalio.common import RetryPolicy"),
        (
            "def f():\n    raise ApplicationError('x')\n",
            3,
            "add at the top: from temporalio.exceptions import ApplicationError",
        ),
        ("async def f():\n    await asyncio.sleep(1)\n", 3, "add at the top: import asyncio"),
        ("X = Order()\nclass Order: ...\n", 2, "move `Order` above this line"),
        ("def f(o: 'Orde'): ...\nclass Order: ...\n", 2, "did you mean `Order`?"),
        ("display(1)\n", 2, "leave it out, or use `print`"),
        ("def f():\n    prnt(1)\n", 3, "did you mean `print`?"),
        ("class A:\n    def f(self):\n        return [q for _ in range(3)]\n", 4, "define it in this cell"),
        ("X = (breaks, 25)\n", 2, "put a text in quotes"),
        ("X = Flase\n", 2, "did you mean `False`?"),
        ("__all__ = ['gone']\n", 2, "define it, or take it out"),
        ("n = 1\ndef f():\n    print(n)\n    n = 2\n", 4, "give the variable in the function another name"),
    ],
)
def test_an_undefined_name_has_its_line_and_its_fix(source: str, line: int, fix: str) -> None:
    problems = undefined_names(CellSource.of("cell", source), {}, {}, {})
    assert [problem.line for problem in problems] == [line]
    assert fix in problems[0].fix


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations\ndef f(o: Order): ...\nclass Order: ...\n",
        "def f():\n    return g()\ndef g(): ...\n",
        "class A:\n    x = 1\n    y = x\n    def f(self): return __class__\n",
        "try:\n    Never\nexcept NameError:\n    pass\n",
        "print(__name__, __file__, __doc__)\n",
        "def f():\n    global n\n    n = 1\ndef g(): return n\n",
        "from os.path import *\nprint(join('a'))\n",
        "from typing import TypeVar\nT = TypeVar('T')\ndef f(x: T) -> 'list[T]': ...\n",
        "match [1]:\n    case [first, *rest]:\n        print(first, rest)\n",
        "if (n := 3) > 2:\n    print(n)\n",
        "for i in range(2): pass\nprint(i, [j for j in 'ab'])\n",
    ],
)
def test_a_defined_name_is_never_reported(source: str) -> None:
    assert undefined_names(CellSource.of("cell", source), {}, {}, {}) == []


def test_a_name_of_the_notebook_is_named_with_its_import(notebook: Notebook) -> None:
    import pandas
    from temporalio.worker import Replayer

    notebook.run("payments", "class Card: ...\ndef charge(): ...\n")
    here = type("Here", (), {"__module__": "__main__"})
    notebook.names.update(
        pd=pandas, Frame=pandas.DataFrame, dt=datetime, R=Replayer, budget=3, Here=here, path=sys.path
    )
    text = refused(
        notebook,
        "print(\n    pd,\n    Frame,\n    dt,\n    R,\n    budget,\n    Here,\n    charge,\n    payments,\n)\n",
    )
    told = [line.strip() for line in text.splitlines() if "→" in line]
    unseen = (
        "→ the notebook has it, but a module does not see the notebook's names: "
        "define it in this cell, or in a `%%module` cell and import it from there"
    )
    assert told == [
        "→ add at the top: import pandas as pd",
        "→ add at the top: from pandas import DataFrame as Frame",
        "→ add at the top: import datetime as dt",
        "→ add at the top: from temporalio.worker import Replayer as R",
        unseen,
        unseen,
        "→ add at the top: from payments import charge",
        "→ add at the top: import payments",
    ]
    assert text.startswith("orders.py was not run: 8 things are to be fixed first.\nline 3: `pd` is not defined")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("timedelta", "from datetime import timedelta"),
        ("datetime", "from datetime import datetime"),
        ("RetryPolicy", "from temporalio.common import RetryPolicy"),
        ("ApplicationError", "from temporalio.exceptions import ApplicationError"),
        ("ActivityError", "from temporalio.exceptions import ActivityError"),
        ("dataclass", "from dataclasses import dataclass"),
        ("workflow", "from temporalio import workflow"),
        ("activity", "from temporalio import activity"),
        ("ShopClient", "from course_lib.shop.client import ShopClient"),
        ("asyncio", "import asyncio"),
        # The sibling's own, though it has the name of something common, and what it has from nobody knows where.
        ("date", "from checkout import date"),
        ("pay", "from checkout import pay"),
        ("whatever", "from checkout import whatever"),
    ],
)
def test_a_forgotten_import_is_looked_for_where_the_name_comes_from(notebook: Notebook, name: str, line: str) -> None:
    imports = (
        "import asyncio\nfrom dataclasses import dataclass\nfrom datetime import datetime, timedelta\n"
        "from temporalio import activity, workflow\nfrom temporalio.common import RetryPolicy\n"
        "from temporalio.exceptions import ActivityError, ApplicationError\n"
        "from course_lib.shop import ShopClient\nfrom string import digits as whatever\n"
    )
    notebook.run("checkout", f"{imports}def pay(): ...\ndef date(): ...\n")
    assert f"→ add at the top: {line}\n" in refused(notebook, f"print({name})\n") + "\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = (1,\n", "line 2: '(' was never closed\n    x = (1,"),
        ("def f():\nreturn 1\n", "→ check the spaces at the start of this line"),
        ("\nawait go()\n", "line 3: 'await' outside function\n    await go()\n    → a module is a plain Python file"),
        ("def f():\n    await g()\n", "→ write `async def` instead of `def`"),
        ("%time x = 1\n", "→ `%`, `!` and `?` commands work only in the notebook"),
        ("x = 1\n!ls\n", "line 3: invalid syntax\n    !ls\n    → `%`, `!` and `?` commands"),
        ("return 1\n", "line 2: 'return' outside function"),
        ("x = 1\0\n", "null bytes"),
    ],
)
def test_invalid_python_has_its_line(notebook: Notebook, source: str, expected: str) -> None:
    text = refused(notebook, source)
    assert text.startswith("orders.py was not run: it is not valid Python.\n")
    assert expected in text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "from payments import chrge\n",
            "line 2: payments has no `chrge`\n    from payments import chrge\n    → did you mean `charge`?",
        ),
        ("from payments import zzz\n", "→ payments has: charge, refund"),
        ("import orders\n", "line 2: orders imports itself"),
        ("from .payments import charge\n", "→ write: from payments import charge"),
        ("import payments.cards\n", "payments is a module and has no parts"),
        ("import paymnts\n", "→ did you mean `payments`?"),
        ("\nfrom warehouse import reserve\n", "line 3: there is no module named warehouse"),
        ("from warehouse import x\n", "run its cell `%%module warehouse` first"),
        ("import asyncio\nasyncio.run(None)\n", "line 3: a module must not call `asyncio.run` when it is imported"),
    ],
)
def test_an_import_that_cannot_work_has_its_line_and_its_fix(notebook: Notebook, source: str, expected: str) -> None:
    notebook.run("payments", "def charge(): ...\ndef refund(): ...\n")
    assert expected in refused(notebook, source)


def test_imports_that_may_fail_are_left_alone(notebook: Notebook) -> None:
    notebook.run(
        "orders", "try:\n    import warehouse\nexcept ImportError:\n    warehouse = None\ndef f():\n    import later\n"
    )
    assert notebook.names["warehouse"] is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "`%%module` needs the name of the module."),
        ("json", "it would hide Python's own module json"),
        ("temporalio", "it would hide the installed package temporalio"),
        ("filelock", "it would hide the installed package filelock"),
        ("course_lib", "it would hide the installed package course_lib"),
        ("class", "this is a word of the Python language"),
        ("my orders", "write `%%module my_orders`"),
        ("my-orders", "write `%%module my_orders`"),
        ("orders.py", "write `%%module orders`"),
        ("orders__r1", "the course itself uses such names"),
        ("../evil", "this is not a Python name"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(notebook: Notebook, name: str, expected: str) -> None:
    with pytest.raises(CellError) as caught:
        notebook.run(name, "X = 1\n")
    assert expected in str(caught.value)
    assert not notebook.modules.folder.exists()


def test_a_file_of_that_name_in_the_way_is_named(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "orders.py").write_text("X = 1\n")
    sys.path.insert(0, str(tmp_path))
    with pytest.raises(CellError, match=r"it would hide the file .*orders\.py"):
        Modules(folder).run("orders", "X = 1\n", {})
