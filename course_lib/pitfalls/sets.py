"""What is a set in one function: by its annotation, by what it is bound to, or inside a dict of sets."""

import ast

from course_lib.pitfalls.code import Function, Module, methods

_SET_METHODS = {"union", "intersection", "difference", "symmetric_difference", "copy"}
_KEYS = {"keys", "items"}
_SET_TYPES = ("set", "frozenset", "Set", "FrozenSet", "AbstractSet")
_TAKES = {"get", "pop", "setdefault"}


class Sets:
    """What is a set in one function.

    Args:
        module: Its module.
        owner: Its class.
        function: The function.
    """

    def __init__(self, module: Module, owner: ast.ClassDef | None, function: Function) -> None:
        self.module = module
        self._returns = {name for name, node in module.functions.items() if _returns_set(node)}
        if owner is not None:
            self._returns |= {f"self.{node.name}" for node in methods(owner) if _returns_set(node)}
        self._dicts: set[str] = set()
        # For each variable where it is bound, and whether to a set: `names = sorted(names)` makes a list of it.
        self._bound: dict[str, list[tuple[tuple[int, int], bool]]] = {}
        for statement in module.tree.body:
            self._bind(statement, (0, 0), (ast.Name,))
        for node in ast.walk(owner) if owner is not None else ():
            self._bind(node, (0, 0), (ast.Attribute,))
        for statement in owner.body if owner is not None else ():
            self._constant(statement)
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
            case ast.Subscript(value=base):
                return ast.unparse(base) in self._dicts
            case ast.Call(func=ast.Attribute(value=base, attr=attr)) if attr in _TAKES:
                return ast.unparse(base) in self._dicts
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
            if self._makes_dict_of_sets(node.value):
                self._dicts |= {ast.unparse(target) for target in node.targets}
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs += [(one, value in self) for one, value in zip(target.elts, node.value.elts, strict=False)]
                else:
                    pairs.append((target, node.value in self))
        elif isinstance(node, ast.AnnAssign):
            pairs.append((node.target, _is_set_type(node.annotation) or node.value in self))
            if _is_dict_of_sets(node.annotation):
                self._dicts.add(ast.unparse(node.target))
        elif isinstance(node, ast.For | ast.comprehension):
            self._loop(node.target, node.iter)
        elif isinstance(node, ast.NamedExpr):
            pairs.append((node.target, node.value in self))
        for target, is_set in pairs:
            # An attribute that one method binds to a set is one in the others.
            if isinstance(target, kinds) and (is_set or isinstance(target, ast.Name)):
                self._bound.setdefault(ast.unparse(target), []).append((end, is_set))

    def _makes_dict_of_sets(self, value: ast.expr) -> bool:
        """Tell whether this is `defaultdict(set)`."""
        return (
            isinstance(value, ast.Call)
            and self.module.name(value.func) == "collections.defaultdict"
            and [ast.unparse(each) for each in value.args] == ["set"]
        )

    def _constant(self, node: ast.stmt) -> None:
        """Keep a class's own constant: methods read it as `self.…`."""
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.value in self:
            self._bound.setdefault(f"self.{node.targets[0].id}", []).append(((0, 0), True))

    def _loop(self, target: ast.expr, walked: ast.expr) -> None:
        """Keep what a loop over a dict of sets binds: the values of `.values()` and of `.items()`."""
        match walked:
            case ast.Call(func=ast.Attribute(value=base, attr=attr)) if ast.unparse(base) in self._dicts:
                if attr == "items" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
                    target = target.elts[1]
                elif attr != "values":
                    return
                begin = (target.lineno, target.col_offset)
                self._bound.setdefault(ast.unparse(target), []).append((begin, True))

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
            if _is_dict_of_sets(argument.annotation):
                self._dicts.add(argument.arg)
            for name, field in fields:
                if kind == name:
                    self._bound.setdefault(f"{argument.arg}.{field}", []).append((end, True))


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


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


def _is_dict_of_sets(node: ast.expr | None) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Tuple)
        and len(node.slice.elts) == 2
        and ast.unparse(node.value).rpartition(".")[2].lower() in ("dict", "defaultdict", "mapping")
        and _is_set_type(node.slice.elts[1])
    )


def _returns_set(function: Function) -> bool:
    """Tell whether a function returns a set: it says so, or all that it returns is written as one."""
    if function.returns is not None:
        return _is_set_type(function.returns)
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return bool(returned) and all(
        isinstance(value, ast.Set | ast.SetComp)
        or (isinstance(value, ast.Call) and ast.unparse(value.func) in ("set", "frozenset"))
        for value in returned
    )
