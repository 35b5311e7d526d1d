"""Mistakes that workflows and activities share: forgotten await, blocking sleep, swallowed exception."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache

from course_lib.pitfalls.code import Found, Function, Module
from course_lib.shop.client import ShopClient

_COROUTINES = {
    "asyncio.sleep",
    "temporalio.workflow.sleep",
    "temporalio.workflow.wait_condition",
    "temporalio.workflow.execute_activity",
    "temporalio.workflow.execute_activity_method",
    "temporalio.workflow.execute_activity_class",
    "temporalio.workflow.execute_local_activity",
    "temporalio.workflow.execute_local_activity_method",
    "temporalio.workflow.execute_child_workflow",
    "temporalio.workflow.start_child_workflow",
}
_QUIET = {"print", "repr", "str"}


def forgotten_await(module: Module) -> Iterator[Found]:
    """A coroutine that is made and dropped, returned unawaited, or kept and never awaited."""
    for function in ast.walk(module.tree):
        if isinstance(function, ast.AsyncFunctionDef):
            names = _async_names(module, function)
            for node in ast.walk(function):
                call = _unawaited(node, function)
                if call is not None and _is_coroutine(module, call, names):
                    what = ast.unparse(call.func)
                    yield Found(
                        call,
                        f"{what} is awaited",
                        f"`await {what}(…)`",
                        f"write `await` in front of `{what}(…)`: without it nothing is started, Python only makes "
                        "a coroutine and throws it away.",
                    )


def blocking_sleep(module: Module) -> Iterator[Found]:
    """``time.sleep`` where it stops an event loop."""
    for call, name in module.calls(module.workflow_code()):
        if name == "time.sleep":
            yield Found(
                call,
                "the workflow sleeps without blocking its worker",
                "`await asyncio.sleep(…)` (a durable timer)",
                "use `await asyncio.sleep(…)`: inside a workflow it is a timer of the server that survives a crash; "
                "`time.sleep` blocks the worker.",
            )
    for function in module.activities():
        if isinstance(function, ast.AsyncFunctionDef):
            for call, name in module.calls(ast.walk(function)):
                if name == "time.sleep":
                    yield Found(
                        call,
                        f"the async activity {function.name} does not block its worker",
                        "`await asyncio.sleep(…)`, or a plain `def` activity in a thread",
                        "use `await asyncio.sleep(…)` or make the activity a plain `def`: `time.sleep` in an "
                        "`async def` freezes every other activity and workflow of the worker.",
                    )


def swallowed_exception(module: Module) -> Iterator[Found]:
    """``except Exception`` that does nothing about it."""
    nodes = list(module.workflow_code())
    nodes += [inner for function in module.activities() for inner in ast.walk(function)]
    for node in nodes:
        if isinstance(node, ast.ExceptHandler) and _catches_all(module, node) and _does_nothing(module, node):
            yield Found(
                node,
                "an exception is not swallowed",
                "no `except` at all, or one that ends in `raise`",
                "let the exception go on (or `raise` again): Temporal retries and reports what it can see, and a "
                "swallowed error looks like success.",
            )


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


def _is_coroutine(module: Module, call: ast.Call, names: set[str]) -> bool:
    name = module.name(call.func)
    return name in _COROUTINES or (name or ast.unparse(call.func)) in names or _is_shop_call(module, call.func)


def _is_shop_call(module: Module, func: ast.expr) -> bool:
    """Whether this is ``ShopClient().charge``, without a name in between."""
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Call):
        return False
    return module.name(func.value.func).split(".")[-1] == "ShopClient" and func.attr in _shop_methods()


def _async_names(module: Module, function: Function) -> set[str]:
    """Names that are coroutine functions here: the module's own, this class's own, the shop client's methods."""
    names = {name for name, node in module.functions.items() if isinstance(node, ast.AsyncFunctionDef)}
    for owner in module.classes:
        if function in owner.body:
            names |= {f"self.{item.name}" for item in owner.body if isinstance(item, ast.AsyncFunctionDef)}
    for node in ast.walk(function):
        made: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.AsyncWith):
            made = [(item.optional_vars, item.context_expr) for item in node.items]
        elif isinstance(node, ast.Assign):
            made = [(node.targets[0], node.value)]
        for target, value in made:
            is_shop = isinstance(value, ast.Call) and module.name(value.func).split(".")[-1] == "ShopClient"
            if is_shop and isinstance(target, ast.Name):
                names |= {f"{target.id}.{method}" for method in _shop_methods()}
    return names


@cache
def _shop_methods() -> frozenset[str]:
    return frozenset(name for name, _ in inspect.getmembers(ShopClient, inspect.iscoroutinefunction))


def _catches_all(module: Module, handler: ast.ExceptHandler) -> bool:
    return handler.type is None or module.name(handler.type) in ("Exception", "BaseException")


def _does_nothing(module: Module, handler: ast.ExceptHandler) -> bool:
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Raise | ast.Await):
            return False
        if isinstance(node, ast.Call):
            name = module.name(node.func)
            if name not in _QUIET and "logg" not in name and not name.startswith("log."):
                return False
    return True
