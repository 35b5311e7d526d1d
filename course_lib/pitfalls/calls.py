"""Calls whose answer is another one in a replay: clock, random numbers, the machine, threads, the world."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls import names
from course_lib.pitfalls.code import Function, Module
from course_lib.pitfalls.hit import Hit

_RANDOM_FIX = "use `workflow.random()` or `workflow.uuid4()`: their values are the same in every replay"
_WORLD_FIX = "move it into an activity: its result is read from the history in a replay"
_MACHINE_FIX = "hand the value in as an argument of the workflow, or read it in an activity"


def restricted(module: Module) -> Iterator[Hit]:
    """Calls that the sandbox stops when they run."""
    for node in module.workflow_code():
        if isinstance(node, ast.Attribute | ast.Name) and module.name(node) == "os.environ":
            yield Hit(node, "environment", "a worker's environment is not in the history", _MACHINE_FIX, "stopped")
        if not isinstance(node, ast.Call):
            continue
        name = module.name(node.func)
        if name in names.CLOCKS:
            fix = "use `workflow.now()` (or `workflow.time()`): the time of the workflow task, the same in every replay"
            yield Hit(node, "clock", f"`{name}` reads the worker's clock", fix, "stopped")
        elif name == "time.sleep":
            fix = "use `await workflow.sleep(…)` or `await asyncio.sleep(…)`: a durable timer of the server"
            yield Hit(node, "sleep", "`time.sleep` blocks the worker and is no timer", fix, "stopped")
        elif name in names.MACHINE:
            yield Hit(node, "environment", f"`{name}` asks this machine", _MACHINE_FIX, "stopped")
        elif name in names.THREADS or _method(node) == "run_in_executor":
            fix = f"for work at the same time use `asyncio.gather` over activities; else {_WORLD_FIX}"
            yield Hit(node, "thread", "a thread runs when it likes, in another order in a replay", fix, "stopped")
        elif name in names.RANDOM or (name.startswith(names.RANDOM_MODULES) and name not in names.OWN_RANDOM):
            yield Hit(node, "random", f"`{name}` gives another value in a replay", _RANDOM_FIX, "stopped")
        elif _is_world(module, node, name):
            # sqlite3 is C code that the sandbox does not know.
            effect = "breaks" if name.startswith("sqlite3.") else "stopped"
            yield Hit(node, "world", f"`{ast.unparse(node.func)}` touches the world", _WORLD_FIX, effect)  # type: ignore[arg-type]


def slipping(module: Module) -> Iterator[Hit]:
    """Calls that the sandbox lets through, although their value is another one in a replay."""
    for node in module.workflow_code():
        if isinstance(node, ast.Call):
            name = module.name(node.func)
            if (name == "random.Random" and not _seeded(node)) or name == "random.SystemRandom":
                yield Hit(node, "random", f"`{name}()` is seeded anew in every replay", _RANDOM_FIX, "breaks")
            elif name in ("hash", "id") or _method(node) == "__hash__":
                fix = "use a key of your own, or `hashlib.sha256(…)`"
                yield Hit(
                    node, "hash", f"`{ast.unparse(node.func)}(…)` is another number in every process", fix, "breaks"
                )
            elif key := next((word.value for word in node.keywords if word.arg == "key"), None):
                if isinstance(key, ast.Name) and module.name(key) in ("hash", "id"):
                    what = f"the order of `key={key.id}` is another one in every process"
                    yield Hit(node, "hash", what, "sort by a key of your own, or by the values themselves", "breaks")
            elif _method(node) == "astimezone" and not node.args and not node.keywords:
                fix = "name the time zone: `astimezone(timezone.utc)`"
                yield Hit(node, "clock", "`astimezone` takes the time zone of the machine", fix, "breaks")
            elif name == "time.strftime" and len(node.args) == 1:
                fix = "use `workflow.now().strftime(…)`"
                yield Hit(node, "clock", "`time.strftime` without a time reads the worker's clock", fix, "breaks")
            elif name == "datetime.datetime.fromtimestamp" and len(node.args) + len(node.keywords) == 1:
                fix = "name the time zone: `datetime.fromtimestamp(…, timezone.utc)`"
                yield Hit(node, "clock", "`fromtimestamp` takes the time zone of the machine", fix, "breaks")


def at_import(module: Module) -> Iterator[Hit]:
    """Values that the module makes when it is imported: the sandbox imports it anew for every run and replay."""
    if not any(module.workflow_classes()):
        return
    apart = set(_for_others(module))
    for node in _top_level(module.tree.body):
        if id(node) in apart:
            continue
        if isinstance(node, ast.Attribute | ast.Name) and module.name(node) == "os.environ":
            yield _import_hit(node, "`os.environ`")
        if not isinstance(node, ast.Call):
            continue
        name = module.name(node.func)
        changing = name in names.CLOCKS | names.RANDOM | names.MACHINE | names.OWN_RANDOM and not (
            name == "random.Random" and _seeded(node)
        )
        if changing or name.startswith(names.RANDOM_MODULES) or _is_world(module, node, name) or name == "print":
            yield _import_hit(node, f"`{ast.unparse(node.func)}`")


def _seeded(call: ast.Call) -> bool:
    seeds = [*call.args, *(word.value for word in call.keywords)]
    return any(not (isinstance(seed, ast.Constant) and seed.value is None) for seed in seeds)


def _for_others(module: Module) -> Iterator[int]:
    """Yield the nodes, by ``id``, of settings that only activities and starters read: no workflow sees the value.

    A client or a file is none of them: making it anew for every run costs, whoever reads it.
    """
    ours = {id(node) for node in module.workflow_code()}
    theirs = {
        id(inner)
        for function in ast.walk(module.tree)
        if isinstance(function, Function) and id(function) not in ours
        for statement in function.body
        for inner in ast.walk(statement)
    }
    for node in module.tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        inside = list(ast.walk(node.value))
        if any(_is_world(module, call, name) or name == "print" for call, name in module.calls(iter(inside))):
            continue
        reads = [each for each in ast.walk(module.tree) if isinstance(each, ast.Name) and each is not target]
        reads = [each for each in reads if isinstance(target, ast.Name) and each.id == target.id]
        if reads and all(id(each) in theirs for each in reads):
            yield from map(id, inside)


def _import_hit(node: ast.expr, what: str) -> Hit:
    return Hit(
        node,
        "import",
        f"{what} runs at import, which the sandbox repeats for every run and every replay",
        "take it out of the module's top level: into an activity, or into the workflow's arguments",
        "breaks",
    )


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_world(module: Module, call: ast.Call, name: str) -> bool:
    if name in names.WORLD_CALLS or name.startswith(names.WORLD) or name.split(".")[-1].endswith("ShopClient"):
        return True
    # Path("x").read_text(): only on a path that is made on the spot, since other objects have such methods too.
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in names.PATH_METHODS
        and isinstance(call.func.value, ast.Call)
        and module.name(call.func.value.func) in ("pathlib.Path", "Path")
    )


def _top_level(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Walk what runs when a module is imported."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo[:0] = node.decorator_list
            continue
        if isinstance(node, ast.Lambda) or (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)):
            continue
        yield node
        todo[:0] = list(ast.iter_child_nodes(node))
