"""What looks as if it were kept or said once, and is not: globals, class attributes, print, code for replays only."""

import ast
from collections.abc import Callable, Iterable, Iterator

from course_lib.pitfalls.code import Module, bindings, methods
from course_lib.pitfalls.rules import Finding

_CHANGES = {
    "append", "appendleft", "popleft", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove",
    "discard", "clear", "sort", "reverse", "put_nowait",
}  # fmt: skip
_MUTABLE_CALLS = {"list", "dict", "set", "collections.deque", "collections.defaultdict", "collections.Counter"}
_SAYS = {"print", "pprint.pprint", "sys.stdout.write", "sys.stderr.write"}
_LOG = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def module_state(module: Module) -> Iterator[Finding]:
    """A module's variable that workflow code changes."""
    shared, own = shared_names(module), {node.name for node in module.classes}
    # What holds an object of a class of the module, or a counter.
    made = _named(
        module.tree.body,
        lambda value: (
            isinstance(value, ast.Call) and ((name := module.name(value.func)) in own or name.startswith("itertools."))
        ),
    )
    for node in module.workflow_code:
        if isinstance(node, ast.Global):
            yield module.finding(node, "global", ", ".join(node.names))
        for changed in (*changes(node), *_drawn_from(module, node)):
            name, root = ast.unparse(changed), _root(changed)
            if root and (name in shared or root.id in made) and not module.is_local(root):
                yield module.finding(changed, "global", name)


def shared_names(module: Module) -> set[str]:
    """Return the module's variables that hold something that can be changed."""
    return _named(module.tree.body, lambda value: _mutable(module, value))


def class_state(module: Module) -> Iterator[Finding]:
    """A class attribute that workflow code changes."""
    for owner in module.workflow_classes:
        own = {
            ast.unparse(target).removeprefix("self.")
            for method in methods(owner)
            for target, _ in bindings(ast.walk(method))
            if isinstance(target, ast.Attribute)
        }
        paths = {f"self.{name}" for name in _named(owner.body, lambda value: _mutable(module, value)) - own}
        bases = (f"{owner.name}.", "type(self).", "self.__class__.", "cls.")
        for changed in (each for node in ast.walk(owner) for each in changes(node)):
            name = ast.unparse(changed)
            if name in paths or (name.startswith(bases) and name.count(".") <= 2):
                yield module.finding(changed, "class state", name)


