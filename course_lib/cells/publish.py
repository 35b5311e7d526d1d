"""Which names of a module the notebook gets, and which it loses when the module changes."""

import ast
from collections.abc import Collection, Mapping, MutableMapping
from types import ModuleType
from typing import Any

from course_lib.cells.names import REVISION
from course_lib.cells.source import CellSource

# The notebook's own: a module that defines them keeps them to itself.
PROTECTED = frozenset({"In", "Out", "get_ipython", "exit", "quit", "lab"})


def bound_names(tree: ast.Module) -> list[str]:
    """Return the names that a module binds at its top level other than by import, in order."""
    found: dict[str, None] = {}

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(node.name)
            for decorator in node.decorator_list:
                visit(decorator)
            return
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id)
        if isinstance(node, ast.ExceptHandler) and node.name:
            found.setdefault(node.name)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return list(found)


def public_names(cell: CellSource, module: ModuleType, siblings: Collection[str]) -> list[str]:
    """Return what ``%%module`` brings into the notebook.

    That is what ``__all__`` lists; without it, everything that the module defines or imports from another module of
    the chapter, except names that begin with an underscore. What it imports from elsewhere stays its own affair.

    Args:
        cell: The cell.
        module: The imported module.
        siblings: Names of the chapter's modules.
    """
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [str(name) for name in listed if hasattr(module, str(name))]
    names = dict.fromkeys(bound_names(cell.tree))
    for item in cell.imports:
        if not item.top or item.module not in siblings or item.name is None:
            continue
        if item.name == "*":
            source = module.__dict__
            names.update(dict.fromkeys(name for name in star_names(source, item.module, siblings) if name in source))
        else:
            names.setdefault(item.asname or item.name)
    return [name for name in names if not name.startswith("_") and hasattr(module, name)]


def star_names(source: Mapping[str, Any], module: str, siblings: Collection[str]) -> list[str]:
    """Return the names in ``source`` that were defined in a revision of ``module``."""
    return [
        name
        for name, value in source.items()
        if str(getattr(value, "__module__", "")).rpartition("__r")[0] == module and module in siblings
    ]


def publish(
    module: ModuleType, names: Collection[str], earlier: Mapping[str, Any], user_ns: MutableMapping[str, Any]
) -> dict[str, Any]:
    """Put a module's names into the notebook, and take away those that an earlier revision had and this one has not.

    A name that the learner has bound to something else since then stays.

    Args:
        module: The new revision.
        names: What to publish.
        earlier: What the revision before published.
        user_ns: The notebook's names.

    Returns:
        What is published now.
    """
    published = {
        name: value
        for name in names
        if name not in PROTECTED and not _older(value := getattr(module, name), user_ns.get(name))
    }
    for name, value in earlier.items():
        if name not in published and name in user_ns and user_ns[name] is value:
            del user_ns[name]
    user_ns.update(published)
    return published


def _older(value: object, present: object) -> bool:
    """Return whether a value comes from an older revision of the module that the present one comes from.

    That is so for what a module hands on from a sibling whose cell has run again since.
    """
    ours, theirs = (REVISION.match(str(getattr(item, "__module__", ""))) for item in (value, present))
    if ours is None or theirs is None or ours["name"] != theirs["name"]:
        return False
    return int(ours["number"]) < int(theirs["number"])
