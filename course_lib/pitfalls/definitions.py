"""Workflows that Temporal would not run as they are meant."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module, methods
from course_lib.pitfalls.rules import Finding

_WITH_TIMEOUT = {
    f"temporalio.workflow.{verb}_activity{kind}" for verb in ("execute", "start") for kind in ("", "_method", "_class")
}
_TIMEOUTS = {"start_to_close_timeout", "schedule_to_close_timeout", None}  # None: `**options` may hold one


def workflows(module: Module) -> Iterator[Finding]:
    """A class without ``@workflow.defn``; a run method that is a plain ``def`` or takes more than one parameter."""
    for node in module.workflow_classes:
        if not module.decorated(node, "temporalio.workflow.defn"):
            yield module.finding(node, "not decorated", node.name)
        for method in methods(node):
            if module.decorated(method, "temporalio.workflow.run"):
                if isinstance(method, ast.FunctionDef):
                    yield module.finding(method, "not async", node.name, method.name)
                arguments = method.args
                # One with a default is not asked of anybody: what is wrong with it is something else.
                count = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults) - 1
                count += sum(default is None for default in arguments.kw_defaults)
                if count > 1:
                    yield module.finding(method, "several parameters", node.name, method.name, str(count))


def without_timeout(module: Module) -> Iterator[Finding]:
    """An activity called without any timeout."""
    for call, name in module.calls(module.workflow_code):
        if name in _WITH_TIMEOUT and not _TIMEOUTS.intersection(keyword.arg for keyword in call.keywords):
            yield module.finding(call, "no timeout")
