"""What to write so that an undefined name is defined: the import that a beginner forgot."""

import builtins
import difflib
import importlib
import sys
from collections.abc import Collection, Mapping
from importlib.machinery import PathFinder
from types import FunctionType, ModuleType
from typing import Any

from course_lib.cells.names import REVISION
from course_lib.pitfalls.said import COMMON

# IPython puts these into Python's builtins of the kernel; a Worker's process has none of them.
NOTEBOOK_ONLY = frozenset({"display", "get_ipython", "__IPYTHON__", "In", "Out"})


def fix_for(
    name: str,
    known: Collection[str],
    siblings: Mapping[str, Collection[str]],
    own: Mapping[str, Collection[str]],
    user_ns: Mapping[str, Any],
) -> str:
    """Return what to write for an undefined name, a short clause.

    Args:
        name: The undefined name.
        known: Names that the cell defines itself.
        siblings: The public names of each of the chapter's other modules.
        own: Those of them that the module defines itself. What it only imports is looked for where it comes from first.
        user_ns: The notebook's names.
    """
    if name in NOTEBOOK_ONLY:
        return "it exists only in the notebook, and a module runs in a Worker: leave it out, or use `print`"
    for module, names in own.items():
        if name in names:
            return f"add at the top: from {module} import {name}"
    if name in siblings:
        return f"add at the top: import {name}"
    if statement := COMMON.get(name):
        return f"add at the top: {statement}"
    if name in user_ns:
        statement = _import_of(name, user_ns[name])
        if statement:
            return f"add at the top: {statement}"
        return (
            "the notebook has it, but a module does not see the notebook's names: "
            "define it in this cell, or in a `%%module` cell and import it from there"
        )
    if _importable(name):
        return f"add at the top: import {name}"
    for module, names in siblings.items():
        if name in names:
            return f"add at the top: from {module} import {name}"
    return _close(name, known, siblings) or "define it in this cell, import it at the top, or put a text in quotes"


def _close(name: str, known: Collection[str], siblings: Mapping[str, Collection[str]]) -> str:
    """Ask for a misspelt name, or return an empty string; what the cell defines itself goes first."""
    imports = dict(COMMON)
    for module, names in siblings.items():
        imports.update({other: f"from {module} import {other}" for other in names if not other.startswith("_")})
    plain = [*known, "True", "False", "None", *(word for word in dir(builtins) if word.islower())]
    for pool in (known, plain, imports):
        if match := difflib.get_close_matches(name, sorted(pool), 1, cutoff=0.8):
            statement = "" if match[0] in plain else f" Add at the top: {imports[match[0]]}"
            return f"did you mean `{match[0]}`?{statement}"
    return ""


def _import_of(name: str, value: object) -> str:
    """Return the statement that imports a value of the notebook, or an empty string when no module has it."""
    if isinstance(value, ModuleType):
        module = _plain(value.__name__)
        if module == name:
            return f"import {name}"
        parent, _, last = module.rpartition(".")
        return f"from {parent} import {name}" if parent and last == name else f"import {module} as {name}"
    if not isinstance(value, type | FunctionType) and not callable(value):
        return ""
    module = _plain(str(getattr(value, "__module__", None) or "__main__"))
    original = str(getattr(value, "__name__", name))
    if module == "__main__" or module == "builtins":
        return ""
    for candidate in _public_first(module):
        if getattr(sys.modules.get(candidate), original, None) is value:
            return f"from {candidate} import {original}" + ("" if original == name else f" as {name}")
    return ""


def _public_first(module: str) -> list[str]:
    """Return a module and its parents, the public ones first: pandas before pandas.core.frame."""
    words = module.split(".")
    parents = [".".join(words[: count + 1]) for count in range(len(words))]
    hidden = any(word.startswith("_") for word in words) or len(words) > 2
    return parents if hidden else parents[::-1]


def _plain(module: str) -> str:
    match = REVISION.match(module)
    return match["name"] if match else module


def _importable(name: str) -> bool:
    if name in sys.stdlib_module_names or name in sys.modules:
        return not name.startswith("_")
    spec = PathFinder.find_spec(name)
    return spec is not None and spec.origin is not None


def exported(module: str) -> set[str]:
    """Return what ``from module import *`` brings; empty when the module cannot be imported.

    Args:
        module: An installed module, never one of the chapter's: the star import would run it in a moment anyway.
    """
    try:
        loaded = importlib.import_module(module)
    except Exception:  # whatever it raises, the cell's own import raises it too, and better
        return set()
    listed = getattr(loaded, "__all__", None)
    return set(listed) if listed is not None else {name for name in vars(loaded) if not name.startswith("_")}
