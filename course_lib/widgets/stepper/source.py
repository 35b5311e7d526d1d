"""The learner's source as lines of coloured pieces."""

from __future__ import annotations

from typing import Any

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

# No token is of two of these, but for a word that is an operator.
_CLASSES: tuple[tuple[Any, str], ...] = (
    (Keyword, "k"),
    (Operator.Word, "k"),
    (String, "s"),
    (Comment, "c"),
    (Number, "m"),
    (Name.Decorator, "d"),
    (Name.Function, "n"),
    (Name.Class, "n"),
)

Piece = tuple[str, str]


def coloured(source: str) -> list[list[Piece]]:
    """Return a Python source line by line, each as (class, text) pieces; an empty class is plain text.

    Pieces, not HTML: the page makes elements of them with ``textContent``, so nothing in a source can become markup.

    Args:
        source: Any text; what is no Python stays readable.
    """
    lines: list[list[Piece]] = [[]]
    # Pygments would drop blank lines at both ends; every line keeps its number here.
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        kind = next((name for known, name in _CLASSES if token in known), "")
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if not part:
                continue
            if lines[-1] and lines[-1][-1][0] == kind:
                lines[-1][-1] = (kind, lines[-1][-1][1] + part)
            else:
                lines[-1].append((kind, part))
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # what follows the last line break is no line
    return lines
