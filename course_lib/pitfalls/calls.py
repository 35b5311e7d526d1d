"""Calls whose answer is another one in a replay: clock, random numbers, the machine, threads, the world."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeGuard

from course_lib.pitfalls import names
from course_lib.pitfalls.code import Function, Module, bindings, is_main, methods, parsed
from course_lib.pitfalls.filepaths import Paths
from course_lib.pitfalls.rules import RULES, Effect, Finding

_SECRET_FIX = "draw it in an activity: who knows a run's id can draw what `workflow.random()` draws"
_UUID_FIX = "use `workflow.uuid4()`: it is the same in every replay"
_LOCAL_TIME = {"datetime.datetime.fromtimestamp", "datetime.date.fromtimestamp", "time.mktime"}


def restricted(module: Module) -> Iterator[Finding]:
    """Calls that the sandbox stops when they run."""
    paths, imported = Paths(module), _imported(module)
    for node in module.workflow_code:
        if isinstance(node, ast.Call):
            yield from _handed_on(module, node)
            for found in _called(module, node, paths):
                # What stands in a class's body or in a default is run at import, where the sandbox lets it through:
                # `at_import` finds it, too, and here it is for checks alone.
                yield replace(found, effect="wrong") if id(node) in imported else found
        elif _is_environ(node, module) and id(node) not in imported:
            yield module.finding(node, "environment", "os.environ")


def _called(module: Module, call: ast.Call, paths: Paths) -> Iterator[Finding]:
    name = module.name(call.func)
    kind = "world" if paths.touched(call) else "thread" if _method(call) == "run_in_executor" else names.kind_of(name)
    if name.startswith("os.path.") and ast.unparse(call.func).count(".") > 1:
        fix = "use `pathlib.PurePath` for names of files, and an activity for the files themselves"
        yield module.finding(call, "environment", message="`os.path` is closed to workflow code", fix=fix)
    elif kind == "world":
        # sqlite3 is C code that the sandbox does not know, and a path that `/` has made is none of its own.
        slips = name.startswith("sqlite3.") or paths.joined(call)
        yield module.finding(call, kind, ast.unparse(call.func), effect="breaks" if slips else "stopped")
    elif kind:
        yield module.finding(call, kind, name, fix=_random_fix(name))


def slipping(module: Module) -> Iterator[Finding]:
    """Calls that the sandbox lets through, although their value is another one in a replay."""
    imported = _imported(module)
    for node, name in module.calls(module.workflow_code):
        if id(node) in imported:
            continue
        if _seeds_itself(node, name):
            what = f"`{name}()` is seeded anew in every replay"
            yield module.finding(node, "random", message=what, effect="breaks")
        elif name in ("hash", "id") or _method(node) == "__hash__":
            yield module.finding(node, "hash", ast.unparse(node.func))
        elif key := next((word.value for word in node.keywords if word.arg == "key"), None):
            if isinstance(key, ast.Name) and module.name(key) in ("hash", "id"):
                what = f"the order of `key={key.id}` is another one in every process"
                fix = "sort by a key of your own, or by the values themselves"
                yield module.finding(node, "hash", message=what, fix=fix)
        elif _method(node) == "astimezone" and not node.args and not node.keywords:
            what, fix = "`astimezone` takes the time zone of the machine", "`astimezone(timezone.utc)`"
            yield module.finding(node, "clock", message=what, fix=f"name the time zone: {fix}", effect="breaks")
        elif _reads_clock(node, name):
            what = f"`{name}` without a time reads the worker's clock"
            fix = "use `workflow.now().strftime(…)`" if name == "time.strftime" else "use `workflow.now()`"
            yield module.finding(node, "clock", message=what, fix=fix, effect="breaks")
        elif name in _LOCAL_TIME and len(node.args) + len(node.keywords) == 1:
            what = f"`{name.rpartition('.')[2]}` takes the time zone of the machine"
            fix = "name the time zone: `datetime.fromtimestamp(…, timezone.utc)`"
            yield module.finding(node, "clock", message=what, fix=fix, effect="breaks")


def at_import(module: Module) -> Iterator[Finding]:
    """Values that the module makes when it is imported: the sandbox imports it anew for every run and replay."""
    if not module.workflow_classes:
        return
    apart = set(_for_others(module))
    for node in module.at_import:
        if id(node) in apart:
            continue
        if _is_environ(node, module):
            yield module.finding(node, "import", "os.environ")
        if not isinstance(node, ast.Call):
            continue
        name = module.name(node.func)
        asks = names.kind_of(name) in ("clock", "environment", "random") or _reads_clock(node, name)
        if asks or _seeds_itself(node, name) or _is_world(module, node, name) or name == "print":
            effect: Effect = "stopped" if _stops_import(module, node, name) else "breaks"
            yield module.finding(node, "import", ast.unparse(node.func), effect=effect)


def activities(module: Module) -> Iterator[Finding]:
    """An activity that is called, not asked for: it runs as workflow code, and the history holds nothing of it."""
    for call, name in module.calls(module.workflow_code):
        function = module.functions.get(name)
        if function is not None and module.is_activity(function):
            yield called_activity(module, call, name, module)


def called_activity(module: Module, call: ast.Call, name: str, owner: Module) -> Finding:
    """Return what comes of calling an activity like a function.

    Args:
        module: The module that calls it.
        call: Where.
        name: The activity.
        owner: The module that has it.
    """
    effects = {finding.effect for finding in restricted(parsed(owner.source, called=(name,)))}
    effect: Effect = "stopped" if "stopped" in effects else "breaks" if effects else "lies"
    return module.finding(call, "activity", name, effect=effect)


def _is_environ(node: ast.AST, module: Module) -> TypeGuard[ast.expr]:
    return isinstance(node, ast.Attribute | ast.Name) and module.name(node) == "os.environ"


def _random_fix(name: str) -> str:
    return _SECRET_FIX if name.startswith("secrets.") else _UUID_FIX if name.startswith("uuid.") else ""


def _reads_clock(call: ast.Call, name: str) -> bool:
    return name in names.SLIPPING_CLOCKS and len(call.args) <= names.SLIPPING_CLOCKS[name]


def _seeds_itself(call: ast.Call, name: str) -> bool:
    """Tell whether this makes a generator without a seed; ``SystemRandom`` takes none."""
    seeds = [*call.args, *(word.value for word in call.keywords)]
    seeded = any(not (isinstance(seed, ast.Constant) and seed.value is None) for seed in seeds)
    return name in names.OWN_RANDOM and not (name == "random.Random" and seeded)


def _for_others(module: Module) -> Iterator[int]:
    """Yield the nodes, by ``id``, of settings that only activities and starters read: no workflow sees the value.

    A client or a file is none of them: making it anew for every run costs, whoever reads it.
    """
    ours = {id(node) for node in module.workflow_code}
    theirs = {
        id(inner)
        for function in ast.walk(module.tree)
        if isinstance(function, Function) and id(function) not in ours
        for statement in function.body
        for inner in ast.walk(statement)
    }
    for other in module.other_workflows:
        yield from map(id, ast.walk(other))
    # Nor what the file reads when it is started as a program.
    theirs |= {id(inner) for node in module.tree.body if is_main(node) for inner in ast.walk(node)}
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and any(module.is_activity(method) for method in methods(node)):
            for _, inside in _settings(module, node.body):
                yield from map(id, inside)
    for target, inside in _settings(module, module.tree.body):
        reads = [
            id(each)
            for each in ast.walk(module.tree)
            if isinstance(each, ast.Name)
            and isinstance(target, ast.Name)
            and each.id == target.id
            and each is not target
        ]
        if reads and theirs.issuperset(reads):
            yield from map(id, inside)


def _settings(module: Module, body: Iterable[ast.stmt]) -> Iterator[tuple[ast.expr, list[ast.AST]]]:
    """Yield what is bound to a value that asks nobody outside and says nothing, with all nodes of the value."""
    for target, value in bindings(body):
        inside = list(ast.walk(value))
        if not any(_is_world(module, call, name) or name == "print" for call, name in module.calls(inside)):
            yield target, inside


def _handed_on(module: Module, call: ast.Call) -> Iterator[Finding]:
    """Yield functions that another one calls: `field(default_factory=uuid.uuid4)`, `map(random.choice, …)`."""
    for value in [*call.args, *(word.value for word in call.keywords)]:
        name = module.name(value) if isinstance(value, ast.Name | ast.Attribute) else ""
        kind = names.kind_of(name)
        if kind in ("clock", "random") and name.rpartition(".")[2].islower():
            what = f"{RULES[kind].message.format(name)} when it is called"
            fix = "hand the time on: `workflow.now()`" if kind == "clock" else _random_fix(name)
            yield module.finding(value, kind, message=what, fix=fix)


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_world(module: Module, call: ast.Call, name: str) -> bool:
    return names.kind_of(name) == "world" or Paths(module, variables=False).touched(call)


def _stops_import(module: Module, call: ast.Call, name: str) -> bool:
    paths = Paths(module, variables=False)
    return (name.startswith(names.STOPPED_AT_IMPORT) and name not in names.OWN_RANDOM) or (
        paths.touched(call) and not paths.joined(call)
    )


def _imported(module: Module) -> set[int]:
    """Return the nodes, by ``id``, that run when the module is imported."""
    return {id(node) for node in module.at_import}
