"""What looks as if it were kept or said once, and is not: globals, class attributes, print, code for replays only."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Module, methods
from course_lib.pitfalls.hit import Hit

_CHANGES = {
    "append", "appendleft", "popleft", "extend", "insert", "add", "update", "setdefault", "pop",
    "popitem", "remove", "discard", "clear", "sort",
}  # fmt: skip
_MUTABLE_CALLS = {"list", "dict", "set", "collections.deque", "collections.defaultdict", "collections.Counter"}
STATE_FIX = "keep it in `self`, or ask an activity: each run has its own copy of the module, gone at its end"
_SAYS = {"print", "pprint.pprint", "sys.stdout.write", "sys.stderr.write"}
_LOG = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def module_state(module: Module) -> Iterator[Hit]:
    """A module's variable that workflow code changes."""
    shared, made = shared_names(module), _made_names(module)
    for node in module.workflow_code():
        if any(module.is_local(each) for each in _changed_names(node)):
            continue
        if isinstance(node, ast.Global):
            names = ", ".join(node.names)
            yield Hit(node, "global", f"`{names}` is not shared between runs, nor kept", STATE_FIX, "lies")
        elif (name := changed(node) or _drawn(module, node)) in shared or name.partition(".")[0] in made:
            assert isinstance(node, ast.expr | ast.stmt)
            yield Hit(node, "global", f"`{name}` is not shared between runs, nor kept", STATE_FIX, "lies")


def shared_names(module: Module) -> set[str]:
    """Return the module's variables that hold something that can be changed."""
    return {
        target.id
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _mutable(module, node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _made_names(module: Module) -> set[str]:
    """Return the module's variables that hold an object of a class of the module, or a counter."""
    own = {node.name for node in module.classes}
    return {
        target.id
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        if (name := module.name(node.value.func)) in own or name.startswith("itertools.")
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _drawn(module: Module, node: ast.AST) -> str:
    """Return what ``next`` is called with: it takes a value out of it."""
    if isinstance(node, ast.Call) and module.name(node.func) == "next" and node.args:
        return ast.unparse(node.args[0])
    return ""


def _changed_names(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the name at the root of what a node changes."""
    root: ast.AST | None = node
    while root is not None and not isinstance(root, ast.Name):
        if isinstance(root, ast.Assign | ast.Delete):
            root = root.targets[0]
        elif isinstance(root, ast.AugAssign):
            root = root.target
        elif isinstance(root, ast.Call):
            root = root.func
        elif isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        else:
            root = None
    if root is not None:
        yield root


def class_state(module: Module) -> Iterator[Hit]:
    """A class attribute that workflow code changes."""
    for owner in module.workflow_classes():
        shared = {
            target.id
            for node in owner.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _mutable(module, node.value)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        own = {
            ast.unparse(target).removeprefix("self.")
            for method in methods(owner)
            for node in ast.walk(method)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Attribute)
        }
        paths = {f"self.{name}" for name in shared - own}
        bases = (f"{owner.name}.", "type(self).", "self.__class__.", "cls.")
        for node in ast.walk(owner):
            name = changed(node)
            if name in paths or (name.startswith(bases) and name.count(".") <= 2):
                assert isinstance(node, ast.expr | ast.stmt)
                fix = "make it in `__init__`: `self.… = …`; each run has its own copy of the class"
                yield Hit(node, "class state", f"`{name}` belongs to the class, not to this run", fix, "lies")


def repeated_output(module: Module) -> Iterator[Hit]:
    """``print`` and plain loggers: each replay says everything again."""
    loggers = {
        ast.unparse(target)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        if module.name(node.value.func) == "logging.getLogger"
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    # Said in the first run only: nothing is said again.
    once = {
        id(inner)
        for node in module.workflow_code()
        if isinstance(node, ast.If)
        for statement in _first_time(module, node)
        for inner in ast.walk(statement)
    }
    fix = "use `workflow.logger`: it is silent in a replay"
    for call, name in module.calls(module.workflow_code()):
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        plain = name.startswith("logging.") or owner in loggers or owner.startswith("logging.getLogger(")
        if id(call) not in once and (name in _SAYS or (plain and method in _LOG)):
            yield Hit(call, "output", f"`{ast.unparse(call.func)}` says it again in every replay", fix, "lies")


def _first_time(module: Module, node: ast.If) -> list[ast.stmt]:
    """Return the branch that no replay takes."""
    tests = node.test.values if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) else [node.test]
    if any(isinstance(t, ast.UnaryOp) and isinstance(t.op, ast.Not) and _asks_for_replay(module, t) for t in tests):
        return node.body
    return node.orelse if isinstance(node.test, ast.Call) and _asks_for_replay(module, node.test) else []


def skips_when_replaying(module: Module) -> Iterator[Hit]:
    """Commands that depend on whether this is a replay."""
    kept = {
        ast.unparse(node.targets[0])
        for node in module.workflow_code()
        if isinstance(node, ast.Assign) and _asks_for_replay(module, node.value)
    }
    for node in module.workflow_code():
        fix = "take the `if` away: a replay must ask for the same commands as the first run"
        if isinstance(node, ast.Await) and any(
            isinstance(inner, ast.IfExp) and _asks_for_replay(module, inner.test) for inner in ast.walk(node)
        ):
            yield Hit(node, "replaying", "what is awaited depends on whether this is a replay", fix, "breaks")
        if not isinstance(node, ast.If):
            continue
        names = {ast.unparse(inner) for inner in ast.walk(node.test) if isinstance(inner, ast.Name | ast.Attribute)}
        asked = _asks_for_replay(module, node.test) or bool(names & kept)
        body = [inner for statement in (*node.body, *node.orelse) for inner in ast.walk(statement)]
        if asked and any(
            isinstance(inner, ast.Await | ast.Return | ast.Raise) or _asks(module, inner) for inner in body
        ):
            yield Hit(node, "replaying", "what is awaited depends on whether this is a replay", fix, "breaks")


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


def changed(node: ast.AST) -> str:
    """Return what a node changes, as it is written: ``CACHE`` of ``CACHE["a"] = 1``; empty when nothing."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        return ast.unparse(_whole(node.func.value))
    target: ast.expr | None = None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    elif isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Delete):
        target = node.targets[0]
    if isinstance(target, ast.Subscript):
        return ast.unparse(_whole(target))
    return ast.unparse(target) if isinstance(target, ast.Attribute) and not _is_self(target) else ""


def _whole(node: ast.expr) -> ast.expr:
    """Return ``CACHE`` of ``CACHE["a"]["b"]``."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _is_self(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id == "self"
