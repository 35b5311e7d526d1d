"""Orders that Python does not promise: sets, and the results of ``asyncio.wait``."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls.code import Function, Module, methods
from course_lib.pitfalls.hit import Hit

_SET_METHODS = {"union", "intersection", "difference", "symmetric_difference", "copy"}
_KEYS = {"keys", "items"}
_SET_TYPES = ("set", "frozenset", "Set", "FrozenSet", "AbstractSet")
_ORDERED = {
    "list", "tuple", "enumerate", "iter", "next", "zip", "map", "filter", "reversed", "dict.fromkeys",
    "collections.deque", "itertools.chain",
}  # fmt: skip
# The same for every order of what they are given; with a key that several have, they are not.
_FREE = {"sorted", "min", "max", "sum", "len", "any", "all", "set", "frozenset", "collections.Counter"}
_BY_KEY = {"sorted", "min", "max"}
_TIES = {"len", "count", "get"}
_FIX = "walk over `sorted(…)`, or keep a list or a dict: those keep their order"


def sets(module: Module) -> Iterator[Hit]:
    """A set that is walked over: the order of strings in it is another one in every process."""
    for root in module.workflow_roots():
        for function in methods(root) if isinstance(root, ast.ClassDef) else (root,):
            owner = root if isinstance(root, ast.ClassDef) else None
            known = _Sets(module, owner, function)
            free = set(_free(module, function))
            for node in ast.walk(function):
                walked = None if id(node) in free else _walked(module, node, known)
                if walked is not None:
                    yield Hit(walked, "set order", "a set has no order that a replay would see again", _FIX, "breaks")


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


class _Sets:
    """What is a set in one function.

    Args:
        module: Its module.
        owner: Its class.
        function: The function.
    """

    def __init__(self, module: Module, owner: ast.ClassDef | None, function: Function) -> None:
        self.module = module
        self._returns = {name for name, node in module.functions.items() if _is_set_type(node.returns)}
        if owner is not None:
            self._returns |= {f"self.{node.name}" for node in methods(owner) if _is_set_type(node.returns)}
        # For each variable where it is bound, and whether to a set: `names = sorted(names)` makes a list of it.
        self._bound: dict[str, list[tuple[tuple[int, int], bool]]] = {}
        for statement in module.tree.body:
            self._bind(statement, (0, 0), (ast.Name,))
        for node in ast.walk(owner) if owner is not None else ():
            self._bind(node, (0, 0), (ast.Attribute,))
        for inner in ast.walk(function):
            if isinstance(inner, Function):
                self._arguments(inner)
        for node in sorted(ast.walk(function), key=_end):
            self._bind(node, _end(node), (ast.Name, ast.Attribute))

    def __contains__(self, node: ast.expr | None) -> bool:
        """Tell whether an expression is a set."""
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Name() | ast.Attribute():
                return self._holds(node)
            case ast.NamedExpr():
                return node.value in self
            case ast.IfExp():
                return node.body in self or node.orelse in self
            case ast.BoolOp():
                return any(value in self for value in node.values)
            case ast.BinOp(op=ast.BitOr() | ast.BitAnd() | ast.BitXor() | ast.Sub()):
                return any(side in self or _is_view(side) for side in (node.left, node.right))
            case ast.Call(func=func):
                name = self.module.name(func) or ast.unparse(func)
                copies = isinstance(func, ast.Attribute) and func.attr in _SET_METHODS and func.value in self
                return copies or name in ("set", "frozenset") or name in self._returns
        return False

    def _holds(self, node: ast.expr) -> bool:
        bound = self._bound.get(ast.unparse(node), [])
        here = (node.lineno, node.col_offset)
        before = [is_set for end, is_set in bound if end <= here]
        return before[-1] if before else any(is_set for _, is_set in bound)

    def _bind(self, node: ast.AST, end: tuple[int, int], kinds: tuple[type, ...]) -> None:
        pairs: list[tuple[ast.expr, bool]] = []
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs += [(one, value in self) for one, value in zip(target.elts, node.value.elts, strict=False)]
                else:
                    pairs.append((target, node.value in self))
        elif isinstance(node, ast.AnnAssign):
            pairs.append((node.target, _is_set_type(node.annotation) or node.value in self))
        elif isinstance(node, ast.NamedExpr):
            pairs.append((node.target, node.value in self))
        for target, is_set in pairs:
            # An attribute that one method binds to a set is one in the others.
            if isinstance(target, kinds) and (is_set or isinstance(target, ast.Name)):
                self._bound.setdefault(ast.unparse(target), []).append((end, is_set))

    def _arguments(self, function: Function) -> None:
        fields = {
            (owner.name, node.target.id)
            for owner in self.module.classes
            for node in owner.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _is_set_type(node.annotation)
        }
        for argument in [*function.args.args, *function.args.kwonlyargs]:
            kind = ast.unparse(argument.annotation).strip("'\"") if argument.annotation is not None else ""
            end = (function.lineno, function.col_offset)
            self._bound.setdefault(argument.arg, []).append((end, _is_set_type(argument.annotation)))
            for name, field in fields:
                if kind == name:
                    self._bound.setdefault(f"{argument.arg}.{field}", []).append((end, True))


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


def _free(module: Module, function: Function) -> Iterator[int]:
    """Yield what may walk over a set, by ``id``, since what comes of it is the same in every order."""
    for node in ast.walk(function):
        todo: list[ast.expr] = []
        if isinstance(node, ast.Call) and module.name(node.func) in _FREE and not node.keywords:
            todo = list(node.args)
        elif isinstance(node, ast.For) and all(_adds(statement, function) for statement in node.body):
            yield id(node)
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


def _walked(module: Module, node: ast.AST, known: _Sets) -> ast.expr | None:
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


def _is_view(node: ast.expr) -> bool:
    """Tell whether this is ``stock.keys()``: two of them make a set."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _KEYS


def _is_set_type(node: ast.expr | None) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return text.partition("[")[0].strip() in _SET_TYPES
        case ast.BinOp(left=left, right=right):
            return _is_set_type(left) or _is_set_type(right)
        case ast.Subscript(value=base, slice=inner):
            return _is_set_type(inner) if ast.unparse(base).endswith("Optional") else _is_set_type(base)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _SET_TYPES
    return False
