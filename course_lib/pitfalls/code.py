"""A module's syntax tree with the few questions that the rules ask: what is called, and whose code it is."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Found:
    """A mistake at a place.

    Args:
        node: Where.
        label: What should be so, as a statement.
        expected: How it looks when it is right.
        next_step: What to do.
    """

    node: ast.stmt | ast.expr | ast.excepthandler
    label: str
    expected: str
    next_step: str


class Module:
    """One module's source, parsed.

    Args:
        source: Python.
        also: Names of functions that run as workflow code besides, called from another module.

    Raises:
        SyntaxError: It is none.
    """

    def __init__(self, source: str, also: Sequence[str] = ()) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._lines = source.split("\n")
        self._imported = dict(_imports(self.tree))
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, Function)}
        self.also = [self.functions[name] for name in also]
        self.classes = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    def line(self, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
        """Return the node's first line of source, shortened."""
        text = self._lines[node.lineno - 1].strip()
        return text if len(text) <= 90 else text[:89] + "…"

    def name(self, node: ast.expr) -> str:
        """Return the full dotted name of an expression, imports resolved: ``datetime.datetime.now``; else ``""``."""
        if isinstance(node, ast.Name):
            return self._imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.name(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""

    def decorated(self, node: ast.ClassDef | Function, name: str) -> bool:
        """Tell whether a decorator of this full name stands above, called or not."""
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if self.name(target) == name:
                return True
        return False

    def workflow_classes(self) -> Iterator[ast.ClassDef]:
        """Yield the classes that are workflows, or are meant to be."""
        for node in self.classes:
            if self.decorated(node, "temporalio.workflow.defn") or any(
                self.decorated(method, "temporalio.workflow.run") for method in methods(node)
            ):
                yield node

    def workflow_code(self) -> Iterator[ast.AST]:
        """Yield all nodes that run as workflow code: workflow classes and the module's functions that they call."""
        todo: list[ast.AST] = [*self.workflow_classes(), *self.also]
        seen: set[str] = {function.name for function in self.also}
        while todo:
            for node in ast.walk(todo.pop()):
                yield node
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    helper = self.functions.get(node.func.id)
                    if helper is not None and helper.name not in seen and not self.is_activity(helper):
                        seen.add(helper.name)
                        todo.append(helper)

    def is_activity(self, function: Function) -> bool:
        """Tell whether a function is an activity."""
        return self.decorated(function, "temporalio.activity.defn")

    def activities(self) -> Iterator[Function]:
        """Yield all activities, functions and methods."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function) and self.is_activity(node):
                yield node

    def calls(self, nodes: Iterator[ast.AST]) -> Iterator[tuple[ast.Call, str]]:
        """Yield each call among the nodes with the full name of what is called."""
        for node in nodes:
            if isinstance(node, ast.Call):
                yield node, self.name(node.func)


def methods(node: ast.ClassDef) -> Iterator[Function]:
    """Yield a class's own methods."""
    for child in node.body:
        if isinstance(child, Function):
            yield child


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
