"""Which names a module cell may have."""

import keyword
import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from course_lib.cells.error import CellError

REVISION = re.compile(r"^(?P<name>.+)__r(?P<number>\d+)$")


def revision_name(name: str, number: int) -> str:
    """Return the importable name of one revision: ``orders__r3``."""
    return f"{name}__r{number}"


def parts(module: str) -> tuple[str, int]:
    """Return the name and the revision of a module cell's module; 0 for a module that is none."""
    match = REVISION.match(module)
    return (match["name"], int(match["number"])) if match else (module, 0)


def check_name(name: str, folder: Path) -> None:
    """Refuse a name that cannot be a module of a chapter.

    Args:
        name: What stands behind ``%%module``.
        folder: The chapter's workspace, whose own files do not count as taken.

    Raises:
        CellError: The name is missing, is no Python name, or would hide a module that exists.
    """
    example = "write, for example, `%%module orders` as the first line of the cell."
    if not name:
        raise CellError("`%%module` needs the name of the module.", fix=example)
    if name.endswith(".py"):
        raise CellError(
            f"`%%module` takes a module's name, not a file's: “{name}”.", fix=f"write `%%module {name[:-3]}`."
        )
    if len(name.split()) > 1:
        raise CellError(f"`%%module` takes one name, not “{name}”.", fix=f"write `%%module {'_'.join(name.split())}`.")
    if not name.isidentifier() or keyword.iskeyword(name):
        reason = "a word of the Python language" if keyword.iskeyword(name) else "not a Python name"
        suggestion = re.sub(r"\W+", "_", name).strip("_")
        good = suggestion.isidentifier() and not keyword.iskeyword(suggestion)
        fix = f"write `%%module {suggestion}`." if good else example
        raise CellError(f"A module cannot be called “{name}”: this is {reason}.", fix=fix)
    if REVISION.match(name) or name.startswith("__"):
        raise CellError(f"A module cannot be called “{name}”: the course itself uses such names.", fix=example)
    if taken := taken_by(name, folder):
        raise CellError(
            f"A module cannot be called “{name}”: it would hide {taken}, and `import {name}` would get the wrong one.",
            fix=f"choose another name, for example `%%module my_{name}`.",
        )


def taken_by(name: str, folder: Path) -> str:
    """Return in words whose name this already is, or an empty string."""
    if name in sys.stdlib_module_names or name in sys.builtin_module_names:
        return f"Python's own module {name}"
    if name in ("__main__", "workspace"):
        return "a name that the course needs"
    elsewhere = [entry for entry in sys.path if Path(entry or ".").absolute() != folder.absolute()]
    spec = PathFinder.find_spec(name, elsewhere)
    # A spec without an origin is only a folder of that name, which a real module outranks; and the modules of another
    # chapter that this kernel has opened are no installed ones.
    if spec is None or spec.origin is None or _is_cell_file(Path(spec.origin)):
        return ""
    if "site-packages" in spec.origin or spec.submodule_search_locations:
        return f"the installed package {name}"
    return f"the file {spec.origin}"


def _is_cell_file(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline().startswith("# %%module ")
    except OSError:
        return False
