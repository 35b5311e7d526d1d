"""Local times without a zone, zones that the sandbox wraps, and loops that wake up to look."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Function, Module
from course_lib.pitfalls.rules import Finding

_SLEEPS = {"asyncio.sleep", "temporalio.workflow.sleep"}
_DATETIME = "datetime.datetime"
_ZONE_AT = {_DATETIME: 7, f"{_DATETIME}.combine": 2}  # which argument is the zone


def times(module: Module) -> Iterator[Finding]:
    """A time of day that names no zone, and a ``ZoneInfo``, in workflow code."""
    for call, name in module.calls(module.workflow_code):
        words = {keyword.arg for keyword in call.keywords}
        if name == "zoneinfo.ZoneInfo":
            yield module.finding(call, "zone")
        elif name in _ZONE_AT and len(call.args) >= 2:
            starred = any(isinstance(each, ast.Starred) for each in call.args) or None in words
            inside = {
                module.name(node.func) for each in call.args for node in ast.walk(each) if isinstance(node, ast.Call)
            }
            # `combine(day, now.timetz())` and `time(9, tzinfo=…)` bring a zone along.
            if "tzinfo" in words or len(call.args) > _ZONE_AT[name] or starred or _brings_zone(call) or inside - _PLAIN:
                continue
            yield module.finding(call, "naive time", ast.unparse(call.func))
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "replace" and _drops_zone(call):
            yield module.finding(call, "naive time", "….replace(tzinfo=None)")


_PLAIN = {"datetime.time", "datetime.timedelta", "datetime.date"}


def _brings_zone(call: ast.Call) -> bool:
    inner = [node for each in call.args for node in ast.walk(each)]
    return any(isinstance(node, ast.keyword) and node.arg == "tzinfo" for node in inner)


def _drops_zone(call: ast.Call) -> bool:
    return any(
        word.arg == "tzinfo" and isinstance(word.value, ast.Constant) and word.value.value is None
        for word in call.keywords
    )


def looking_again(module: Module) -> Iterator[Finding]:
    """A loop that sleeps, looks at the workflow's state, and does nothing else."""
    for node in module.workflow_code:
        if not isinstance(node, ast.While):
            continue
        inner = [each for statement in node.body for each in ast.walk(statement)]
        awaited = [each.value for each in inner if isinstance(each, ast.Await)]
        sleeps = [call for call in awaited if isinstance(call, ast.Call) and module.name(call.func) in _SLEEPS]
        fixed = all(isinstance(call.args[0], ast.Constant | ast.Call) for call in sleeps if call.args)
        does = any(isinstance(each, ast.Assign | ast.AugAssign | ast.AnnAssign | Function) for each in inner)
        tests = [node.test, *(each.test for each in inner if isinstance(each, ast.If))]
        looks = any("self." in ast.unparse(test) for test in tests)
        if sleeps and len(sleeps) == len(awaited) and fixed and looks and not does:
            yield module.finding(node, "looks again")
