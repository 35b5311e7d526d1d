"""Pitfalls that a module cell is searched for before it runs.

A lint is a function from a :class:`LintContext` to problems; ``Modules.lints`` holds those that are run. An error
keeps the cell from running, a warning is shown below its line of output.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from course_lib import pitfalls
from course_lib.cells.problems import Problem
from course_lib.cells.source import CellSource

# Packages that load C code or patch the interpreter: importing them afresh for every workflow run is slow at best.
# Measured with temporalio 1.35 (architecture.md, "SDK facts").
NEED_PASSTHROUGH = frozenset({"numpy", "pandas", "requests", "httpx"})


@dataclass(frozen=True)
class LintContext:
    """What a lint sees.

    Args:
        cell: The module cell.
        siblings: The sources of the chapter's other modules, by name.
    """

    cell: CellSource
    siblings: Mapping[str, CellSource] = field(default_factory=dict)


Lint = Callable[[LintContext], Iterable[Problem]]


def workflow_names(tree: ast.Module) -> list[str]:
    """Return the classes of a module that are decorated as workflows."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(target).endswith("workflow.defn"):
                found.append(node.name)
    return found


def needs_passthrough(context: LintContext) -> Iterator[Problem]:
    """Warn of packages that a workflow module should pass through the sandbox, also by way of a sibling."""
    cell = context.cell
    if not workflow_names(cell.tree):
        return
    for item in cell.imports:
        if not item.top or item.passed or item.level:
            continue
        heavy = [item.package] if item.package in NEED_PASSTHROUGH else []
        through = ""
        if item.package in context.siblings:
            heavy = sorted(_heavy(item.package, context, {cell.name}))
            through = f" by way of {item.package}"
        for package in heavy:
            yield Problem(
                item.line,
                f"the sandbox would load {package} afresh for every workflow run{through}",
                "put this import under `with workflow.unsafe.imports_passed_through():`",
                severity="warning",
                code=cell.line(item.line),
                name=package,
            )


def runs_the_loop(context: LintContext) -> Iterator[Problem]:
    """Refuse ``asyncio.run`` at a module's top level: it would run at every import, in the sandbox too."""
    for node in _top_level(context.cell.tree.body):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.run":
            yield Problem(
                node.lineno,
                "a module must not call `asyncio.run` when it is imported",
                'move this line to a notebook cell below, or put it under `if __name__ == "__main__":`',
                code=context.cell.line(node.lineno),
                name="asyncio.run",
            )


def determinism(context: LintContext) -> Iterator[Problem]:
    """Warn of what a replay would not see again. A warning only: what goes wrong is better seen in a run."""
    cell = context.cell
    beside = {name: sibling.text for name, sibling in context.siblings.items()}
    for pitfall in pitfalls.find(cell.text, beside):
        yield Problem(
            pitfall.line,
            pitfall.text(),
            pitfall.replacement,
            severity="warning",
            code=cell.line(pitfall.line),
            name=pitfall.name,
        )


DEFAULT_LINTS: tuple[Lint, ...] = (runs_the_loop, needs_passthrough, determinism)


def _heavy(name: str, context: LintContext, seen: set[str]) -> set[str]:
    if name in seen or name not in context.siblings:
        return set()
    found: set[str] = set()
    for item in context.siblings[name].imports:
        if not item.top or item.passed:
            continue
        if item.package in NEED_PASSTHROUGH:
            found.add(item.package)
        found |= _heavy(item.package, context, {*seen, name})
    return found


def _top_level(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk what runs when a module is imported: no function bodies, nothing for ``__main__`` alone."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            continue
        yield node
        yield from _top_level(ast.iter_child_nodes(node))
