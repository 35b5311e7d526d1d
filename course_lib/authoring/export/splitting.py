"""A module that holds workflows and activities, taken apart along its top-level statements.

Comments and layout stay, since each statement is moved as text. Where no clean cut exists the module stays whole:
better one honest file than two that import each other.
"""

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from course_lib.authoring.export.reading import Module, bound, is_import, used
from course_lib.pitfalls.code import imported_modules

Part = str
"""``"workflows"``, ``"activities"`` or ``"shared"``: the package that a piece goes to."""


@dataclass(frozen=True)
class Piece:
    """What becomes one file.

    Args:
        package: The package it goes to.
        name: The file's name in it.
        source: Its Python, imports between the chapter's modules not rewritten yet.
        names: What it defines.
    """

    package: Part
    name: str
    source: str
    names: frozenset[str]


def pieces(module: Module, *, whole: bool) -> list[Piece]:
    """Cut a module into the files that it becomes.

    Args:
        module: The module.
        whole: Never take it apart, because another module imports it as a whole.
    """
    mixed = bool(module.workflows and module.activities)
    cut = None if whole or not mixed else _cut(module)
    if cut is not None:
        return cut
    package = "workflows" if module.workflows else "activities" if module.activities else "shared"
    return [Piece(package, module.name, module.source, frozenset(module.defines()))]


def _cut(module: Module) -> list[Piece] | None:
    body = module.tree.body
    if not _separable(module):
        return None
    docstring = ast.get_docstring(module.tree) is not None
    statements = [node for node in body[1 if docstring else 0 :] if not is_import(node)]
    owner = {name: node for node in statements for name in bound(node)}
    reach = {id(node): _reach(node, owner) for node in statements}
    activities = {activity.expression.split("(")[0] for activity in module.activities}
    classes = {workflow.cls for workflow in module.workflows}

    by_workflows = {id(owner[name]) for name in classes}
    by_activities = {id(owner[name]) for name in activities}
    for name in classes:  # a workflow names its activities, but what those need is not the workflow's
        by_workflows |= _reach(owner[name], owner, stop=activities)
    for name in activities:
        by_activities |= reach[id(owner[name])]

    part: dict[int, Part] = {}
    for node in statements:
        names = bound(node)
        if names & activities:
            part[id(node)] = "activities"
        elif names & classes:
            part[id(node)] = "workflows"
        elif id(node) in by_activities and id(node) not in by_workflows:
            part[id(node)] = "activities"
        elif reach[id(node)] & {id(owner[name]) for name in activities | classes}:
            part[id(node)] = "workflows"
        else:
            part[id(node)] = "shared"
    # Imports may run from workflows to activities to shared, never back.
    order = {"shared": 0, "activities": 1, "workflows": 2}
    for node in statements:
        for name in used(node) & set(owner):
            if order[part[id(owner[name])]] > order[part[id(node)]]:
                return None
    return list(_written(module, statements, part, owner))


def _separable(module: Module) -> bool:
    body = module.tree.body
    seen: set[str] = set()
    ends = -1
    for index, node in enumerate(body):
        if node.lineno <= ends:  # two statements on one line
            return False
        ends = node.end_lineno or node.lineno
        if index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if is_import(node):
            continue
        simple = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
        if not isinstance(node, simple) or bound(node) & seen or not bound(node):
            return False
        seen |= bound(node)
    return not any(isinstance(node, ast.Global) for node in ast.walk(module.tree))


def _reach(node: ast.stmt, owner: Mapping[str, ast.stmt], stop: Collection[str] = ()) -> set[int]:
    """Return the statements that one needs, directly or through others; not through those named in ``stop``."""
    found: set[int] = set()
    waiting = [node]
    while waiting:
        for name in used(waiting.pop()) & (set(owner) - set(stop)):
            if id(owner[name]) not in found and owner[name] is not node:
                found.add(id(owner[name]))
                waiting.append(owner[name])
    return found


def _written(
    module: Module, statements: list[ast.stmt], part: Mapping[int, Part], owner: Mapping[str, ast.stmt]
) -> Iterator[Piece]:
    text = dict(_segments(module))
    imports = [node for node in module.tree.body if is_import(node)]
    for package in ("shared", "activities", "workflows"):
        mine = [node for node in statements if part[id(node)] == package]
        if not mine:
            continue
        looked_up = set().union(*(used(node) for node in mine))
        head = [line for node in imports if (line := _kept(node, looked_up, unwrap=package != "workflows"))]
        # What went to other pieces is imported from the module itself: rewriting that finds their files.
        theirs = sorted(name for name in looked_up & set(owner) if part[id(owner[name])] != package)
        own = [f"from {module.name} import {', '.join(theirs)}"] if theirs else []
        names = frozenset[str]().union(*(bound(node) for node in mine))
        body = "".join(text[id(node)] for node in mine).lstrip("\n")
        space = "\n\n\n" if body.startswith(("@", "class ", "def ", "async ", "#")) else "\n\n"
        source = space.join(filter(None, ["\n\n".join(filter(None, [_grouped(head), *own])), body]))
        if package == "workflows" and (docstring := ast.get_docstring(module.tree)) is not None:
            source = f'"""{docstring}"""\n\n{source}'
        yield Piece(package, module.name, source.lstrip("\n").rstrip("\n") + "\n", names)


def _grouped(imports: list[str]) -> str:
    """Return import lines in the order that linters ask for: standard library, packages, own modules."""
    groups: dict[int, list[str]] = {}
    for line in imports:
        node = ast.parse(line).body[0]
        root = next(imported_modules(node)).split(".")[0]
        rank = {"__future__": 0, "course_lib": 3}.get(root, 1 if root in sys.stdlib_module_names else 2)
        groups.setdefault(3 if isinstance(node, ast.With) else rank, []).append(line)
    return "\n\n".join("\n".join(sorted(groups[rank], key=_import_order)) for rank in sorted(groups))


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _segments(module: Module) -> Iterator[tuple[int, str]]:
    """Yield each statement with the comments and blank lines above it."""
    lines = module.source.splitlines(keepends=True)
    start = 0
    for node in module.tree.body:
        end = node.end_lineno or node.lineno
        yield id(node), "".join(lines[start:end])
        start = end


def _kept(node: ast.stmt, names: set[str], *, unwrap: bool) -> str:
    """Return an import reduced to what one piece uses, "" when that is nothing."""
    if isinstance(node, ast.With):
        inner = [line for item in node.body if (line := _kept(item, names, unwrap=unwrap))]
        if unwrap or not inner:
            return "\n".join(inner)
        return f"with {ast.unparse(node.items[0])}:\n" + "\n".join(f"    {line}" for line in inner)
    assert isinstance(node, ast.Import | ast.ImportFrom)
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    aliases = [a for a in node.names if future or a.name == "*" or (a.asname or a.name.split(".")[0]) in names]
    if not aliases:
        return ""
    if isinstance(node, ast.ImportFrom):
        return ast.unparse(ast.ImportFrom(module=node.module, names=aliases, level=node.level))
    return ast.unparse(ast.Import(names=aliases))
