"""CONTRIBUTING's own example, exercise 0.2, carried out to the letter in a copy of the checkout."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from course_lib.paths import root

from .sample import on_disk


def run(folder: Path, *command: str) -> str:
    """Run one of the copy's own commands and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which somebody has done what CONTRIBUTING says, and built it."""
    copy = tmp_path_factory.mktemp("contributing") / "course"
    for name in ("course_lib", "notebooks", "solutions", "tests"):
        shutil.copytree(root() / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md", "conftest.py"):
        shutil.copy(root() / name, copy)
    shutil.copytree(root() / "tools", copy / "tools")

    told = (root() / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = told.partition("### … add an exercise")[2].partition("\n### … add a chapter")[0]
    task, solution, hints, teach, checks, answers = (
        textwrap.dedent(block) for block in re.findall(r"^   ```\w+\n(.*?)^   ```$", told, re.DOTALL | re.MULTILINE)
    )
    call = re.search(r'`(await lab\.check\("0\.2", \w+\))`', told)
    assert call is not None
    cells = [
        {"cell_type": "markdown", "id": "ex-0-2-task", "metadata": {}, "source": task},
        {"cell_type": "code", "id": "ex-0-2", "metadata": {"tags": ["exercise"]}, "source": solution},
        {"cell_type": "markdown", "id": "ex-0-2-hints", "metadata": {"tags": ["hints"]}, "source": hints},
        {"cell_type": "markdown", "id": "check-0-2-say", "metadata": {}, "source": "The check reads the history."},
        {"cell_type": "code", "id": "check-0-2", "metadata": {"tags": ["check"]}, "source": call[1]},
        {"cell_type": "markdown", "id": "teach-0-2", "metadata": {"tags": ["instructor"]}, "source": teach},
    ]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    path = copy / "solutions" / "00_start_here.ipynb"
    notebook = on_disk(path)
    place = [cell["id"] for cell in notebook["cells"]].index("check-0-1")
    notebook["cells"][place + 1 : place + 1] = cells
    path.write_text(json.dumps(notebook), encoding="utf-8")
    for folder, text in (("course_lib/grading/chapters", checks), ("tests/grading/answers", answers)):
        name = f"{folder}/ch00/ex_0_2.py"
        assert f"`{name}`" in told
        (copy / name).write_text(text, encoding="utf-8")
    assert "content lint: 0 problems" in run(copy, "course_lib", "build")
    return copy


def test_the_example_builds_and_is_announced(checkout: Path) -> None:
    learners = on_disk(checkout / "notebooks" / "00_start_here.ipynb")
    cells = {cell["id"]: "".join(cell["source"]) for cell in learners["cells"]}
    assert 'return f"Goodbye, {name}."' in cells["ex-0-2"]
    assert "Come back soon" not in cells["ex-0-2"]
    assert "ex-0-2-hints" not in cells
    assert run(checkout, "ruff", "check", "--no-cache", "course_lib", "tests/grading/answers") == "All checks passed!\n"
    asked = (
        "from course_lib.grading import exercise as e; x = e('0.2'); "
        "print(x.title, x.minutes, x.stars, x.hints[2]); print(*x.hints[:2], x.why, sep='\\n')"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=checkout, env=os.environ | {"PYTHONPATH": str(checkout)},
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    found, _, words = told.partition("\n```\n")
    assert found == 'Say goodbye 2 1 ```python\nreturn f"Come back soon, {name}!"'
    assert words.splitlines() == [
        "Which line of the class decides what the workflow returns?",
        "It is the f-string in the `return` line. Keep `{name}` in it: it is filled in for each customer.",
        "A workflow's result is what `run` returns. It stands in the last event of the history.",
    ]


@pytest.mark.slow
def test_the_example_is_proven(checkout: Path) -> None:
    pytest_ = ("pytest", "-p", "no:nbval", "-p", "no:cacheprovider", "-q", "tests/grading")
    # The solution, the stub, three wrong answers and three right ones.
    assert run(checkout, *pytest_, "-m", "proof", "-k", "0.2").splitlines()[-1].startswith("8 passed")
    assert run(checkout, *pytest_, "-k", "0.2 and joined").splitlines()[-1].startswith("1 passed")
    claims = run(checkout, *pytest_[:-1], "tests/grading/test_claims.py", "-k", "0.2")
    assert claims.splitlines()[-1].startswith("4 passed")
