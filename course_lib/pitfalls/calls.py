"""Calls whose answer is another one in a replay: clock, random numbers, the machine, threads, the world."""

import ast
from collections.abc import Iterator
from typing import Literal

from course_lib.pitfalls import names
from course_lib.pitfalls.code import Function, Module, methods
from course_lib.pitfalls.filepaths import Paths
from course_lib.pitfalls.hit import Hit

_RANDOM_FIX = "use `workflow.random()` or `workflow.uuid4()`: their values are the same in every replay"
_SECRET_FIX = "draw it in an activity: who knows a run's id can draw what `workflow.random()` draws"
_WORLD_FIX = "move it into an activity: its result is read from the history in a replay"
_LOCAL_TIME = {"datetime.datetime.fromtimestamp", "datetime.date.fromtimestamp", "time.mktime"}
_MACHINE_FIX = "hand the value in as an argument of the workflow, or read it in an activity"


def restricted(module: Module) -> Iterator[Hit]:
    """Calls that the sandbox stops when they run."""
    paths = Paths(module)
    imported = _imported(module)
    for node in module.workflow_code():
        if isinstance(node, ast.Call):
            yield from _handed_on(module, node)
        # What stands in a class's body or in a default is run at import, where the sandbox lets it through.
        if id(node) in imported:
            continue
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
        elif name.startswith("os.path.") and ast.unparse(node.func).count(".") > 1:
            fix = "use `pathlib.PurePath` for names of files, and an activity for the files themselves"
            yield Hit(node, "environment", "`os.path` is closed to workflow code", fix, "stopped")
        elif name.startswith("threading.") or name in names.THREADS or _method(node) == "run_in_executor":
            fix = f"for work at the same time use `asyncio.gather` over activities; else {_WORLD_FIX}"
            yield Hit(node, "thread", "a thread runs when it likes, in another order in a replay", fix, "stopped")
        elif _draws(name):
            fix = _SECRET_FIX if name.startswith("secrets.") else _RANDOM_FIX
            yield Hit(node, "random", f"`{name}` gives another value in a replay", fix, "stopped")
        elif paths.touched(node) or _is_world(module, node, name):
            # sqlite3 is C code that the sandbox does not know, and a path that `/` has made is none of its own.
            effect = "breaks" if name.startswith("sqlite3.") or paths.joined(node) else "stopped"
            yield Hit(node, "world", f"`{ast.unparse(node.func)}` touches the world", _WORLD_FIX, effect)  # type: ignore[arg-type]


def slipping(module: Module) -> Iterator[Hit]:
    """Calls that the sandbox lets through, although their value is another one in a replay."""
    imported = _imported(module)
    for node in module.workflow_code():
        if isinstance(node, ast.Call) and id(node) not in imported:
            name = module.name(node.func)
            if _seeds_itself(node, name):
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
            elif _reads_clock(node, name):
                fix = "use `workflow.now().strftime(…)`" if name == "time.strftime" else "use `workflow.now()`"
                what = f"`{name}` without a time reads the worker's clock"
                yield Hit(node, "clock", what, fix, "breaks")
            elif name in _LOCAL_TIME and len(node.args) + len(node.keywords) == 1:
                fix = "name the time zone: `datetime.fromtimestamp(…, timezone.utc)`"
                short = name.rpartition(".")[2]
                yield Hit(node, "clock", f"`{short}` takes the time zone of the machine", fix, "breaks")


def at_import(module: Module) -> Iterator[Hit]:
    """Values that the module makes when it is imported: the sandbox imports it anew for every run and replay."""
    if not any(module.workflow_classes()):
        return
    apart = set(_for_others(module))
    for node in _top_level(module.tree.body):
        if id(node) in apart:
            continue
        if isinstance(node, ast.Attribute | ast.Name) and module.name(node) == "os.environ":
            yield _import_hit(node, "`os.environ`", "breaks")
        if not isinstance(node, ast.Call):
            continue
        name = module.name(node.func)
        asks = name in names.CLOCKS | names.MACHINE or _reads_clock(node, name)
        if asks or _draws(name) or _seeds_itself(node, name) or _is_world(module, node, name) or name == "print":
            effect: Literal["stopped", "breaks"] = "stopped" if _stops_import(module, node, name) else "breaks"
            yield _import_hit(node, f"`{ast.unparse(node.func)}`", effect)


