"""Orders that Python does not promise: sets, and the results of ``asyncio.wait``."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from course_lib.pitfalls.code import Function, Module, methods
from course_lib.pitfalls.rules import Finding
from course_lib.pitfalls.sets import Sets

_ORDERED = {
    "list", "tuple", "enumerate", "iter", "next", "zip", "map", "filter", "reversed", "dict.fromkeys",
    "collections.deque", "itertools.chain", "itertools.islice", "itertools.cycle", "itertools.combinations",
    "itertools.permutations", "itertools.product", "itertools.accumulate", "itertools.batched", "functools.reduce",
}  # fmt: skip
# The same for every order of what they are given; with a key that several have, they are not.
_FREE = {"sorted", "min", "max", "sum", "len", "any", "all", "set", "frozenset", "collections.Counter"}
_BY_KEY = {"sorted", "min", "max"}
_TIES = {"len", "count", "get"}


def sets(module: Module) -> Iterator[Finding]:
    """A set that is walked over: the order of strings in it is another one in every process."""
    for root in module.workflow_roots:
        for function in methods(root) if isinstance(root, ast.ClassDef) else (root,):
            owner = root if isinstance(root, ast.ClassDef) else None
            known = Sets(module, owner, function)
            free = set(_free(module, function, known))
            for node in ast.walk(function):
                walked = None if id(node) in free else _walked(module, node, known)
                if walked is not None:
                    yield module.finding(walked, "set order")


def waiting(module: Module) -> Iterator[Finding]:
    """``asyncio.wait`` and ``asyncio.as_completed``: both keep sets inside."""
    for call, name in module.calls(module.workflow_code):
        if name in ("asyncio.wait", "asyncio.as_completed"):
            yield module.finding(call, "wait order", name.removeprefix("asyncio."))


def _free(module: Module, function: Function, known: Sets) -> Iterator[int]:
    """Yield what may walk over a set, by ``id``, since what comes of it is the same in every order."""
    for node in ast.walk(function):
        todo: list[ast.expr] = []
        if (
            isinstance(node, ast.Call)
            and module.name(node.func) in _FREE
            and all(word.arg == "reverse" for word in node.keywords)
        ):
            todo = list(node.args)
        elif isinstance(node, ast.For) and all(
            _adds(statement, function) or _collects(statement, known) for statement in node.body
        ):
            yield id(node)
        yield from _sorted_next(node)
        while todo:
            inner = todo.pop()
            if any(isinstance(each, ast.Await) for each in ast.walk(inner)):
                continue
            if isinstance(inner, ast.GeneratorExp | ast.ListComp):
                yield id(inner)
            elif isinstance(inner, ast.Call) and module.name(inner.func) in ("list", "tuple", "map", "filter"):
                yield id(inner)
                todo += inner.args


def _adds(statement: ast.stmt, function: Function) -> bool:
    """Tell whether a statement adds to a number; texts and lists are added in an order."""
    if not isinstance(statement, ast.AugAssign) or not isinstance(statement.op, ast.Add | ast.Sub):
        return False
    began = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(statement.target)
    ]
    numbers = [isinstance(each, ast.Constant) and isinstance(each.value, int | float) for each in began]
    return any(numbers) and not any(isinstance(each, ast.Await) for each in ast.walk(statement))


def _collects(statement: ast.stmt, known: Sets) -> bool:
    """Tell whether a statement puts something into another set, or takes it out."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    return call.func.attr in ("add", "discard") and call.func.value in known


def _sorted_next(node: ast.AST) -> Iterator[int]:
    """Yield `list(names)` whose next line is `….sort()`."""
    body = getattr(node, "body", None)
    for made, then in pairwise(body) if isinstance(body, list) else ():
        if not isinstance(made, ast.Assign) or not isinstance(then, ast.Expr):
            continue
        if ast.unparse(then.value) in {f"{ast.unparse(target)}.sort()" for target in made.targets}:
            yield id(made.value)


def _walked(module: Module, node: ast.AST, known: Sets) -> ast.expr | None:
    """Return the set whose order this node uses."""
    if isinstance(node, ast.For | ast.AsyncFor) and node.iter in known:
        return node.iter
    if isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        # A set made of a set has no order that anybody sees, nor has a sum.
        return next((inner.iter for inner in node.generators if inner.iter in known), None)
    if isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load) and node.value in known:
        return node.value
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple | ast.List) and node.value in known:
        # `(only,) = names` has but one way.
        return node.value if len(node.targets[0].elts) > 1 else None
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and node.value in known:
        return node.value
    if isinstance(node, ast.Call):
        name = module.name(node.func)
        joins = isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "extend")
        if name in _ORDERED or joins or (name in _BY_KEY and _ties(node)):
            return next((argument for argument in node.args if argument in known), None)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "pop" and not node.args:
            return node.func.value if node.func.value in known else None
    return None


def _ties(call: ast.Call) -> bool:
    """Tell whether the key is one that several have, such as ``len``: what comes first among them is chance."""
    for word in call.keywords:
        key = word.value.body if isinstance(word.value, ast.Lambda) else word.value
        key = key.func if isinstance(key, ast.Call) else key
        if word.arg == "key" and ast.unparse(key).rpartition(".")[2] in _TIES:
            return True
    return False