def changes(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a node changes: ``CACHE`` of ``CACHE["a"] = 1`` and ``CACHE.clear()``, ``self.x`` of ``self.x = 1``.

    A variable that is bound anew is not changed.
    """
    targets: list[ast.expr] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        yield _whole(node.func.value)
    elif isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
        targets = [node.target]
    for target in targets:
        for each in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            if isinstance(each, ast.Attribute | ast.Subscript):
                yield _whole(each)


def readers_changing(module: Module) -> Iterator[Finding]:
    """A query or a validator that assigns to ``self`` or changes a collection of it, itself or by a method."""
    for owner, method in ((each, method) for each in module.workflow_classes for method in methods(each)):
        what = "query" if module.decorated(method, "temporalio.workflow.query") else ""
        why = "a query leaves no event, so a replay never sees what it did"
        if any(isinstance(each, ast.Attribute) and each.attr == "validator" for each in method.decorator_list):
            what = "validator"
            why = "a refused update leaves no event, so a replay never sees what its validator did"
        for changed in (each for node in (_reached(owner, method) if what else ()) for each in changes(node)):
            if changed is not (root := _root(changed)) and root and root.id == "self":
                yield module.finding(changed, "reader", what, method.name, why)


def _reached(owner: ast.ClassDef, method: ast.AST) -> list[ast.AST]:
    """Return the nodes of a method and of what it calls on ``self``."""
    named = {f"self.{each.name}": each for each in methods(owner)}
    nodes = list(ast.walk(method))
    seen = {method}
    for node in nodes:  # which grows
        called = named.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
        if called is not None and called not in seen:
            seen.add(called)
            nodes += ast.walk(called)
    return nodes


def repeated_output(module: Module) -> Iterator[Finding]:
    """``print`` and plain loggers: each replay says everything again."""
    loggers = {
        ast.unparse(target)
        for target, value in bindings(ast.walk(module.tree))
        if isinstance(value, ast.Call) and module.name(value.func) == "logging.getLogger"
    }
    # Said in the first run only: nothing is said again.
    once = {
        id(inner)
        for node in module.workflow_code
        if isinstance(node, ast.If)
        for statement in _first_time(module, node)
        for inner in ast.walk(statement)
    }
    for call, name in module.calls(module.workflow_code):
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        plain = name.startswith("logging.") or owner in loggers or owner.startswith("logging.getLogger(")
        if id(call) not in once and (name in _SAYS or (plain and method in _LOG)):
            yield module.finding(call, "output", ast.unparse(call.func))


def _first_time(module: Module, node: ast.If) -> list[ast.stmt]:
    """Return the branch that no replay takes."""
    tests = node.test.values if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) else [node.test]
    if any(isinstance(t, ast.UnaryOp) and isinstance(t.op, ast.Not) and _asks_for_replay(module, t) for t in tests):
        return node.body
    return node.orelse if isinstance(node.test, ast.Call) and _asks_for_replay(module, node.test) else []


def skips_when_replaying(module: Module) -> Iterator[Finding]:
    """Commands that depend on whether this is a replay."""
    kept = {ast.unparse(name) for name, value in bindings(module.workflow_code) if _asks_for_replay(module, value)}
    for node in module.workflow_code:
        if isinstance(node, ast.Await) and any(
            isinstance(inner, ast.IfExp) and _asks_for_replay(module, inner.test) for inner in ast.walk(node)
        ):
            yield module.finding(node, "replaying")
        if not isinstance(node, ast.If):
            continue
        names = {ast.unparse(inner) for inner in ast.walk(node.test) if isinstance(inner, ast.Name | ast.Attribute)}
        asked = _asks_for_replay(module, node.test) or bool(names & kept)
        body = [inner for statement in (*node.body, *node.orelse) for inner in ast.walk(statement)]
        if asked and any(
            isinstance(inner, ast.Await | ast.Return | ast.Raise) or _asks(module, inner) for inner in body
        ):
            yield module.finding(node, "replaying")


def _asks_for_replay(module: Module, node: ast.AST) -> bool:
    return any(name.endswith("unsafe.is_replaying") for _, name in module.calls(ast.walk(node)))


def _asks(module: Module, node: ast.AST) -> bool:
    """Tell whether a node asks Temporal for something without waiting for it."""
    name = module.name(node.func) if isinstance(node, ast.Call) else ""
    owner, _, verb = name.rpartition(".")
    return name == "asyncio.create_task" or (
        owner == "temporalio.workflow" and verb.startswith(("start_", "execute_", "upsert_", "continue_"))
    )


def _mutable(module: Module, node: ast.expr) -> bool:
    if isinstance(node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and module.name(node.func) in _MUTABLE_CALLS


def _named(body: Iterable[ast.AST], holds: Callable[[ast.expr], bool]) -> set[str]:
    """Return the variables that are bound to a value of a kind."""
    return {target.id for target, value in bindings(body) if isinstance(target, ast.Name) and holds(value)}


def _drawn_from(module: Module, node: ast.AST) -> list[ast.expr]:
    """Return what ``next`` is called with: it takes a value out of it."""
    return node.args[:1] if isinstance(node, ast.Call) and module.name(node.func) == "next" else []


def _whole(node: ast.expr) -> ast.expr:
    """Return ``CACHE`` of ``CACHE["a"]["b"]``."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _root(node: ast.expr) -> ast.Name | None:
    """Return ``STATE`` of ``STATE.counts["a"].all``, None when it begins with something else than a name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node if isinstance(node, ast.Name) else None
