"""What a module defines for a Worker: workflow classes and activities."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

from course_lib.errors import CourseError
from course_lib.private.sdk import activity_definition, definition


def _activity_methods(cls: type) -> list[str]:
    return [name for name, member in inspect.getmembers(cls, inspect.isroutine) if activity_definition(member)]


class Definitions:
    """Collects the workflows and activities of modules.

    Definitions made in one of the modules come first; imported ones follow unless their name is taken, so that a
    module that still imports an older revision does not clash with the newer one.

    Args:
        modules: The modules to look at.

    Attributes:
        workflows: Classes by the name that they are registered under.
        activities: Functions and bound methods by that name.

    Raises:
        CourseError: Two have the same name, or a class of activities cannot be instantiated.
    """

    def __init__(self, modules: Sequence[ModuleType]) -> None:
        self.workflows: dict[str, type] = {}
        self.activities: dict[str, Callable[..., Any]] = {}
        own = {module.__name__ for module in modules}
        things = [(name, thing) for module in modules for name, thing in vars(module).items()]
        here = [(name, thing) for name, thing in things if self._home(thing) in own]
        elsewhere = [(name, thing) for name, thing in things if self._home(thing) not in own]
        for group, mine in ((here, True), (elsewhere, False)):
            made = {type(thing) for _, thing in group if not inspect.isclass(thing)}
            for name, thing in group:
                self._add(name, thing, made, mine)

    @staticmethod
    def _home(thing: Any) -> str:
        named = getattr(thing, "__module__", None)
        return named if isinstance(named, str) else type(thing).__module__

    def _add(self, name: str, thing: Any, made: set[type], mine: bool) -> None:
        if name.startswith("__") or inspect.ismodule(thing):
            return
        if (workflow := definition(thing)) is not None:
            self._put(self.workflows, workflow, thing, mine)
        elif inspect.isclass(thing):
            methods = _activity_methods(thing)
            # A module that made an instance of its own knows what the constructor needs.
            if methods and thing not in made:
                try:
                    instance = thing()
                except TypeError as error:
                    if mine:
                        raise _cannot_make(thing.__name__, error) from error
                    return
                self._add_methods(instance, methods, mine)
        elif (activity := activity_definition(thing)) is not None:
            self._put(self.activities, activity, thing, mine)
        elif type(thing).__module__ not in ("builtins", "typing") and (methods := _safe_methods(type(thing))):
            self._add_methods(thing, methods, mine)

    def _add_methods(self, instance: Any, methods: Iterable[str], mine: bool) -> None:
        for method in methods:
            bound = getattr(instance, method)
            self._put(self.activities, activity_definition(bound), bound, mine)

    @staticmethod
    def _put(table: dict[str, Any], definition: Any, thing: Any, mine: bool) -> None:
        label = definition.name or "(dynamic)"
        known = table.setdefault(label, thing)
        if mine and known is not thing and known != thing:
            raise CourseError(
                f"Two definitions share the name {label!r}.", fix=f"give one of them another name than {label!r}."
            )


def _cannot_make(name: str, error: TypeError) -> CourseError:
    return CourseError(
        f"The class {name} has activity methods, but {name}() failed: {error}",
        fix=f"give its constructor defaults, or make an instance in the module: {name.lower()} = {name}(…)",
    )


def _safe_methods(cls: type) -> list[str]:
    try:
        return _activity_methods(cls)
    except Exception:  # some library's metaclass objects to being looked at: not an activity class
        return []
