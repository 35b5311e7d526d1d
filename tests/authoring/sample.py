"""A small course of two chapters, made in a folder of the test: the chapters of the course itself change too often."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat

EXERCISE = """\
%%module orders
from datetime import timedelta

from temporalio import workflow


@workflow.defn
class OrderWorkflow:
    @workflow.run
    async def run(self, order_id: str) -> str:
        ### BEGIN SOLUTION
        await workflow.sleep(timedelta(milliseconds=1))
        return f"{order_id} is done"
        ### END SOLUTION
        ### STUB: # Edit the line below.
        ### STUB: return ""
"""

STATEMENT = """\
## Exercise 1.1 Finish the order

**Input** an order id. **Goal** wait, then say that it is done. **Example** `"A1"` gives `"A1 is done"`.

5 minutes · difficulty ★
"""

HINTS = """\
**Hint 1** What waits?

**Hint 2** A timer.

**Why** It waits.
"""


PLAN = """\
**Instructor: plan** For those who teach.

| Minutes | Section | Show |
|---:|---|---|
| 5 | A first look | the greeting |
| 10 | 1.1, quiz | |
"""

HEAD = """\
# Workflows

**After this chapter you can** write one.

**Time** 15 minutes.

Next: [two](02_next.ipynb)."""


def text(source: str, *tags: str, id: str | None = None) -> Any:
    return _cell(nbformat.v4.new_markdown_cell(source), tags, id)


def code(source: str, *tags: str, id: str | None = None) -> Any:
    return _cell(nbformat.v4.new_code_cell(source), tags, id)


def _cell(cell: Any, tags: tuple[str, ...], id: str | None) -> Any:
    if tags:
        cell.metadata["tags"] = list(tags)
    if id:
        cell["id"] = id
    return cell


def sample_cells() -> list[Any]:
    """Return the cells of a chapter that breaks no rule of the format."""
    cells = [
        text(HEAD),
        text(PLAN, "instructor"),
        code("greeting = 'hello'\ngreeting".replace("'", '"')),
        text("## A first look\n\nThe greeting is above."),
        code('lab.predict("1.a")'),
        text("Predict first, then run."),
        code('lab.predict("1.b")'),
    ]
    for number in range(9):
        cells += [text(f"## Step {number}\n\nSay, run, look."), text("What you see is from your own run.")]
        if number % 2 == 0 or number == 1:
            cells.append(code(f"{number} + 1"))
    cells += [
        text(STATEMENT, id="ex-1-1-task"),
        code(EXERCISE.rstrip("\n"), "exercise"),
        text(HINTS, "hints"),
        code('await lab.check("1.1", OrderWorkflow)'),
        text("**Instructor: 1.1** They forget to wait. What waits?", "instructor"),
        text("**Instructor: discussion** What comes next?", "instructor"),
        text("## Quiz"),
        code('lab.quiz("1")'),
        text("## Recap\n\nFive lines."),
        code('lab.export("order-service")'),
    ]
    return [code("class Lab: ...\n\n\nlab = Lab()", id="open"), *cells]


def notebook(cells: list[Any], chapter: str = "01_workflows", **course: Any) -> Any:
    made = nbformat.v4.new_notebook(cells=cells)
    number = int(chapter[:2])
    needs = ["01_workflows"] if number > 1 else []
    made.metadata["course"] = {"needs": needs} | course
    return made


def write_course(root: Path, cells: list[Any] | None = None, **course: Any) -> Path:
    """Write a course of two chapters into a folder; the cells are the first chapter's."""
    (root / "solutions").mkdir(parents=True)
    first = notebook(sample_cells() if cells is None else cells, **course)
    nbformat.write(first, root / "solutions" / "01_workflows.ipynb")
    second = notebook([text(HEAD.replace("Workflows", "Next"))], "02_next")
    nbformat.write(second, root / "solutions" / "02_next.ipynb")
    return root


def content(chapter_id: str) -> Any:
    """Return what the grading room would declare for the sample's chapters."""
    exercise = SimpleNamespace(id="1.1")
    return SimpleNamespace(exercises=(exercise,) if chapter_id == "01_workflows" else ())


def on_disk(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
