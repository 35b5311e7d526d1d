"""A cell's source as Python, as the compiler reads it."""

import ast

from course_lib.grading.sources import module_name


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
