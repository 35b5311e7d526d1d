"""What makes a history grow without an end, what loses work at its switch, and what becomes of children."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module, methods
from course_lib.pitfalls.rules import Finding

_WORKFLOW = "temporalio.workflow."
_HANDLERS = (f"{_WORKFLOW}signal", f"{_WORKFLOW}update", f"{_WORKFLOW}query")
_STARTS = tuple(f"{_WORKFLOW}{verb}_{what}" for verb in ("execute", "start") for what in ("activity", "child_workflow"))
_TIMERS = (f"{_WORKFLOW}sleep", "asyncio.sleep")
_SWITCH = f"{_WORKFLOW}continue_as_new"


def switches_in_handlers(module: Module) -> Iterator[Finding]:
    """A handler that continues as new: the run ends wherever its run method is."""
    for owner in module.workflow_classes:
        for method in methods(owner):
            if any(module.decorated(method, name) for name in _HANDLERS):
                for call, name in module.calls(ast.walk(method)):
                    if name == _SWITCH:
                        yield module.finding(call, "switch in a handler", method.name)


def unbounded_gathers(module: Module) -> Iterator[Finding]:
    """A gather that starts one activity or child for each element of a collection, however many it has."""
    for call, name in module.calls(module.workflow_code):
        for star in (arg.value for arg in call.args if isinstance(arg, ast.Starred)):
            if name == "asyncio.gather" and isinstance(star, ast.GeneratorExp | ast.ListComp):
                over, each = star.generators[0].iter, module.calls(ast.walk(star.elt))
                if isinstance(over, ast.Name | ast.Attribute) and any(one.startswith(_STARTS) for _, one in each):
                    yield module.finding(call, "unbounded gather", ast.unparse(over))


def unswitched_loops(module: Module) -> Iterator[Finding]:
    """A loop without an end around a timer, in code that never continues as new."""
    if any(name == _SWITCH for _, name in module.calls(module.workflow_code)):
        return
    for loop in module.workflow_code:
        if isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant) and loop.test.value:
            inside = [node for statement in loop.body for node in ast.walk(statement)]
            ends = any(isinstance(node, ast.Break | ast.Return | ast.Raise) for node in inside)
            if not ends and any(name in _TIMERS for _, name in module.calls(inside)):
                yield module.finding(loop, "endless history")


def unchosen_policies(module: Module) -> Iterator[Finding]:
    """A child that is started and not waited for, and of which nobody says what becomes of it."""
    for call, name in module.calls(module.workflow_code):
        said = {word.arg for word in call.keywords}  # None: `**options` may say it
        if name == f"{_WORKFLOW}start_child_workflow" and not said & {"parent_close_policy", None}:
            yield module.finding(call, "close policy")
