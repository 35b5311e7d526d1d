"""Names that a module cell uses and nobody defines, found before anything runs.

At run time such a name is a failure of the workflow task, which Temporal retries for ever.
"""

import ast
import builtins
from collections.abc import Collection, Mapping
from typing import Any

from course_lib.cells.publish import bound_names
from course_lib.cells.source import CellSource
from course_lib.cells.suggest import NOTEBOOK_ONLY, exported, fix_for
from course_lib.pitfalls import Finding
from course_lib.pitfalls.code import bindings

# Names that the import system sets in every module.
_MODULE_NAMES = {"__file__", "__name__", "__doc__", "__spec__", "__loader__", "__package__", "__builtins__", "__path__"}


def undefined_names(
    cell: CellSource,
    siblings: Mapping[str, Collection[str]],
    own: Mapping[str, Collection[str]],
    user_ns: Mapping[str, Any],
) -> list[Finding]:
    """Return the names that a module cell uses and neither defines nor imports.

    Args:
        cell: The cell.
        siblings: The public names of each of the chapter's other modules, for suggestions and star imports.
        own: Those of them that the module defines and does not import, for suggestions.
        user_ns: The notebook's names, for suggestions.

    Returns:
        One finding per name, at its first use, in the order of the text.

    Raises:
        CellError: The text is not valid Python.
    """
    later = _first_lines(cell.tree)
    known = {*bound_names(cell.tree), *(item.asname or item.name or item.package for item in cell.imports)}
    found: dict[str, Finding] = {}
    for line, name, kind in _uses(cell, siblings):
        if name in found:
            continue
        if kind == "export":
            message, fix = f"`__all__` lists `{name}`, which this module does not have", "define it, or take it out"
        elif later.get(name, 0) > line:
            message = f"`{name}` is used here, but line {later[name]} defines it later"
            fix = f"move `{name}` above this line"
        elif kind == "local":
            message = f"`{name}` is used here before this function gives it a value"
            fix = "give the variable in the function another name, or set it first"
        else:
            message, fix = f"`{name}` is not defined in this cell", fix_for(name, known, siblings, own, user_ns)
        found[name] = Finding(line, message, fix, code=cell.line(line), name=name)
    return list(found.values())


def _uses(cell: CellSource, siblings: Mapping[str, Collection[str]]) -> list[tuple[int, str, str]]:
    """Return (line, name, kind) of every use of a name without a definition, ordered."""
    from pyflakes import messages
    from pyflakes.checker import Checker

    # The kernel's builtins are not a Worker's: IPython adds to them.
    available = ({*dir(builtins)} - NOTEBOOK_ONLY) | _MODULE_NAMES
    checker = type("CellChecker", (Checker,), {"builtIns": available})(cell.tree, filename=f"{cell.name}.py")
    starred: set[str] = set()
    for item in cell.imports:
        if item.name == "*":
            starred |= {*siblings[item.module]} if item.module in siblings else exported(item.module)
    uses = []
    for message in checker.messages:
        name = str(message.message_args[0]) if message.message_args else ""
        if isinstance(message, messages.UndefinedExport):
            uses.append((message.lineno, name, "export"))
        elif isinstance(message, messages.UndefinedLocal):
            uses.append((message.lineno, name, "local"))
        elif isinstance(message, messages.UndefinedName) or (
            isinstance(message, messages.ImportStarUsage) and name not in starred
        ):
            uses.append((message.lineno, name, "name"))
    return sorted(uses)


def _first_lines(tree: ast.Module) -> dict[str, int]:
    """Return the line of each top-level class, function and plain assignment."""
    lines: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            lines.setdefault(node.name, node.lineno)
        for target, _ in bindings([node]):
            if isinstance(target, ast.Name):
                lines.setdefault(target.id, node.lineno)
    return lines
