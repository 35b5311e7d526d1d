"""Orders that Python does not promise: sets, and the results of ``asyncio.wait``."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Function, Module, methods
from course_lib.pitfalls.hit import Hit

_SET_METHODS = {"union", "intersection", "difference", "symmetric_difference", "copy"}
_ORDERED = {"list", "tuple", "enumerate", "iter", "next", "zip", "map", "filter", "reversed"}
_FIX = "walk over `sorted(…)`, or keep a list or a dict: those keep their order"


def sets(module: Module) -> Iterator[Hit]:
    """A set that is walked over: the order of strings in it is another one in every process."""
    for owner in module.workflow_classes():
        attributes = _set_attributes(module, owner)
        for method in methods(owner):
            yield from _in_function(module, method, attributes)
    for function in _helpers(module):
        yield from _in_function(module, function, set())


def waiting(module: Module) -> Iterator[Hit]:
    """``asyncio.wait`` and ``asyncio.as_completed``: both keep sets inside."""
    for call, name in module.calls(module.workflow_code()):
        if name in ("asyncio.wait", "asyncio.as_completed"):
            short = name.removeprefix("asyncio.")
            yield Hit(
                call,
                "wait order",
                f"`{name}` hands its results over in the order of a set",
                f"use `workflow.{short}`: the same, in the order in which they were given",
                "breaks",
            )


def _helpers(module: Module) -> Iterator[Function]:
    yield from module.also
    for node in module.workflow_code():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in module.functions:
            helper = module.functions[node.func.id]
            if not module.is_activity(helper):
                yield helper


def _set_attributes(module: Module, owner: ast.ClassDef) -> set[str]:
    """Names like ``self.seen`` that the class binds to sets."""
    found = set()
    for node in ast.walk(owner):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            annotated = isinstance(node, ast.AnnAssign) and _is_set_type(node.annotation)
            if annotated or (node.value is not None and _is_set(module, node.value, set())):
                found |= {ast.unparse(target) for target in targets if isinstance(target, ast.Attribute)}
    return found


def _in_function(module: Module, function: Function, attributes: set[str]) -> Iterator[Hit]:
    known = set(attributes)
    for argument in [*function.args.args, *function.args.kwonlyargs]:
        if argument.annotation is not None and _is_set_type(argument.annotation):
            known.add(argument.arg)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            annotated = isinstance(node, ast.AnnAssign) and _is_set_type(node.annotation)
            if annotated or (node.value is not None and _is_set(module, node.value, known)):
                known |= {ast.unparse(target) for target in targets if isinstance(target, ast.Name | ast.Attribute)}
    for node in ast.walk(function):
        walked = _walked(module, node, known)
        if walked is not None:
            yield Hit(walked, "set order", "a set has no order that a replay would see again", _FIX, "breaks")


def _walked(module: Module, node: ast.AST, known: set[str]) -> ast.expr | None:
    """Return the set whose order this node uses."""
    if isinstance(node, ast.For | ast.AsyncFor) and _is_set(module, node.iter, known):
        return node.iter
    if isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        # A set made of a set has no order that anybody sees, nor has a sum.
        return next((inner.iter for inner in node.generators if _is_set(module, inner.iter, known)), None)
    if isinstance(node, ast.Starred) and _is_set(module, node.value, known):
        return node.value
    if isinstance(node, ast.Call):
        name = module.name(node.func)
        joins = isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "extend")
        if name in _ORDERED or joins:
            return next((argument for argument in node.args if _is_set(module, argument, known)), None)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "pop" and not node.args:
            return node.func.value if _is_set(module, node.func.value, known) else None
    return None


def _is_set(module: Module, node: ast.expr, known: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name | ast.Attribute):
        return ast.unparse(node) in known
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.BitXor | ast.Sub):
        return _is_set(module, node.left, known) or _is_set(module, node.right, known)
    if isinstance(node, ast.Call):
        if module.name(node.func) in ("set", "frozenset"):
            return True
        method = node.func
        return (
            isinstance(method, ast.Attribute) and method.attr in _SET_METHODS and _is_set(module, method.value, known)
        )
    return False


def _is_set_type(node: ast.expr) -> bool:
    base = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(base, ast.Name) and base.id in ("set", "frozenset", "Set", "FrozenSet", "AbstractSet")
