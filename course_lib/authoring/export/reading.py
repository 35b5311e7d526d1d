"""What a module cell holds, read from its source alone: nothing of the learner's runs while it is exported."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from course_lib.errors import CourseError
from course_lib.grading.sources import MODULE_LINE, edition_of
from course_lib.pitfalls import code
from course_lib.pitfalls.code import Function, methods

SHOP_CLIENT = "course_lib.shop.client"


@dataclass(frozen=True)
class Activity:
    """One activity, as a Worker is given it.

    Args:
        expression: How the worker names it below its module: ``charge`` or ``Payments().charge``.
        name: The activity's type.
        is_async: Whether it is a coroutine function; the others need an executor.
    """

    expression: str
    name: str
    is_async: bool


@dataclass(frozen=True)
class Workflow:
    """One workflow class.

    Args:
        cls: The class's name.
        name: The workflow's type.
        run: The name of its run method, "" when it has none.
        parameters: How many parameters the run method has, without ``self``.
    """

    cls: str
    name: str
    run: str
    parameters: int


@dataclass
class Module:
    """One module cell.

    Args:
        name: The name after ``%%module``.
        source: Its Python.
        tree: The same, parsed.
        workflows: The workflows in it.
        activities: The activities in it.
        siblings: The modules of the same chapter that it imports.
        problem: Why it cannot stand outside the course, "" when it can.
    """

    name: str
    source: str
    tree: ast.Module
    workflows: list[Workflow] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    siblings: set[str] = field(default_factory=set)
    problem: str = ""

    def defines(self) -> set[str]:
        """Return the names that the module binds at its top, imports left out."""
        return {name for node in self.tree.body for name in bound(node) if not is_import(node)}

    def types(self) -> set[str]:
        """Return what a worker can have but once, such as ``workflow Order``."""
        return {f"workflow {w.name}" for w in self.workflows} | {f"activity {a.name}" for a in self.activities}


def read_modules(sources: Mapping[str, str]) -> dict[str, Module]:
    """Read the modules of one chapter.

    Args:
        sources: Each module's source by its name.

    Raises:
        CourseError: A module is no Python.
    """
    return {name: _read(name, source, set(sources)) for name, source in sources.items()}


def _read(name: str, source: str, names: Collection[str]) -> Module:
    text = edition_of(MODULE_LINE.sub("", source), "solution", name).strip("\n") + "\n"
    try:
        read = code.parsed(text)
    except SyntaxError as error:
        raise CourseError(
            f"Module {name} is no Python: {error.msg}, line {error.lineno}.", fix="correct its cell and run it again."
        ) from error
    module = Module(name, text, read.tree)
    for node in read.tree.body:
        if isinstance(node, ast.ClassDef) and (given := _definition(read, node, "workflow.defn")):
            run = next((m for m in methods(node) if read.decorated(m, "temporalio.workflow.run")), None)
            count = len(run.args.posonlyargs + run.args.args) - 1 if run else 0
            module.workflows.append(Workflow(node.name, given, run.name if run else "", count))
        elif isinstance(node, ast.ClassDef):
            found = [
                (method, given) for method in methods(node) if (given := _definition(read, method, "activity.defn"))
            ]
            if found and _needs_arguments(node):
                module.problem = f"{node.name}(…) needs arguments, so a worker cannot make one by itself"
            for method, given in found:
                module.activities.append(Activity(f"{node.name}().{method.name}", given, _is_async(method)))
        elif isinstance(node, Function) and (given := _definition(read, node, "activity.defn")):
            module.activities.append(Activity(node.name, given, _is_async(node)))
    for imported in code.imported_modules(read.tree):
        top = imported.split(".")[0]
        if imported in names:
            module.siblings.add(imported)
        elif top == "course_lib" and not _is_shop_client(imported, read.tree):
            module.problem = f"it imports {imported}, which an exported project does not have"
    return module


def _is_async(function: Function) -> bool:
    return isinstance(function, ast.AsyncFunctionDef)


def _needs_arguments(node: ast.ClassDef) -> bool:
    for method in methods(node):
        if method.name == "__init__":
            positional = len(method.args.posonlyargs + method.args.args) - 1 - len(method.args.defaults)
            return positional > 0 or any(default is None for default in method.args.kw_defaults)
    return False


def _definition(read: code.Module, node: Function | ast.ClassDef, decorator: str) -> str:
    """Return the type's name when a definition carries a decorator of the SDK, "" when it does not."""
    for given in node.decorator_list:
        call = given if isinstance(given, ast.Call) else None
        if read.name(call.func if call else given) == f"temporalio.{decorator}":
            named = [word.value for word in call.keywords if word.arg == "name"] if call else []
            return str(named[0].value) if named and isinstance(named[0], ast.Constant) else node.name
    return ""


def _is_shop_client(imported: str, tree: ast.AST) -> bool:
    if imported == SHOP_CLIENT:
        return True
    return imported == "course_lib.shop" and all(
        [alias.name for alias in node.names] == ["client"]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == imported
    )


def is_import(node: ast.stmt) -> bool:
    """Tell whether a statement is an import, or the sandbox's `with` around nothing but imports."""
    if isinstance(node, ast.With):
        return "imports_passed_through" in ast.unparse(node.items[0].context_expr) and all(map(is_import, node.body))
    return isinstance(node, ast.Import | ast.ImportFrom)


def bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement at the top of a module binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names.union(*(bound(item) for item in node.body)) if isinstance(node, ast.With) else names


def used(node: ast.AST) -> set[str]:
    """Return the names that a tree looks up, those within quoted annotations too."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
    for inner in ast.walk(node):
        for annotation in (getattr(inner, "annotation", None), getattr(inner, "returns", None)):
            for quoted in ast.walk(annotation) if isinstance(annotation, ast.AST) else ():
                if isinstance(quoted, ast.Constant) and isinstance(quoted.value, str):
                    names |= _names_in(quoted.value)
    return names


def _names_in(annotation: str) -> set[str]:
    try:
        return {node.id for node in ast.walk(ast.parse(annotation, mode="eval")) if isinstance(node, ast.Name)}
    except SyntaxError:
        return set()
