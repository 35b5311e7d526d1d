"""Coroutines that nobody awaits, and handles that are taken for the result."""

import ast
import asyncio
from collections.abc import Iterator, Mapping

from course_lib.pitfalls.code import Function, Module, bindings
from course_lib.pitfalls.rules import Finding

_COROUTINES = {"asyncio.sleep"} | {
    f"temporalio.workflow.{name}"
    for name in (
        "sleep", "wait_condition", "execute_activity", "execute_activity_method", "execute_activity_class",
        "execute_local_activity", "execute_local_activity_method", "execute_child_workflow", "start_child_workflow",
    )
}  # fmt: skip
# Coroutine functions of clients, of handles and of the Lab, whatever the variable is called that holds one of them.
_METHODS = {"start_workflow", "execute_workflow", "start_update", "execute_update"}
_OF_LAB = {
    f"lab.{name}" for name in ("worker", "result", "until", "skip", "your_turn", "temporal", "diagnose", "check")
}
_HANDLES = {
    f"temporalio.workflow.start_{name}"
    for name in ("activity", "activity_method", "activity_class", "local_activity", "local_activity_method")
}
_CHILD = "temporalio.workflow.start_child_workflow"
# What the handle of an activity or a child is asked for.
_OF_HANDLES = {*dir(asyncio.Task), "id", "first_execution_run_id", "signal"}
_KEEPERS = (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.DictComp)
_VALUES = {"str", "int", "float", "len", "print", "repr"}  # what they are given, they do not await
_ENTRIES = ("workflow.run", "workflow.update", "workflow.query", "activity.defn")


def forgotten_await(module: Module, siblings: Mapping[str, Module]) -> Iterator[Finding]:
    """A coroutine that is dropped, returned, kept and never awaited, or used as its result; a handle, too."""
    theirs = {f"{name}.{own}" for name, sibling in siblings.items() for own in _coroutine_functions(sibling)}
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.AsyncFunctionDef | ast.Module):
            continue
        place = _Place(module, function)
        own, clients = _own_coroutines(module, function) | theirs, _shop_clients(module, function)
        for node in place.own:
            if not isinstance(node, ast.Call):
                continue
            name, written = module.name(node.func), ast.unparse(node.func)
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            shop = isinstance(node.func, ast.Attribute) and (
                _is_shop(module, node.func.value) or ast.unparse(node.func.value) in clients
            )
            lab = name in _OF_LAB or method in _METHODS or (method == "signal" and place.dropped(node))
            if name in _COROUTINES or (name or written) in own or shop or (lab and not _defines(module, method)):
                if place.dropped(node) or place.returned(node) or place.taken_for_a_value(node, handle=False):
                    yield module.finding(node, "forgotten await", written)
                made: ast.expr = place.parents[node]  # type: ignore[assignment]
                if name == _CHILD and isinstance(made, ast.Await) and place.taken_for_a_value(made):
                    yield module.finding(node, "handle for result", written)
            elif name in _HANDLES and place.taken_for_a_value(node):
                yield module.finding(node, "handle for result", written)