def _reads_clock(call: ast.Call, name: str) -> bool:
    return name in names.SLIPPING_CLOCKS and len(call.args) <= names.SLIPPING_CLOCKS[name]


def _draws(name: str) -> bool:
    """Tell whether this draws from a generator that the sandbox stops."""
    return name in names.RANDOM or (name.startswith(names.RANDOM_MODULES) and name not in names.OWN_RANDOM)


def _seeds_itself(call: ast.Call, name: str) -> bool:
    """Tell whether this makes a generator without a seed; ``SystemRandom`` takes none."""
    seeds = [*call.args, *(word.value for word in call.keywords)]
    seeded = any(not (isinstance(seed, ast.Constant) and seed.value is None) for seed in seeds)
    return name in names.OWN_RANDOM and not (name == "random.Random" and seeded)


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
    for other in module.other_workflows():
        yield from map(id, ast.walk(other))
    # Nor what the file reads when it is started as a program.
    theirs |= {id(inner) for node in module.tree.body if _is_main(node) for inner in ast.walk(node)}
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and any(module.is_activity(method) for method in methods(node)):
            yield from _settings(module, node)
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


def _settings(module: Module, activities: ast.ClassDef) -> Iterator[int]:
    """Yield what a class of activities reads from the environment when it is made."""
    for node in activities.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            inside = list(ast.walk(node.value))
            if not any(_is_world(module, call, name) for call, name in module.calls(iter(inside))):
                yield from map(id, inside)


def _handed_on(module: Module, call: ast.Call) -> Iterator[Hit]:
    """Yield functions that another one calls: `field(default_factory=uuid.uuid4)`, `map(random.choice, …)`."""
    for value in [*call.args, *(word.value for word in call.keywords)]:
        name = module.name(value) if isinstance(value, ast.Name | ast.Attribute) else ""
        if name in names.CLOCKS:
            fix = "hand the time on: `workflow.now()`"
            yield Hit(value, "clock", f"`{name}` reads the worker's clock when it is called", fix, "stopped")
        elif name in names.RANDOM or (
            name.startswith(names.RANDOM_MODULES) and name not in names.OWN_RANDOM and name.rpartition(".")[2].islower()
        ):
            what = f"`{name}` gives another value in a replay when it is called"
            yield Hit(value, "random", what, _RANDOM_FIX, "stopped")


def _import_hit(node: ast.expr, what: str, effect: Literal["stopped", "breaks"]) -> Hit:
    return Hit(
        node,
        "import",
        f"{what} runs at import, which the sandbox repeats for every run and every replay",
        "take it out of the module's top level: into an activity, or into the workflow's arguments",
        effect,
    )


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_world(module: Module, call: ast.Call, name: str) -> bool:
    if name.endswith(("Error", "Exception")):
        return False  # `raise httpx.TimeoutException(…)` asks nobody
    if name in names.WORLD_CALLS or name.startswith(names.WORLD) or name.split(".")[-1].endswith("ShopClient"):
        return True
    return Paths(module, variables=False).touched(call)


def _stops_import(module: Module, call: ast.Call, name: str) -> bool:
    paths = Paths(module, variables=False)
    return (name.startswith(names.STOPPED_AT_IMPORT) and name not in names.OWN_RANDOM) or (
        paths.touched(call) and not paths.joined(call)
    )


def _is_main(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _imported(module: Module) -> set[int]:
    """Return the nodes, by ``id``, that run when the module is imported."""
    return {id(node) for node in _top_level(module.tree.body)}


def _top_level(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Walk what runs when a module is imported."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
            todo[:0] = [*node.decorator_list, *defaults]
            continue
        if isinstance(node, ast.Lambda) or _is_main(node):
            continue
        yield node
        todo[:0] = list(ast.iter_child_nodes(node))
