"""What runs by the clock: an old way to do it, and times that name no zone."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module
from course_lib.pitfalls.rules import Finding

_TIMES = {"ScheduleSpec": ("start_at", "end_at"), "ScheduleBackfill": ("start_at", "end_at")}


def cron(module: Module) -> Iterator[Finding]:
    """A workflow that starts itself again by the clock."""
    for call, _ in module.calls(ast.walk(module.tree)):
        for word in call.keywords:
            if word.arg == "cron_schedule" and not (isinstance(word.value, ast.Constant) and not word.value.value):
                yield module.finding(word.value, "cron schedule")


def zones(module: Module) -> Iterator[Finding]:
    """Wall-clock times of a schedule without their zone, and points in time without one."""
    for call, name in module.calls(ast.walk(module.tree)):
        kind = name.rpartition(".")[2]
        words = {word.arg: word.value for word in call.keywords}
        if kind == "ScheduleSpec" and not {"time_zone_name", None} & set(words):
            texts = ast.unparse(words.get("cron_expressions", ast.List([])))
            if "calendars" in words or ("cron_expressions" in words and "TZ=" not in texts):
                yield module.finding(call, "no time zone")
        for value in [*(words[word] for word in _TIMES.get(kind, ()) if word in words), *_first(kind, call)]:
            if isinstance(value, ast.Call) and _naive(module, value):
                yield module.finding(value, "naive schedule time", ast.unparse(value))


def _first(kind: str, call: ast.Call) -> list[ast.expr]:
    return call.args[:2] if kind == "ScheduleBackfill" else []


def _naive(module: Module, call: ast.Call) -> bool:
    name = module.name(call.func)
    zoned = any(word.arg in ("tzinfo", "tz", None) for word in call.keywords)
    if name == "datetime.datetime":
        return not zoned and len(call.args) < 8  # the eighth is the zone
    return name == "datetime.datetime.now" and not (zoned or call.args)
