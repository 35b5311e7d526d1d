"""Which class a workflow type is: the learner's newest one, else what a Worker runs, else what the notebook names."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from course_lib.cells import Modules
from course_lib.private.sdk import definition, workflow_type


def workflow_class(
    name: str, modules: Modules | None, user_ns: Mapping[str, Any], workers: Iterable[Any]
) -> type | None:
    """Return the class of a workflow type, as the learner wrote it last.

    The newest revision of a module cell comes first: that is what the learner sees. Then come the classes that a
    Worker of this notebook registered, and at last what the notebook's names hold, for example from a plain import.

    Args:
        name: The workflow type, as ``describe`` and the history name it.
        modules: The chapter's module cells; None when there are none.
        user_ns: The notebook's names.
        workers: Workers with an attribute ``workflows``, the newest last.

    Returns:
        The class; None when no class of this name is known here.
    """
    running = [cls for worker in workers for cls in getattr(worker, "workflows", ())][::-1]
    named = list(user_ns.values())
    for known in (_of_cells(modules, named), running, named):
        found: type | None = next((cls for cls in known if workflow_type(cls) == name), None)
        if found is not None:
            return found
    # A dynamic workflow takes every type that its Worker does not know.
    return next((cls for cls in running if (made := definition(cls)) is not None and made.name is None), None)


def _of_cells(modules: Modules | None, named: list[Any]) -> list[Any]:
    """Return the classes of the newest revisions; those that a notebook name holds first, then the latest cell's."""
    if modules is None:
        return []
    found = [thing for name in modules.names() for thing in _defined_in(modules.latest(name))][::-1]
    held = {id(value) for value in named}
    return sorted(found, key=lambda cls: id(cls) not in held)


def _defined_in(module: str) -> Iterator[Any]:
    # What it only imports may be an older revision of a sibling.
    for thing in list(vars(sys.modules[module]).values()) if module in sys.modules else ():
        if inspect.isclass(thing) and thing.__module__ == module:
            yield thing
