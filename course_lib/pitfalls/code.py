"""A module's syntax tree with the few questions that the rules ask: what is called, and whose code it is."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Names of Python's own that a rule knows; a module may have something else under them.
_BUILTINS = frozenset({"hash", "id", "input", "open", "print"})


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
        called: Names of functions of which it is asked what they do; they alone count as workflow code then.
        only: The workflow class that is meant; by default all of them, and also when there is none of this name.

    Raises:
        SyntaxError: It is none.
    """

    def __init__(self, source: str, called: Sequence[str] = (), only: str = "") -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._lines = source.split("\n")
        self._imported = dict(_imports(self.tree))
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, Function)}
        self.called = [self.functions[name] for name in called]
        self.classes = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]
        self._top_classes = {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}
        self._local = dict(_locals(self.tree))
        self._only = only if any(node.name == only for node in self.classes) else ""
        # Other names at the top of the module: `now = datetime.now`, and `TILL = Till()`.
        self._objects: dict[str, ast.ClassDef] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._bind(node.targets[0].id, node.value)

    def _bind(self, name: str, value: ast.expr) -> None:
        if isinstance(value, ast.Attribute) and (meant := self.name(value)):
            self._imported[name] = meant
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in self._top_classes:
            self._objects[name] = self._top_classes[value.func.id]

    def line(self, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
        """Return the node's first line of source, shortened."""
        text = self._lines[node.lineno - 1].strip()
        return text if len(text) <= 90 else text[:89] + "…"

    def name(self, node: ast.expr) -> str:
        """Return the full dotted name of an expression, imports resolved: ``datetime.datetime.now``; else ``""``."""
        if isinstance(node, ast.Name):
            if node.id in _BUILTINS and (node.id in self.functions or self.is_local(node)):
                return ""
            if self.is_local(node):
                # `sleep = time.sleep` is another name of it; any other variable only looks like the import.
                meant = self._local[id(node)]
                return self.name(meant) if meant is not None else "" if node.id in self._imported else node.id
            return self._imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.name(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""

    def is_local(self, node: ast.Name) -> bool:
        """Tell whether a name is a variable or an argument of the function around it."""
        return id(node) in self._local

    def decorated(self, node: ast.ClassDef | Function, name: str) -> bool:
        """Tell whether a decorator of this full name stands above, called or not."""
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if self.name(target) == name:
                return True
        return False

    def workflow_classes(self) -> Iterator[ast.ClassDef]:
        """Yield the classes that are workflows, or are meant to be."""
        for node in self._workflows():
            if self._only in ("", node.name):
                yield node

    def other_workflows(self) -> Iterator[ast.ClassDef]:
        """Yield the workflow classes of which it is not asked, see ``only``."""
        for node in self._workflows():
            if self._only not in ("", node.name):
                yield node

    def _workflows(self) -> Iterator[ast.ClassDef]:
        for node in self.classes:
            if self.decorated(node, "temporalio.workflow.defn") or any(
                self.decorated(method, "temporalio.workflow.run") for method in methods(node)
            ):
                yield node

    def workflow_code(self) -> Iterator[ast.AST]:
        """Yield all nodes that run as workflow code: workflow classes and what they use of the module's own code."""
        return iter(self._workflow_code)

    def workflow_roots(self) -> Iterator[ast.ClassDef | Function]:
        """Yield the classes and functions that run as workflow code, each once."""
        return iter(self._workflow_roots)

    # Kept: a dozen rules ask for them, and every cell that runs is looked at by all.
    @cached_property
    def _workflow_code(self) -> list[ast.AST]:
        return [node for root in self._workflow_roots for node in ast.walk(root)]

    @cached_property
    def _workflow_roots(self) -> list[ast.ClassDef | Function]:
        return list(self._reached())

    def _reached(self) -> Iterator[ast.ClassDef | Function]:
        todo: list[ast.ClassDef | Function] = [*self.called] or [*self.workflow_classes()]
        seen = {id(root) for root in todo}
        while todo:
            root = todo.pop()
            yield root
            for node in ast.walk(root):
                for helper in self._used(node):
                    if id(helper) not in seen:
                        seen.add(id(helper))
                        todo.append(helper)

    def _used(self, node: ast.AST) -> Iterator[ast.ClassDef | Function]:
        """Yield the module's own code that a node brings into play: called, handed on, made, or inherited."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not self.is_local(node):
            function = self.functions.get(node.id)
            if function is not None and not self.is_activity(function):
                yield function
        made: list[ast.expr] = []
        if isinstance(node, ast.Call):
            # `Prices(…)` and `Prices.now()`; `Prices` alone is a type or the argument of an activity.
            made = [node.func, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        elif isinstance(node, ast.ClassDef):
            made = node.bases
        for expression in made:
            if not isinstance(expression, ast.Name):
                continue
            found = self._top_classes.get(expression.id)
            if found is None and not self.is_local(expression):
                found = self._objects.get(expression.id)
            if found is not None and not any(self.is_activity(method) for method in methods(found)):
                yield found

    def unguarded(self) -> set[int]:
        """Return what runs without the sandbox, by ``id``: in `sandbox_unrestricted`, or in a class that is so."""
        found: set[int] = set()
        classes = list(self.workflow_classes())
        off = [node for node in classes if _sandbox_off(node)]
        roots: list[ast.AST] = list(self.workflow_roots() if len(off) == len(classes) else off)
        for node in self.workflow_code():
            if isinstance(node, ast.With) and any(
                "sandbox_unrestricted" in ast.unparse(item.context_expr) for item in node.items
            ):
                roots.append(node)
        for root in roots:
            found |= {id(inner) for inner in ast.walk(root)}
        return found

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


@lru_cache(maxsize=256)
def parsed(source: str, called: tuple[str, ...] = (), only: str = "") -> Module:
    """Return a module as `Module` reads it, the same object for the same source: each cell's run looks at all of them.

    Args:
        source: Python.
        called: See `Module`.
        only: See `Module`.

    Raises:
        SyntaxError: It is none.
    """
    return Module(source, called, only)


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Yield every module that is imported anywhere in a tree; of ``from . import x`` it is ``x``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.module):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _sandbox_off(node: ast.ClassDef) -> bool:
    return any("sandboxed=False" in ast.unparse(decorator) for decorator in node.decorator_list)


def methods(node: ast.ClassDef) -> Iterator[Function]:
    """Yield a class's own methods."""
    for child in node.body:
        if isinstance(child, Function):
            yield child


def _locals(tree: ast.Module) -> Iterator[tuple[int, ast.expr | None]]:
    """Yield the names that are local to a function, by ``id``, each with the name or attribute that it stands for."""
    for function in ast.walk(tree):
        if not isinstance(function, Function | ast.Lambda):
            continue
        inside = [inner for child in ast.iter_child_nodes(function) for inner in ast.walk(child)]
        bound: dict[str, ast.expr | None] = {inner.arg: None for inner in inside if isinstance(inner, ast.arg)}
        for inner in inside:
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                bound[inner.id] = None
            elif isinstance(inner, Function):
                bound[inner.name] = None
        for inner in inside:
            if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                name, value = inner.targets[0].id, inner.value
                stored = [each for each in inside if isinstance(each, ast.Name) and each.id == name]
                once = sum(isinstance(each.ctx, ast.Store) for each in stored) == 1
                other = isinstance(value, ast.Attribute) and not any(
                    isinstance(each, ast.Name) and each.id == name for each in ast.walk(value)
                )
                if once and other:
                    bound[name] = value
            elif isinstance(inner, ast.Global):
                for name in inner.names:
                    bound.pop(name, None)
        # Decorators and defaults stand outside, and so does what a class in between calls the same.
        body = function.body if isinstance(function.body, list) else [function.body]
        for inner in (each for statement in body for each in ast.walk(statement)):
            if isinstance(inner, ast.Name) and inner.id in bound:
                yield id(inner), bound[inner.id]


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            # The dots stay in front: `from .random import roll` is no `random` of Python's.
            owner = "." * node.level + (f"{node.module}." if node.module else "")
            for alias in node.names:
                yield alias.asname or alias.name, f"{owner}{alias.name}"
