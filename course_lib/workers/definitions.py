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
    """

    def __init__(self, modules: Sequence[ModuleType]) -> None:
        self.workflows: dict[str, type] = {}
        self.activities: dict[str, Callable[..., Any]] = {}
        self._aliases: dict[str, set[str]] = {}
        self._unmade: dict[str, str] = {}
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
            label = workflow.name or "(dynamic)"
            self._put(self.workflows, label, thing, {name, thing.__name__}, mine)
        elif inspect.isclass(thing):
            methods = _activity_methods(thing)
            # A module that made an instance of its own knows what the constructor needs.
            if methods and thing not in made:
                try:
                    instance = thing()
                except TypeError as error:
                    if mine:
                        self._unmade[thing.__name__] = str(error)
                    return
                self._add_methods(instance, methods, {name, thing.__name__}, mine)
        elif (activity := activity_definition(thing)) is not None:
            own_name = getattr(thing, "__name__", name)
            self._put(self.activities, activity.name or "(dynamic)", thing, {name, own_name}, mine)
        elif type(thing).__module__ not in ("builtins", "typing") and (methods := _safe_methods(type(thing))):
            self._add_methods(thing, methods, {name, type(thing).__name__}, mine)

    def _add_methods(self, instance: Any, methods: Iterable[str], aliases: set[str], mine: bool) -> None:
        for method in methods:
            bound = getattr(instance, method)
            label = activity_definition(bound).name or "(dynamic)"
            dotted = {f"{alias}.{method}" for alias in aliases}
            self._put(self.activities, label, bound, {method, *aliases, *dotted}, mine)

    def _put(self, table: dict[str, Any], label: str, thing: Any, aliases: set[str], mine: bool) -> None:
        known = table.get(label)
        if known is not None and known is not thing and known != thing:
            if mine:
                raise CourseError(
                    f"Two definitions share the name {label!r}.", fix=f"give one of them another name than {label!r}."
                )
            return
        table[label] = thing
        self._aliases.setdefault(label, set()).update(aliases | {label})

    def choose(self, kind: str, names: Sequence[str] | None) -> list[Any]:
        """Return the definitions to register.

        Args:
            kind: ``"workflow"`` or ``"activity"``.
            names: Python or registered names, class names for activity methods; ``None`` for all.

        Raises:
            CourseError: A name is not there, or a class of activities cannot be instantiated.
        """
        table: dict[str, Any] = self.workflows if kind == "workflow" else self.activities
        if names is None:
            if kind == "activity" and self._unmade:
                raise self._cannot_make(next(iter(self._unmade)))
            return list(table.values())
        chosen: dict[str, Any] = {}
        for name in names:
            found = {label: thing for label, thing in table.items() if name in self._aliases[label]}
            if not found and kind == "activity" and name.split(".")[0] in self._unmade:
                raise self._cannot_make(name.split(".")[0])
            if not found:
                there = ", ".join(sorted(table)) or "none"
                raise CourseError(f"There is no {kind} {name!r} in the modules.", tried=[f"found: {there}"])
            chosen.update(found)
        return list(chosen.values())

    def _cannot_make(self, name: str) -> CourseError:
        return CourseError(
            f"The class {name} has activity methods, but {name}() failed: {self._unmade[name]}",
            fix=f"give its constructor defaults, or make an instance in the module: {name.lower()} = {name}(…)",
        )


def _safe_methods(cls: type) -> list[str]:
    try:
        return _activity_methods(cls)
    except Exception:  # some library's metaclass objects to being looked at: not an activity class
        return []
