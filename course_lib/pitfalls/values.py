"""Values of a kind that is not wanted: a class for an error's name, a number for a time, a function for its answer."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module, bindings
from course_lib.pitfalls.rules import Finding

_DURATIONS = {
    "start_to_close_timeout", "schedule_to_close_timeout", "schedule_to_start_timeout", "heartbeat_timeout",
    "initial_interval", "maximum_interval", "execution_timeout", "run_timeout", "task_timeout", "start_delay",
}  # fmt: skip
_TAKE_DURATIONS = ("RetryPolicy", "_activity", "_activity_method", "_activity_class", "_workflow", "continue_as_new")


def error_types(module: Module) -> Iterator[Finding]:
    """The class of an error where its name is wanted: in a retry policy, as a ``type``, compared with one."""
    named = {ast.unparse(target) for target, _ in bindings(ast.walk(module.tree))}
    for value in _meant_as_names(module):
        owner, _, last = module.name(value).rpartition(".")
        a_class = last[:1].isupper() and not last.isupper() and not owner.rpartition(".")[2][:1].isupper()
        if a_class and last not in named:  # `Declined = "CardDeclined"` is a name
            yield module.finding(value, "class for a name", last)


def durations(module: Module) -> Iterator[Finding]:
    """A plain number for a timeout or an interval; ``timedelta(4)``, which is four days, unless a date is counted."""
    sums = [side for node in ast.walk(module.tree) if isinstance(node, ast.BinOp) for side in (node.left, node.right)]
    for call, name in module.calls(ast.walk(module.tree)):
        if name.endswith(_TAKE_DURATIONS):
            for word in call.keywords:
                if word.arg in _DURATIONS and isinstance(word.value, ast.Constant) and word.value.value is not None:
                    yield module.finding(word.value, "plain number", word.arg, ast.unparse(word.value))
        if name.rpartition(".")[2] == "timedelta" and len(call.args) == 1 and not call.keywords and call not in sums:
            days = call.args[0]
            if isinstance(days, ast.Constant) and days.value != 0:
                yield module.finding(call, "days", ast.unparse(days))


def uncalled(module: Module) -> Iterator[Finding]:
    """A function of Temporal's or of the module as a condition, without the call."""
    tests = [node.test for node in ast.walk(module.tree) if isinstance(node, ast.If | ast.IfExp | ast.While)]
    for call, name in module.calls(ast.walk(module.tree)):
        if name == "temporalio.workflow.wait_condition" and call.args and isinstance(call.args[0], ast.Lambda):
            tests.append(call.args[0].body)
    for test in tests:
        for part in getattr(test, "values", [getattr(test, "operand", test)]):  # of `and`, `or` and `not`
            name = module.name(part)
            own = name in module.functions and not module.is_local(part)
            if own or (name.startswith("temporalio.workflow.") and name.rpartition(".")[2].islower()):
                yield module.finding(part, "not called", ast.unparse(part))


def _meant_as_names(module: Module) -> Iterator[ast.expr]:
    for node in ast.walk(module.tree):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            wanted = "type" if module.name(node.func).endswith("ApplicationError") else "non_retryable_error_types"
            found = [word.value for word in node.keywords if word.arg == wanted]
        elif isinstance(node, ast.ExceptHandler):
            for inner in ast.walk(node):
                sides = [inner.left, *inner.comparators] if isinstance(inner, ast.Compare) else []
                if any(isinstance(side, ast.Attribute) and side.attr == "type" for side in sides):
                    found += sides
        for each in found:
            yield from each.elts if isinstance(each, ast.List | ast.Tuple | ast.Set) else [each]
