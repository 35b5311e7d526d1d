"""Code that hurts the process it runs in: it blocks or ends the worker, hides failures, switches the sandbox off."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Function, Module
from course_lib.pitfalls.rules import Finding

_EXITS = {"sys.exit", "os._exit", "os.abort", "os.kill", "exit", "quit", "signal.raise_signal"}
_LEAVES = ast.Await | ast.Break | ast.Return | ast.Raise | ast.Yield | ast.YieldFrom
_QUIET = {"print", "repr", "str"}


def blocking_activities(module: Module) -> Iterator[Finding]:
    """``time.sleep`` in an ``async def`` activity, where it stops the event loop."""
    for function in module.activities():
        if isinstance(function, ast.AsyncFunctionDef):
            for call, name in module.calls(ast.walk(function)):
                if name == "time.sleep":
                    yield module.finding(call, "blocking activity", function.name)


def swallowed_exceptions(module: Module) -> Iterator[Finding]:
    """``except Exception`` that does nothing about it."""
    callers = [each for each in module.functions.values() if "client" in {arg.arg for arg in each.args.args}]
    called = {id(inner) for function in callers for inner in ast.walk(function)}
    inside = [inner for function in (*module.activities(), *callers) for inner in ast.walk(function)]
    code = (*module.workflow_code, *inside)
    # A wait can only time out: who catches all of that swallows nothing.
    waits = {
        id(handler)
        for node in code
        if isinstance(node, ast.Try) and _only_waits(module, node)
        for handler in node.handlers
    }
    for node in code:
        if (
            id(node) not in waits
            and isinstance(node, ast.ExceptHandler)
            and (node.type is None or module.name(node.type) in ("Exception", "BaseException"))
        ):
            body = [inner for statement in node.body for inner in ast.walk(statement)]
            quiet = all(name in _QUIET or "logg" in name or name.startswith("log.") for _, name in module.calls(body))
            if quiet and not any(isinstance(inner, ast.Raise | ast.Await) for inner in body):
                fix = "let the exception go on (or `raise` again): who calls this has to learn that it failed"
                yield module.finding(node, "swallowed exception", fix=fix if id(node) in called else "")


def _only_waits(module: Module, node: ast.Try) -> bool:
    body = [inner for statement in node.body for inner in ast.walk(statement)]
    awaited = [inner.value for inner in body if isinstance(inner, ast.Await)]
    waits = [name for _, name in module.calls(awaited) if name == "temporalio.workflow.wait_condition"]
    return bool(awaited) and len(waits) == len(awaited)


def endless_loops(module: Module) -> Iterator[Finding]:
    """``while True`` without any way out."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.While)
            and isinstance(node.test, ast.Constant)
            and node.test.value
            and not any(isinstance(inner, _LEAVES) for statement in node.body for inner in ast.walk(statement))
        ):
            yield module.finding(node, "endless loop")


def exits(module: Module) -> Iterator[Finding]:
    """A call that ends the worker's process."""
    own = {node.name for node in ast.walk(module.tree) if isinstance(node, Function)}
    for call, name in module.calls(ast.walk(module.tree)):
        if name in _EXITS and name not in own:
            yield module.finding(call, "ends process", name)


def sandbox_off(module: Module) -> Iterator[Finding]:
    """The sandbox switched off for a class, a block, or a Worker."""
    for call, name in module.calls(ast.walk(module.tree)):
        off = any(
            keyword.arg == "sandboxed" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            for keyword in call.keywords
        )
        if off or name.endswith((".unsafe.sandbox_unrestricted", "UnsandboxedWorkflowRunner")):
            yield module.finding(call, "sandbox off")


def runs_the_loop(module: Module) -> Iterator[Finding]:
    """``asyncio.run`` at a module's top level: it would run at every import, in the sandbox too."""
    for call, name in module.calls(module.at_import):
        if name == "asyncio.run":
            yield module.finding(call, "asyncio.run")
