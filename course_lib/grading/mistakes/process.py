"""Code that hurts the process it runs in: endless loops, exits, a sandbox that is switched off."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Found, Function, Module

_EXITS = {"sys.exit", "os._exit", "os.abort", "os.kill", "exit", "quit", "signal.raise_signal"}
_LEAVES = ast.Await | ast.Break | ast.Return | ast.Raise | ast.Yield | ast.YieldFrom


def endless_loop(module: Module) -> Iterator[Found]:
    """``while True`` without any way out."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.While)
            and isinstance(node.test, ast.Constant)
            and node.test.value
            and not any(isinstance(inner, _LEAVES) for statement in node.body for inner in ast.walk(statement))
        ):
            yield Found(
                node,
                "every loop can end",
                "a condition, `break`, `return`, or an `await` inside",
                "give the loop an end: this one never gives control back, so its worker can do nothing else.",
            )


def ends_process(module: Module) -> Iterator[Found]:
    """A call that ends the worker's process."""
    own = {node.name for node in ast.walk(module.tree) if isinstance(node, Function)}
    for call, name in module.calls(ast.walk(module.tree)):
        if name in _EXITS and name not in own:
            yield Found(
                call,
                "the code leaves its process alone",
                "no call that ends the process",
                f"take `{name}` out: it ends the whole worker. To end a workflow or an activity, `return` or `raise`.",
            )


def sandbox_off(module: Module) -> Iterator[Found]:
    """The sandbox switched off for a class or a block."""
    for call, name in module.calls(ast.walk(module.tree)):
        off = any(
            keyword.arg == "sandboxed" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            for keyword in call.keywords
        )
        if off or name == "temporalio.workflow.unsafe.sandbox_unrestricted":
            yield Found(
                call,
                "the sandbox stays on",
                "`@workflow.defn` as it is",
                "leave the sandbox on: what it refuses would break a replay. Move that code into an activity.",
            )
