"""What is a path of the file system: made on the spot, put together with `/`, or kept in a variable."""

import ast

from course_lib.pitfalls import names
from course_lib.pitfalls.code import Module, bindings


class Paths:
    """What is a path: only its methods touch the world, since other objects have such methods too.

    Args:
        module: The module.
        variables: Whether to look at variables as well; else only at paths that are made on the spot.
    """

    def __init__(self, module: Module, *, variables: bool = True) -> None:
        self._module = module
        self._names: set[str] = set()
        self._joined: set[str] = set()
        if variables:
            bound = [(ast.unparse(target), value) for target, value in bindings(ast.walk(module.tree))]
            self._names = {name for name, value in bound if self._is_path(value)}
            self._joined = {name for name, value in bound if isinstance(value, ast.BinOp)}
            # A name that is something else elsewhere says nothing.
            self._names -= {name for name, value in bound if not self._is_path(value)}

    def touched(self, call: ast.Call) -> bool:
        """Tell whether a call reads or writes the file system by way of a path."""
        func = call.func
        return isinstance(func, ast.Attribute) and func.attr in names.PATH_METHODS and self._is_path(func.value)

    def joined(self, call: ast.Call) -> bool:
        """Tell whether it is a method of a path that `/` has put together."""
        func = call.func
        if not isinstance(func, ast.Attribute):
            return False
        return isinstance(func.value, ast.BinOp) or ast.unparse(func.value) in self._joined

    def _is_path(self, node: ast.expr) -> bool:
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Div) and self._is_path(node.left)
        if isinstance(node, ast.Call):
            return self._module.name(node.func) in ("pathlib.Path", "Path")
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self._names
