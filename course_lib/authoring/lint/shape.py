"""The shape of a chapter: how long, how dense, and that nothing of the dance is missing.

Source of every number: the "Shape" part of the course's chapter format.
"""

import ast
import re
from collections.abc import Iterator

from course_lib.authoring import notebook as nb
from course_lib.authoring.build import Chapter
from course_lib.authoring.lint.exercises import statements
from course_lib.authoring.lint.problem import Problem
from course_lib.authoring.notebook import Cell
from course_lib.authoring.parsing import parse
from course_lib.grading.sources import edition_of, module_name

CELLS = (25, 45)
CODE_LINES = 25
WORDS = 90
RATIO = (1.2, 2.0)
FIRST_RESULT = 3
PREDICTIONS = (2, 4)
# A learner's pace, for "the minutes are plausible": reading speed of technical prose, then run and look.
WORDS_PER_MINUTE, MINUTES_PER_RUN, MINUTES_PER_QUIZ = 150, 0.5, 4.0
PLAUSIBLE = (0.6, 1.7)

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
EXERCISE_CELL = re.compile(r"(?:ex|check)-(\d+-\d+)(?:-|$)")
SHOWING = ("print", "display")


def words(markdown: str) -> int:
    """Count the words that a learner reads: no fences, tags, link targets or punctuation."""
    text = FENCE.sub(" ", markdown)
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"\]\([^)]*\)", "] ", text)
    return len(re.findall(r"[^\W_][\w'’.-]*", text))


def code_lines(source: str) -> int:
    """Count the lines that a learner reads: not the blank ones, which the formatter asks for, nor ``%%module``.

    A workflow that takes messages has four short methods, so that a fifth of its cell is blank.
    """
    return sum(bool(line.strip()) and not line.startswith("%%") for line in source.splitlines())


def check(chapter: Chapter) -> Iterator[Problem]:
    """Yield what is wrong with a chapter's shape, measured on the learner's edition."""
    file = f"solutions/{chapter.path.name}"
    cells = [cell for cell in chapter.learner.cells if not nb.is_nav(cell)]
    # An exercise is one thing to do, however many cells its text, its code and its check have: a chapter of seven
    # small ones would otherwise have no room left for its text.
    told = [cell for cell in cells if not EXERCISE_CELL.match(cell.id)]
    code = [cell for cell in told if cell.cell_type == "code"]
    prose = [cell for cell in told if cell.cell_type == "markdown"]

    count = len(told) + len({found[1] for cell in cells if (found := EXERCISE_CELL.match(cell.id))})
    if not CELLS[0] <= count <= CELLS[1]:
        message = f"{count} cells, an exercise counted as one; a chapter has {CELLS[0]} to {CELLS[1]}"
        yield Problem(file, "", "cells", message)
    ratio = len(prose) / max(len(code), 1)
    if not RATIO[0] <= ratio <= RATIO[1]:
        yield Problem(
            file,
            "",
            "ratio",
            f"{len(prose)} text and {len(code)} code cells beside the exercises ({ratio:.2f}); "
            f"keep {RATIO[0]} to {RATIO[1]}",
        )
    for edition in (chapter.learner, chapter.author):
        for cell in edition.cells:
            yield from _long(file, cell, edition is chapter.learner)
    if not any(_shows(cell) for cell in code[:FIRST_RESULT]):
        yield Problem(file, "", "first-result", f"none of the first {FIRST_RESULT} code cells shows a result")

    predictions = sum("lab.predict(" in cell.source for cell in code)
    if not PREDICTIONS[0] <= predictions <= PREDICTIONS[1]:
        yield Problem(file, "", "predict", f"{predictions} predict cells; keep {PREDICTIONS[0]} to {PREDICTIONS[1]}")
    for what, rule in (("lab.quiz(", "quiz"), ("lab.export(", "export")):
        if not any(what in cell.source for cell in code):
            yield Problem(file, "", rule, f"no cell calls {what}…)")
    if not any(re.search(r"^#+ .*\brecap\b", cell.source, re.IGNORECASE | re.MULTILINE) for cell in prose):
        yield Problem(file, "", "recap", "no heading says Recap")
    for what, said in (("title", chapter.course.title), ("promise", chapter.course.promise)):
        if not said:
            yield Problem(file, "", "head", f"the first text has no {what}: `# …`, **After this chapter you can** …")
    yield from _minutes(file, chapter, cells)


def _long(file: str, cell: Cell, learner: bool) -> Iterator[Problem]:
    if cell.cell_type == "code":
        source = cell.source if learner else edition_of(cell.source, "solution", cell.id)
        lines = code_lines(source)
        if lines > CODE_LINES and (learner or "exercise" in nb.tags(cell)):
            edition = "" if learner else " when solved"
            yield Problem(file, cell.id, "long-code", f"{lines} lines{edition}; at most {CODE_LINES}")
    elif learner and (count := words(cell.source)) > WORDS:
        yield Problem(file, cell.id, "long-text", f"{count} words; at most {WORDS}")


def _shows(cell: Cell) -> bool:
    """Tell whether a cell shows something: it ends in an expression that has a value, prints or displays."""
    if module_name(cell.source):
        return False
    try:
        tree = parse(cell.source)
    except SyntaxError:
        return False
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    last = tree.body[-1] if tree.body else None
    return bool(calls & set(SHOWING)) or (isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant))


def _minutes(file: str, chapter: Chapter, cells: list[Cell]) -> Iterator[Problem]:
    told = chapter.course.minutes
    exercises = sum(statement.heading.minutes for statement in statements(chapter).values())
    reading = sum(words(cell.source) for cell in cells if cell.cell_type == "markdown") / WORDS_PER_MINUTE
    running = MINUTES_PER_RUN * sum(cell.cell_type == "code" for cell in cells)
    quizzes = MINUTES_PER_QUIZ * sum("lab.quiz(" in cell.source for cell in cells if cell.cell_type == "code")
    estimate = exercises + reading + running + quizzes
    if not PLAUSIBLE[0] * estimate <= told <= PLAUSIBLE[1] * estimate:
        yield Problem(
            file,
            "",
            "minutes",
            f"the first text says {told} minutes; exercises {exercises:.0f} + reading {reading:.0f} "
            f"+ running {running:.0f} + quiz {quizzes:.0f} = {estimate:.0f}",
        )