class _Place:
    """One function's body, or a module outside its functions, with the way from each node up.

    Args:
        module: The module.
        function: The function, or the module's tree.
    """

    def __init__(self, module: Module, function: ast.AsyncFunctionDef | ast.Module) -> None:
        self._module, self._function = module, function
        self.parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
        self.own: list[ast.AST] = []
        todo: list[ast.AST] = list(function.body)
        while todo:
            node = todo.pop(0)
            self.own.append(node)
            # What a function inside does is its own business.
            todo += [] if isinstance(node, Function | ast.Lambda) else ast.iter_child_nodes(node)

    def dropped(self, node: ast.expr) -> bool:
        """Tell whether a value is made and dropped."""
        return isinstance(self.parents[node], ast.Expr)

    def returned(self, node: ast.expr) -> bool:
        """Tell whether a value is returned as it is."""
        return isinstance(self.parents[node], ast.Return)

    def taken_for_a_value(self, made: ast.expr, *, handle: bool = True) -> bool:
        """Tell whether something to be awaited is used as if it were its result, and is surely never awaited.

        Args:
            made: The call that makes it, or the `await` that gives a handle.
            handle: Whether it is a handle, which may also be asked or left alone.
        """
        outer: ast.expr = made
        while isinstance(self.parents[outer], _KEEPERS):
            outer = self.parents[outer]  # type: ignore[assignment]
        parent = self.parents[outer]
        target = parent.targets[0] if isinstance(parent, ast.Assign) else getattr(parent, "target", None)
        kept = target.value if isinstance(target, ast.Subscript) else target if outer is not made else None
        if isinstance(parent, ast.Assign | ast.AnnAssign) and isinstance(kept, ast.Name):
            return self._never_awaited(kept.id, handle)
        if not (isinstance(parent, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name)):
            return self._is_a_value(made)
        uses = [
            node
            for node in ast.walk(self._function)
            if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
        ]
        meant = [use for use in uses if not (handle and self._asks_a_handle(use))]
        return (bool(meant) or not handle) and all(self._is_a_value(use) for use in meant)

    def _never_awaited(self, kept: str, handle: bool) -> bool:
        """Tell whether nobody can await what a collection holds: it is filled, and returned by what Temporal calls."""
        uses = [node for node in ast.walk(self._function) if isinstance(node, ast.Name) and node.id == kept]
        owners = [self.parents[use] for use in uses if isinstance(use.ctx, ast.Load)]
        filled = [isinstance(owner, ast.Subscript) and isinstance(owner.ctx, ast.Store) for owner in owners]
        returned = [isinstance(owner, ast.Return) and self._is_entry() for owner in owners]
        return (any(returned) or not handle) and all(map(max, filled, returned))

    def _is_entry(self) -> bool:
        decorators = getattr(self._function, "decorator_list", [])
        return any(ast.unparse(each).startswith(_ENTRIES) for each in decorators)

    def _asks_a_handle(self, node: ast.expr) -> bool:
        return isinstance(owner := self.parents[node], ast.Attribute) and owner.attr in _OF_HANDLES

    def _is_a_value(self, node: ast.expr) -> bool:
        parent, inner = self.parents[node], node
        while isinstance(parent, (ast.keyword, *_KEEPERS)) or (
            isinstance(parent, ast.Call) and inner is not parent.func and self._is_class(parent)
        ):
            parent, inner = self.parents[parent], parent  # type: ignore[assignment]
        if isinstance(parent, ast.Return):
            return self._is_entry()
        if isinstance(parent, ast.Call):
            name = self._module.name(parent.func)
            return inner is not parent.func and name in _VALUES | _COROUTINES | _HANDLES
        if isinstance(parent, ast.Attribute | ast.Subscript):
            return parent.value is inner
        return inner is node and isinstance(parent, ast.FormattedValue | ast.BinOp | ast.If)

    def _is_class(self, call: ast.Call) -> bool:
        """Tell whether a call makes an object of a class, such as a dataclass, and none of asyncio's."""
        name = self._module.name(call.func)
        return name.rpartition(".")[2][:1].isupper() and not name.startswith("asyncio.")


def _defines(module: Module, method: str) -> bool:
    """Tell whether a module has a plain function of this name."""
    return any(isinstance(node, ast.FunctionDef) and node.name == method for node in ast.walk(module.tree))


def _coroutine_functions(module: Module) -> set[str]:
    """Return a module's coroutine functions but for its activities: `await` would not make their call right."""
    asynchronous = [node for node in module.functions.values() if isinstance(node, ast.AsyncFunctionDef)]
    return {node.name for node in asynchronous if not module.is_activity(node)}


def _own_coroutines(module: Module, function: ast.AsyncFunctionDef | ast.Module) -> set[str]:
    """Return the coroutine functions of the module, and of the class that a function stands in."""
    names = _coroutine_functions(module)
    for owner in module.classes:
        if function in owner.body:
            names |= {f"self.{item.name}" for item in owner.body if isinstance(item, ast.AsyncFunctionDef)}
    return names


def _shop_clients(module: Module, function: ast.AsyncFunctionDef | ast.Module) -> set[str]:
    """Return the variables that hold the shop's client, all of whose methods are coroutine functions."""
    inside = list(ast.walk(function))
    items = [item for node in inside if isinstance(node, ast.AsyncWith) for item in node.items]
    made = [(item.optional_vars, item.context_expr) for item in items]
    return {ast.unparse(target) for target, value in (*made, *bindings(inside)) if target and _is_shop(module, value)}


def _is_shop(module: Module, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and module.name(node.func).split(".")[-1] == "ShopClient"
