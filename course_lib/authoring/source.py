"""A cell's source as Python, with the standard library alone: the export runs in every learner's kernel."""

import ast
import re

MODULE_LINE = re.compile(r"^%%module[ \t]+(?P<name>\w+)[^\n]*(?:\n|\Z)")


def module_name(source: str) -> str | None:
    """Return the module that a cell is saved as, ``None`` for an ordinary cell."""
    found = MODULE_LINE.match(source)
    return found["name"] if found else None


def python_of(source: str) -> str:
    """Return the cell's Python, line by line where it was: magics and shell lines become ``pass``."""
    lines = []
    for number, line in enumerate(source.split("\n")):
        stripped = line.lstrip()
        if number == 0 and stripped.startswith("%%"):
            lines.append("")
        elif stripped.startswith(("%", "!")):
            lines.append(line[: len(line) - len(stripped)] + "pass")
        else:
            lines.append(line)
    return "\n".join(lines)


def parse(source: str) -> ast.Module:
    """Parse a cell's Python; ``await`` may stand at the top of an ordinary cell, not of a module.

    Raises:
        SyntaxError: As from ``compile``, with the line of the cell.
    """
    flags = 0 if module_name(source) else ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(python_of(source), "<cell>", "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    # The parser accepts an `await` or `return` in the wrong place, the compiler does not.
    compile(tree, "<cell>", "exec", flags, dont_inherit=True)
    return tree
