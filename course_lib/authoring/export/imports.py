"""Imports between the modules of a chapter, rewritten for the places where they now live."""

import ast
import re
from collections.abc import Mapping

from course_lib.authoring.export.reading import SHOP_CLIENT

TWO_BLOCKS = re.compile(
    r"^(with workflow\.unsafe\.imports_passed_through\(\):\n(?:    from .*\n)+)"
    r"with workflow\.unsafe\.imports_passed_through\(\):\n",
    re.MULTILINE,
)
Places = Mapping[str, Mapping[str, str]]
"""For each module cell the file that each of its names went to: ``{"orders": {"charge": "activities.orders"}}``.
The key "" is the file of the module itself, for names that it only passes on."""


def rewrite(source: str, places: Places, *, in_workflow: bool) -> str:
    """Return a module's source with every import of a sibling or of the shop's client pointing to the new place.

    Args:
        source: Python that parses.
        places: Where the names of the chapter's modules are.
        in_workflow: The module holds workflows: it passes its activities and shared types through the sandbox, as
            Temporal's documentation advises, since those may import what the sandbox refuses.
    """
    lines = source.split("\n")
    tree = ast.parse(source)
    top = {id(node) for node in tree.body}
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in sorted(nodes, key=lambda found: -found.lineno):
        new = _moved(node, places)
        if new is None:
            continue
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        # Columns of the tree count bytes, but only white space and statements stand before an import.
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        alone = not before.strip() and not after.lstrip().startswith(";")
        if in_workflow and alone and id(node) in top:
            new = _passed_through(new, any(_binds_workflow(n) and n.lineno < node.lineno for n in tree.body))
        indent = before[: len(before) - len(before.lstrip())]
        lines[first : last + 1] = (before + (f"\n{indent}" if alone else "; ").join(new) + after).split("\n")
    text = "\n".join(lines)
    while (joined := TWO_BLOCKS.sub(r"\1", text)) != text:
        text = joined
    return text


def _passed_through(imports: list[str], workflow_is_bound: bool) -> list[str]:
    plain = [line for line in imports if not line.startswith(("from activities", "from shared"))]
    inner = [line for line in imports if line not in plain]
    if not inner:
        return plain
    head = [] if workflow_is_bound else ["from temporalio import workflow"]
    return [*plain, *head, "with workflow.unsafe.imports_passed_through():", *(f"    {line}" for line in inner)]


def _moved(node: ast.Import | ast.ImportFrom, places: Places) -> list[str] | None:
    if isinstance(node, ast.ImportFrom):
        return _moved_from(node, places)
    new, changed = [], False
    for alias in node.names:
        if alias.name in places:
            package, _, name = places[alias.name][""].rpartition(".")
            new.append(f"from {package} import {name}" + (f" as {alias.asname}" if alias.asname else ""))
        elif alias.name == SHOP_CLIENT:
            new.append(f"import shop_client as {alias.asname or 'client'}")
        else:
            new.append(ast.unparse(ast.Import(names=[alias])))
            continue
        changed = True
    return new if changed else None


def _moved_from(node: ast.ImportFrom, places: Places) -> list[str] | None:
    if node.module == SHOP_CLIENT:
        return [ast.unparse(ast.ImportFrom(module="shop_client", names=node.names, level=0))]
    if node.module == "course_lib.shop":
        return [f"import shop_client as {alias.asname or 'client'}" for alias in node.names]
    if node.module is None or node.module not in places:
        return None
    by_file: dict[str, list[ast.alias]] = {}
    for alias in node.names:
        where = places[node.module]
        by_file.setdefault(where.get(alias.name, where[""]), []).append(alias)
    return [ast.unparse(ast.ImportFrom(module=file, names=names, level=0)) for file, names in sorted(by_file.items())]


def _binds_workflow(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "temporalio" and any(
        alias.name == "workflow" and alias.asname is None for alias in node.names
    )  # fmt: skip
