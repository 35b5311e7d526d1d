"""The words of the style page, in everything that the library says: verdicts, errors, widgets, commands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import course_lib
from course_lib.authoring.lint import words

ROOM = Path(course_lib.__file__).parent
FILES = [path for path in ROOM.rglob("*.py") if path != Path(words.__file__)]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a Python file, with their lines, but for its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    quiet = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            yield node.lineno, node.value


def wrong(text: str) -> list[str]:
    """Return the words of a text that the style page has others for."""
    return [found[0] for pattern, _ in words.WORDS for found in re.finditer(pattern, text, re.IGNORECASE)]


def test_the_library_speaks_as_the_style_page_says() -> None:
    found = [
        f"{path.relative_to(ROOM)}:{line}: {word}"
        for path in FILES
        for line, text in texts(path)
        if " " in text
        for word in wrong(text)
    ]
    assert found == []


def test_the_widgets_scripts_do_too() -> None:
    scripts = list(ROOM.rglob("*.js"))
    strings = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
    found = [
        f"{path.name}: {word}"
        for path in scripts
        for text in strings.findall(path.read_text("utf-8"))
        for word in wrong(text)
    ]
    assert scripts
    assert found == []


@pytest.mark.parametrize(
    "text", ["a failed try", "it is tried again", "mend it", "the workflow id", "behind the pivot"]
)
def test_each_of_these_is_found(text: str) -> None:
    assert wrong(text)


@pytest.mark.parametrize("text", ["try this", "a workflow ID", "try again", "after the pivot", "trying"])
def test_none_of_these_is(text: str) -> None:
    assert wrong(text) == []
