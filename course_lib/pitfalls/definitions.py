"""Workflows that Temporal would not run as they are meant."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module, methods
from course_lib.pitfalls.names import kind_of
from course_lib.pitfalls.rules import Finding

_WITH_TIMEOUT = {
    f"temporalio.workflow.{verb}_activity{kind}" for verb in ("execute", "start") for kind in ("", "_method", "_class")
}
_TIMEOUTS = {"start_to_close_timeout", "schedule_to_close_timeout", None}  # None: `**options` may hold one


def workflows(module: Module) -> Iterator[Finding]:
    """A class without ``@workflow.defn``; a run method that is a plain ``def``, reads a default, or takes too much."""
    for node in module.workflow_classes:
        if not module.decorated(node, "temporalio.workflow.defn"):
            yield module.finding(node, "not decorated", node.name, "a", "workflow", "class")
        for method in methods(node):
            if module.decorated(method, "temporalio.workflow.run"):
                if isinstance(method, ast.FunctionDef):
                    yield module.finding(method, "not async", node.name, method.name)
                arguments = method.args
                for default in (*arguments.defaults, *arguments.kw_defaults):
                    if default and _reads(module, default):
                        yield module.finding(default, "read default", node.name, method.name)
                # One with a default is not asked of anybody: what is wrong with it is something else.
                count = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults) - 1
                count += sum(default is None for default in arguments.kw_defaults)
                if count > 1:
                    yield module.finding(method, "several parameters", node.name, method.name, str(count))


def _reads(module: Module, default: ast.expr) -> bool:
    """Tell whether a value is read from outside the code: the clock, the environment, what Temporal knows of a run."""
    named = [module.name(node) for node in ast.walk(default) if isinstance(node, ast.Name | ast.Attribute)]
    return any(name == "os.environ" or kind_of(name) or name.startswith("temporalio.workflow.") for name in named)


def activities(module: Module) -> Iterator[Finding]:
    """A function of the module that is asked for as an activity, and is none."""
    for function in map(module.functions.__getitem__, module.asked_for):
        if not module.decorated(function, "temporalio.activity.defn"):
            yield module.finding(function, "not decorated", function.name, "an", "activity", "def")


def without_timeout(module: Module) -> Iterator[Finding]:
    """An activity called without any timeout."""
    for call, name in module.calls(module.workflow_code):
        if name in _WITH_TIMEOUT and not _TIMEOUTS.intersection(keyword.arg for keyword in call.keywords):
            yield module.finding(call, "no timeout")
