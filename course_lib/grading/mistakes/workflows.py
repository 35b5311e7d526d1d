"""Mistakes of workflow code."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls import names
from course_lib.pitfalls.code import Found, Module, methods

_NETWORK = ("requests.", "httpx.", "urllib.request.", "socket.", "aiohttp.", "sqlite3.", "subprocess.")
_CHANGING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "put_nowait",
    "remove", "reverse", "setdefault", "sort", "update",
}  # fmt: skip
_WITH_TIMEOUT = {
    f"temporalio.workflow.{verb}_activity{kind}" for verb in ("execute", "start") for kind in ("", "_method", "_class")
}


def not_decorated(module: Module) -> Iterator[Found]:
    """A class with a run method, without ``@workflow.defn``."""
    for node in module.workflow_classes():
        if not module.decorated(node, "temporalio.workflow.defn"):
            yield Found(
                node,
                f"{node.name} is a workflow",
                "`@workflow.defn` on the line above the class",
                f"put `@workflow.defn` above `class {node.name}`: without it Temporal does not know the class.",
            )


def not_async(module: Module) -> Iterator[Found]:
    """A run method that is a plain ``def``."""
    for node in module.workflow_classes():
        for method in methods(node):
            if module.decorated(method, "temporalio.workflow.run") and isinstance(method, ast.FunctionDef):
                yield Found(
                    method,
                    f"{node.name}.{method.name} is async",
                    f"`async def {method.name}(…)`",
                    "write `async def`: a workflow waits for its activities with `await`.",
                )


def several_parameters(module: Module) -> Iterator[Found]:
    """A run method with more than one parameter."""
    for node in module.workflow_classes():
        for method in methods(node):
            arguments = method.args
            count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs) - 1
            if module.decorated(method, "temporalio.workflow.run") and count > 1:
                yield Found(
                    method,
                    f"{node.name}.{method.name} takes one dataclass",
                    "one parameter",
                    f"put the {count} values into one dataclass: a field can be added later without breaking the "
                    "runs that are under way, a parameter cannot.",
                )


def no_timeout(module: Module) -> Iterator[Found]:
    """An activity called without any timeout."""
    wanted = {"start_to_close_timeout", "schedule_to_close_timeout"}
    for call, name in module.calls(module.workflow_code()):
        named = {keyword.arg for keyword in call.keywords}
        if name in _WITH_TIMEOUT and not named & wanted and None not in named:
            yield Found(
                call,
                "every activity has a timeout",
                "`start_to_close_timeout=…` (or `schedule_to_close_timeout=…`)",
                "give this call `start_to_close_timeout=timedelta(seconds=…)`: Temporal refuses an activity without.",
            )


def wall_clock(module: Module) -> Iterator[Found]:
    """The machine's clock in workflow code."""
    for call, name in module.calls(module.workflow_code()):
        if name in names.CLOCKS:
            yield Found(
                call,
                "the workflow asks Temporal for the time",
                "`workflow.now()`",
                "use `workflow.now()`: a replay must see the time of the first run, not the time of the replay.",
            )


def random_values(module: Module) -> Iterator[Found]:
    """Random values that a replay would not see again."""
    for call, name in module.calls(module.workflow_code()):
        if name in names.RANDOM or name.startswith(names.RANDOM_MODULES):
            yield Found(
                call,
                "the workflow asks Temporal for random values",
                "`workflow.uuid4()` or `workflow.random()`",
                "use `workflow.uuid4()` or `workflow.random()`: a replay must see the same value again.",
            )


def outside_world(module: Module) -> Iterator[Found]:
    """Network, files and processes in workflow code."""
    for call, name in module.calls(module.workflow_code()):
        if name.startswith(_NETWORK) or name == "open" or "ShopClient" in name:
            yield Found(
                call,
                "the workflow leaves the outside world to its activities",
                "this call in a function with `@activity.defn`",
                "move the call into an activity: workflow code is run again in every replay, an activity's result "
                "is read from the history.",
            )


def reader_changes_state(module: Module) -> Iterator[Found]:
    """A query or a validator that assigns to ``self`` or changes a collection of it."""
    for owner in module.workflow_classes():
        for method in methods(owner):
            what = "query" if module.decorated(method, "temporalio.workflow.query") else ""
            if any(isinstance(d, ast.Attribute) and d.attr == "validator" for d in method.decorator_list):
                what = "validator"
            for node in ast.walk(method) if what else ():
                if isinstance(node, ast.stmt | ast.expr) and _changes_self(node):
                    why = (
                        "a query leaves no event, so a replay never sees what it did"
                        if what == "query"
                        else "a refused update leaves no event, so a replay never sees what its validator did"
                    )
                    yield Found(
                        node,
                        f"the {what} `{method.name}` only reads",
                        f"a {what} that changes nothing",
                        f"take this line out of the {what}: {why}. The state is changed by signals and by the bodies "
                        "of updates.",
                    )


def _changes_self(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.Delete):
        flat = [i for t in node.targets for i in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
        return any(_of_self(item) for item in flat)
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return _of_self(node.target)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _CHANGING
        and _of_self(node.func.value)
    )


def _of_self(node: ast.AST) -> bool:
    """Whether this is ``self.x``, ``self.x[…]`` or ``self.x.y``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return isinstance(node, ast.Attribute)
        node = node.value
    return False
