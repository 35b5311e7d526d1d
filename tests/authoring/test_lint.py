"""Each rule of the chapter format turns down what breaks it, and a good chapter breaks none."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from course_lib.authoring import build
from course_lib.authoring.lint import lint, ruffing
from course_lib.authoring.lint.shape import words

from .sample import EXERCISE, code, content, sample_cells, text, write_course

FIRST = "solutions/01_workflows.ipynb"


def rules(root: Path, content_of: Any = content, *, with_ruff: bool = False) -> set[str]:
    build.write(build.differences(root), root)
    return {problem.rule for problem in lint(root, content_of=content_of, with_ruff=with_ruff) if problem.file == FIRST}


def test_a_good_chapter_has_no_problems(course: Path) -> None:
    build.write(build.differences(course), course)
    assert [str(problem) for problem in lint(course, content_of=content) if problem.file == FIRST] == []


def without(needle: str) -> Callable[[list[Any]], list[Any]]:
    return lambda cells: [cell for cell in cells if needle not in cell.source]


def with_extra(*extra: Any) -> Callable[[list[Any]], list[Any]]:
    # Before the exercise, so that the new cells belong to no exercise.
    return lambda cells: [*cells[:10], *extra, *cells[10:]]


def replaced(old: str, new: str) -> Callable[[list[Any]], list[Any]]:
    def change(cells: list[Any]) -> list[Any]:
        assert any(old in cell.source for cell in cells)
        for cell in cells:
            cell.source = cell.source.replace(old, new)
        return cells

    return change


def quiet_start(cells: list[Any]) -> list[Any]:
    for cell in cells[1:8]:
        if cell.cell_type == "code":
            cell.source = "x = 1\nx = 2"
    return cells


def named(cells: list[Any]) -> list[Any]:
    next(cell for cell in cells if "exercise" in cell.metadata.get("tags", []))["id"] = "ex-1-1"
    return cells


def untagged(cells: list[Any]) -> list[Any]:
    for cell in cells:
        if "**Instructor: discussion**" in cell.source:
            cell.metadata["tags"] = []
    return cells


CALLOUT = '<div style="border-left:4px solid #27a; background:{}{}">\n\n**{}** Read it.\n\n</div>'


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda cells: cells[:4], "cells"),
        (with_extra(*[text("more") for _ in range(12)]), "cells"),
        (with_extra(*[code("1 + 1") for _ in range(8)]), "ratio"),
        (with_extra(text("word " * 91)), "long-text"),
        (with_extra(text("A failed try is tried again.")), "word"),
        (with_extra(text("Mend the line.")), "word"),
        (with_extra(code("\n".join(f"x{n} = {n}" for n in range(26)))), "long-code"),
        (with_extra(code("\n\n".join(f"x{n} = {n}" for n in range(26)))), "long-code"),
        (quiet_start, "first-result"),
        (without('predict("1.b")'), "predict"),
        (with_extra(*[code(f'lab.predict("1.{c}")') for c in "cde"]), "predict"),
        (without("lab.quiz("), "quiz"),
        (without("lab.export("), "export"),
        (without("Recap"), "recap"),
        (replaced("15 minutes.", "45 minutes."), "minutes"),
        (replaced("**Input**", ""), "exercise-text"),
        (replaced("5 minutes · ", ""), "exercise-text"),
        (replaced("difficulty ★", ""), "exercise-text"),
        (replaced("difficulty ★", "difficulty ★★★★"), "exercise-text"),
        (replaced("## Exercise 1.1", "## The exercise"), "exercise-text"),
        (replaced("# Workflows\n", ""), "head"),
        (replaced("**After this chapter you can**", "You can"), "head"),
        (without("lab.check("), "exercise-id"),
        (lambda cells: [c for c in named(cells) if "lab.check(" not in c.source], "check"),
        (without("**Hint 1**"), "hints"),
        (without("**Why**"), "why"),
        (replaced("A timer.", ""), "hints"),
        (replaced("A timer.", "What waits?"), "hints"),
        (replaced("What waits?", "It waits."), "hints"),
        (replaced("**Why** It waits.", "**Why** "), "why"),
        (without("**Instructor: plan**"), "instructor"),
        (without("**Instructor: discussion**"), "instructor"),
        (without("**Instructor: 1.1**"), "instructor"),
        (with_extra(text("**Instructor: plan**\n\n| 15 | all |", "instructor")), "instructor"),
        (with_extra(text("**Instructor: 1.2** They sleep.", "instructor")), "instructor"),
        (with_extra(text("My own note.", "instructor")), ""),
        (replaced("| 10 |", "| 9 |"), "instructor"),
        (untagged, "instructor"),
        (replaced("### BEGIN SOLUTION\n", ""), None),
        (replaced("02_next.ipynb", "03_missing.ipynb"), "link"),
        (with_extra(text("[up](#No-such-heading)")), "link"),
        (with_extra(text("[up](#A-first-look)")), ""),
        (with_extra(text("![](../README.md)")), "alt-text"),
        (with_extra(text("> [!NOTE]\n> Read it.")), "callout"),
        (with_extra(text(CALLOUT.format("#eef", "", "Note"))), "callout"),
        (with_extra(text(CALLOUT.format("rgba(0,0,0,.1)", "; color:#333", "Note"))), "callout"),
        (with_extra(text(CALLOUT.format("rgba(0,0,0,.1)", "", "Danger"))), "callout"),
        (with_extra(text(CALLOUT.format("rgba(0,0,0,.1)", "; color:var(--jp-ui-font-color1)", "Try it"))), ""),
        (with_extra(text("```mermaid\nflowchart LR\n a --> b\n```")), "text-twin"),
        (with_extra(code("import time\n\ntime.sleep(1)")), "sleep"),
        (with_extra(code("import time\n\ntime.sleep(1)", "pitfall")), ""),
        (replaced("@workflow.defn", "@workflow.defn(sandboxed=False)"), "sandbox"),
        (with_extra(code("x = = 1")), "syntax"),
        (with_extra(code("undefined_name")), "ruff F821"),
        (replaced("workflow.sleep(", "workflow.sleep(undefined, "), "ruff F821"),
        (replaced("from temporalio import workflow", "import os\n\nfrom temporalio import workflow"), "ruff F401"),
        (replaced("timedelta(milliseconds=1)", "timedelta(milliseconds = 1)"), "ruff format"),
    ],
)
def test_a_broken_rule_is_reported(tmp_path: Path, change: Callable[[list[Any]], list[Any]], rule: str | None) -> None:
    cells = change(sample_cells())
    if rule is None:  # a marker without its partner: the build itself refuses
        with pytest.raises(build.CourseError):
            build.chapters(write_course(tmp_path, cells))
        return
    found = rules(write_course(tmp_path, cells), with_ruff=rule.startswith("ruff"))
    assert (rule in found) if rule else (found == set()), found


def test_ruff_reports_the_line_of_the_cell(tmp_path: Path) -> None:
    root = write_course(tmp_path, replaced("return f", "return undefined + f")(sample_cells()))
    (found,) = [p for p in lint(root, content_of=content) if p.rule == "ruff F821"]
    line = EXERCISE.splitlines().index('        return f"{order_id} is done"') + 1
    assert (found.file, found.cell, found.line) == (FIRST, "ex-1-1", line)


def test_names_of_a_module_cell_are_known_to_the_cells_below(tmp_path: Path) -> None:
    """Ruff alone skips a `%%module` cell and then calls its names undefined."""
    assert "ruff F821" not in rules(write_course(tmp_path), with_ruff=True)


def test_a_minute_budget_far_from_the_content(tmp_path: Path) -> None:
    cells = replaced("15 minutes.", "90 minutes.")(sample_cells())
    assert "minutes" in rules(write_course(tmp_path, cells))


def test_outputs_on_disk_are_reported(course: Path) -> None:
    build.write(build.differences(course), course)
    path = course / "notebooks/01_workflows.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"execution_count": null', '"execution_count": 1', 1))
    assert [p.rule for p in lint(course, content_of=content) if p.file == "notebooks/01_workflows.ipynb"] == ["outputs"]


def test_words_in_code_are_let_through(tmp_path: Path) -> None:
    extra = text("`tries` holds a workflow's `workflow id`.\n\n```python\ntry: mend()\n```")
    assert rules(write_course(tmp_path, with_extra(extra)(sample_cells()))) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": "1.2"}, "declared"),
    ],
)
def test_the_declaration_agrees_with_the_text(course: Path, change: dict[str, Any], rule: str) -> None:
    def changed(chapter_id: str) -> Any:
        return SimpleNamespace(exercises=[SimpleNamespace(**(vars(e) | change)) for e in content(chapter_id).exercises])

    assert rule in rules(course, changed)


def test_a_declaration_that_does_not_load_is_one_problem(course: Path) -> None:
    def broken(chapter_id: str) -> Any:
        raise ImportError("checks.py is unfinished")

    assert "declared" in rules(course, broken)


def test_words_are_what_a_reader_reads() -> None:
    assert (
        words("# Two words\n\n```mermaid\na --> b\n```\n<b>and</b> [a link](https://example.org/x) `x.y` — don't") == 7
    )


def test_formatting_repairs_what_the_lint_reports(tmp_path: Path) -> None:
    cells = replaced("timedelta(milliseconds=1)", "timedelta(milliseconds = 1)")(sample_cells())
    cells = replaced('"hello"', "'hello'")(cells)
    root = write_course(tmp_path, cells)
    assert "ruff format" in rules(root, with_ruff=True)
    assert ruffing.format_modules(root) == ["01_workflows.ipynb ex-1-1"]
    assert "ruff format" not in rules(root, with_ruff=True)
    text = (root / "solutions/01_workflows.ipynb").read_text(encoding="utf-8")
    assert 'greeting = \\"hello\\"' in text
    assert ruffing.format_modules(root) == []
