"""Coroutines that nobody awaits."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module, bindings
from course_lib.pitfalls.rules import Finding

_COROUTINES = {"asyncio.sleep"} | {
    f"temporalio.workflow.{name}"
    for name in (
        "sleep", "wait_condition", "execute_activity", "execute_activity_method", "execute_activity_class",
        "execute_local_activity", "execute_local_activity_method", "execute_child_workflow", "start_child_workflow",
    )
}  # fmt: skip


def forgotten_await(module: Module) -> Iterator[Finding]:
    """A coroutine that is made and dropped, returned unawaited, or kept and never awaited."""
    for function in ast.walk(module.tree):
        if isinstance(function, ast.AsyncFunctionDef):
            own, clients = _own_coroutines(module, function), _shop_clients(module, function)
            for node in ast.walk(function):
                call = _unawaited(node, function)
                if call is not None:
                    name, written = module.name(call.func), ast.unparse(call.func)
                    shop = isinstance(call.func, ast.Attribute) and (
                        _is_shop(module, call.func.value) or ast.unparse(call.func.value) in clients
                    )
                    if name in _COROUTINES or (name or written) in own or shop:
                        yield module.finding(call, "forgotten await", written)


def _unawaited(node: ast.AST, function: ast.AsyncFunctionDef) -> ast.Call | None:
    if isinstance(node, ast.Expr | ast.Return) and isinstance(node.value, ast.Call):
        return node.value
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
        kept = node.targets[0].id
        # Handed on (gather, create_task, a list) or awaited later: somebody may await it.
        for other in ast.walk(function):
            if isinstance(other, ast.Await | ast.Call | ast.List | ast.Tuple | ast.Return | ast.Dict):
                inner = [item for item in ast.iter_child_nodes(other) if item is not node.value]
                if any(isinstance(item, ast.Name) and item.id == kept for item in inner):
                    return None
        return node.value
    return None


def _own_coroutines(module: Module, function: ast.AsyncFunctionDef) -> set[str]:
    """Return the coroutine functions of the module, and of the class that a function stands in."""
    names = {name for name, node in module.functions.items() if isinstance(node, ast.AsyncFunctionDef)}
    for owner in module.classes:
        if function in owner.body:
            names |= {f"self.{item.name}" for item in owner.body if isinstance(item, ast.AsyncFunctionDef)}
    return names


def _shop_clients(module: Module, function: ast.AsyncFunctionDef) -> set[str]:
    """Return the variables that hold the shop's client, all of whose methods are coroutine functions."""
    inside = list(ast.walk(function))
    items = [item for node in inside if isinstance(node, ast.AsyncWith) for item in node.items]
    made = [(item.optional_vars, item.context_expr) for item in items]
    return {ast.unparse(target) for target, value in (*made, *bindings(inside)) if target and _is_shop(module, value)}


def _is_shop(module: Module, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and module.name(node.func).split(".")[-1] == "ShopClient"
