"""A module's syntax tree with the few questions that the rules ask: what is called, and whose code it is."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from course_lib.pitfalls.rules import RULES, Effect, Finding

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Names of Python's own that a rule knows; a module may have something else under them.
_BUILTINS = frozenset({"hash", "id", "input", "open", "print"})
_ASKS = re.compile(r"temporalio\.workflow\.(execute|start)(_local)?_activity")
# In a notebook another cell may have imported these two.
_ASSUMED = {"workflow": "temporalio.workflow", "activity": "temporalio.activity"}


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
        self._imported = _ASSUMED | dict(_imports(self.tree))
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

    def finding(
        self,
        node: ast.stmt | ast.expr | ast.excepthandler,
        name: str,
        *words: str,
        message: str = "",
        fix: str = "",
        effect: Effect | None = None,
    ) -> Finding:
        """Return what a rule has found.

        Args:
            node: Where.
            name: The rule's name.
            *words: What its sentences leave open.
            message: What is wrong, if it is not what the rule says.
            fix: What to write instead, if it is not what the rule says.
            effect: What comes of it, if it is not what the rule says; without the sandbox nothing is stopped.
        """
        rule = RULES[name]
        effect = effect or rule.effect
        if effect == "stopped" and id(node) in self._unguarded:
            effect = "breaks"
        code = self._lines[node.lineno - 1].strip()
        code = code if len(code) <= 90 else code[:89] + "…"
        return Finding(
            node.lineno, message or rule.message.format(*words), fix or rule.fix.format(*words), effect, code, name
        )

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

    @cached_property
    def workflow_classes(self) -> list[ast.ClassDef]:
        """The classes that are workflows, or are meant to be."""
        return [node for node in self._workflows if self._only in ("", node.name)]

    @cached_property
    def other_workflows(self) -> list[ast.ClassDef]:
        """The workflow classes of which it is not asked, see ``only``."""
        return [node for node in self._workflows if self._only not in ("", node.name)]

    @cached_property
    def _workflows(self) -> list[ast.ClassDef]:
        return [
            node
            for node in self.classes
            if self.decorated(node, "temporalio.workflow.defn")
            or any(self.decorated(method, "temporalio.workflow.run") for method in methods(node))
        ]

    @cached_property
    def workflow_code(self) -> list[ast.AST]:
        """All nodes that run as workflow code: workflow classes and what they use of the module's own code."""
        return [node for root in self.workflow_roots for node in ast.walk(root)]

    @cached_property
    def workflow_roots(self) -> list[ast.ClassDef | Function]:
        """The classes and functions that run as workflow code, each once."""
        return list(self._reached())

    def _reached(self) -> Iterator[ast.ClassDef | Function]:
        todo: list[ast.ClassDef | Function] = [*self.called] or [*self.workflow_classes]
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

    @cached_property
    def _unguarded(self) -> set[int]:
        """What runs without the sandbox, by ``id``: in `sandbox_unrestricted`, or in a class that is so."""
        off = [
            node
            for node in self.workflow_classes
            if any("sandboxed=False" in ast.unparse(each) for each in node.decorator_list)
        ]
        roots: list[ast.AST] = list(self.workflow_roots if off and off == self.workflow_classes else off)
        roots += [node for node in self.workflow_code if _opens(node, "sandbox_unrestricted")]
        return {id(inner) for root in roots for inner in ast.walk(root)}

    @cached_property
    def at_import(self) -> list[ast.AST]:
        """What runs when the module is imported: no function's body, nothing for ``__main__`` or type checkers."""
        found: list[ast.AST] = []
        todo: list[ast.AST] = list(self.tree.body)
        while todo:
            node = todo.pop(0)
            if isinstance(node, Function):
                defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
                todo[:0] = [*node.decorator_list, *defaults]
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                todo[:0] = node.orelse
            elif not isinstance(node, ast.Lambda) and not is_main(node):
                found.append(node)
                todo[:0] = list(ast.iter_child_nodes(node))
        return found

    @cached_property
    def passed_through(self) -> set[str]:
        """The modules that the sandbox does not load afresh."""
        return {
            name
            for node in ast.walk(self.tree)
            if _opens(node, "imports_passed_through")
            for name in imported_modules(node)
        }

    def is_activity(self, function: Function) -> bool:
        """Tell whether a function is an activity, or is meant to be."""
        meant = function.name in self.asked_for and self.functions[function.name] is function
        return meant or self.decorated(function, "temporalio.activity.defn")

    @cached_property
    def asked_for(self) -> list[str]:
        """The module's own functions that `execute_activity` and the like are given as the activity."""
        asked = [call.args[0] for call, name in self.calls(ast.walk(self.tree)) if _ASKS.fullmatch(name) and call.args]
        names = [node.id for node in asked if isinstance(node, ast.Name) and not self.is_local(node)]
        return [name for name in dict.fromkeys(names) if name in self.functions]

    def activities(self) -> Iterator[Function]:
        """Yield all activities, functions and methods."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function) and self.is_activity(node):
                yield node

    def calls(self, nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Call, str]]:
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


def is_main(node: ast.AST) -> bool:
    """Tell whether this runs only when the file is started as a program."""
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def bindings(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what the assignments among the nodes bind, each with its value."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield node.target, node.value


def _opens(node: ast.AST, what: str) -> bool:
    """Tell whether this is ``with workflow.unsafe.….what():``."""
    return isinstance(node, ast.With) and any(what in ast.unparse(item.context_expr) for item in node.items)


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
