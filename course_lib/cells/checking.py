"""Everything that is looked at before a module cell runs."""

import difflib
import sys
from collections.abc import Collection, Iterator, Mapping
from importlib.machinery import PathFinder
from typing import Any

from course_lib import pitfalls
from course_lib.cells.error import CellError
from course_lib.cells.publish import bound_names
from course_lib.cells.source import CellSource, Import
from course_lib.cells.undefined import undefined_names
from course_lib.pitfalls import Effect, Finding

# Determinism is a warning only: what goes wrong is better seen in a run.
_TOLD: tuple[Effect, ...] = ("stopped", "breaks", "lies", "wrong", "doubtful", "refused")


def check(cell: CellSource, siblings: Mapping[str, CellSource], user_ns: Mapping[str, Any]) -> list[Finding]:
    """Look at a module cell without running any of it.

    Args:
        cell: The cell.
        siblings: The chapter's other modules, by name.
        user_ns: The notebook's names, for suggestions.

    Returns:
        Warnings, in the order of the cell.

    Raises:
        CellError: There are errors; all of them are in it.
    """
    names = {name: offered(sibling) for name, sibling in siblings.items()}
    known = {name: known or set() for name, known in names.items()}
    own = {name: bound_names(sibling.tree) for name, sibling in siblings.items()}
    beside = {name: sibling.text for name, sibling in siblings.items()}
    found = [
        *cell.doubts,
        *_imports(cell, siblings, names),
        *undefined_names(cell, known, own, user_ns),
        *(slip for slip in pitfalls.find(cell.text, beside, effects=_TOLD) if _is_told(slip)),
    ]
    found.sort(key=lambda finding: finding.line)
    errors = [finding for finding in found if finding.effect == "refused"]
    if errors:
        count = "one thing is" if len(errors) == 1 else f"{len(errors)} things are"
        raise CellError(f"{cell.name}.py was not run: {count} to be fixed first.", errors)
    return found


def _is_told(slip: Finding) -> bool:
    """Tell whether a cell says so: of what checks turn down, only what says what is wrong."""
    return slip.effect != "wrong" or bool(pitfalls.RULES[slip.name].holds)


def offered(cell: CellSource) -> set[str] | None:
    """Return the names that can be imported from a module cell, or None when a star import hides them."""
    if any(item.name == "*" for item in cell.imports):
        return None
    names = {item.asname or item.name or item.package for item in cell.imports if item.top}
    return names | set(bound_names(cell.tree))


def _imports(
    cell: CellSource, siblings: Mapping[str, CellSource], names: Mapping[str, Collection[str] | None]
) -> Iterator[Finding]:
    for item in cell.imports:
        message, fix = _import(cell, item, siblings, names)
        if message:
            yield Finding(item.line, message, fix, code=cell.line(item.line), name=item.module)


def _import(
    cell: CellSource,
    item: Import,
    siblings: Mapping[str, CellSource],
    names: Mapping[str, Collection[str] | None],
) -> tuple[str, str]:
    """Return what is wrong with an import and its fix; two empty strings when nothing is."""
    if item.level:
        target = f"from {item.module} import {item.name}" if item.module else f"import {item.name}"
        return "a chapter's modules lie side by side, without a package around them", f"write: {target}"
    if item.module == cell.name:
        return f"{cell.name} imports itself", f"take this line out: `{item.name or item.module}` belongs to this cell"
    if item.module in siblings:
        available = names[item.module]
        if item.name is None or item.name == "*" or available is None or item.name in available:
            return "", ""
        close = difflib.get_close_matches(item.name, sorted(available), 1)
        listed = ", ".join(sorted(name for name in available if not name.startswith("_")))
        fix = f"did you mean `{close[0]}`?" if close else f"{item.module} has: {listed}"
        return f"{item.module} has no `{item.name}`", fix
    if item.package in siblings:
        return f"{item.package} is a module and has no parts", f"write: from {item.package} import …"
    if not item.top or item.optional or _exists(item.package):
        return "", ""
    if close := difflib.get_close_matches(item.package, sorted({*siblings, *sys.stdlib_module_names}), 1, cutoff=0.8):
        return f"there is no module named {item.package}", f"did you mean `{close[0]}`?"
    return (
        f"there is no module named {item.package}",
        f"if it is a module of this chapter, run its cell `%%module {item.package}` first",
    )


def _exists(package: str) -> bool:
    return (
        package in sys.builtin_module_names
        or package in sys.stdlib_module_names
        or package in sys.modules
        or PathFinder.find_spec(package) is not None
    )
