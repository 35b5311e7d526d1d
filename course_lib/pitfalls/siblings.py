"""What comes with an import: functions that workflow code calls, state that it changes, packages that load slowly."""

import ast
from collections.abc import Callable, Iterator, Mapping

from course_lib.pitfalls import calls, iteration_order, states
from course_lib.pitfalls.code import Module, imported_modules, parsed
from course_lib.pitfalls.rules import Effect, Finding

_RULES: tuple[Callable[[Module], Iterator[Finding]], ...] = (
    calls.restricted,
    calls.slipping,
    iteration_order.sets,
    iteration_order.waiting,
    states.module_state,
    states.repeated_output,
)
_SHARED_FIX = "keep it in `self`, or in an activity, whose module is imported once: see what a replay would find there"
# Packages that load C code or patch the interpreter: importing them afresh for every workflow run is slow at best.
# Measured with temporalio 1.35.
_HEAVY = frozenset({"numpy", "pandas", "requests", "httpx"})


def behind_calls(module: Module, siblings: Mapping[str, Module]) -> Iterator[Finding]:
    """Yield what the functions of siblings do that workflow code calls; each at the line that calls them.

    Args:
        module: The module with the workflow.
        siblings: The modules beside it, by name.
    """
    for call, name in module.calls(module.workflow_code):
        owner, _, function = name.lstrip(".").rpartition(".")
        sibling = siblings.get(owner)
        if sibling is None or function not in sibling.functions:
            continue
        if sibling.is_activity(sibling.functions[function]):
            yield calls.called_activity(module, call, function, sibling)
            continue
        inside = parsed(sibling.source, called=(function,))
        for found in (found for rule in _RULES for found in rule(inside)):
            where = f"`{function}` leads to line {found.line} of {owner}: {found.message}"
            # What is passed through runs without the sandbox.
            passed = owner in module.passed_through and found.effect == "stopped"
            effect: Effect = "breaks" if passed else found.effect
            yield module.finding(call, found.name, message=where, fix=found.fix, effect=effect)


def shared_state(module: Module, siblings: Mapping[str, Module]) -> Iterator[Finding]:
    """Yield changes of a sibling's variable: shared by all runs if it is passed through, else by none.

    Args:
        module: The module with the workflow.
        siblings: The modules beside it, by name.
    """
    for target in (each for node in module.workflow_code for each in states.changes(node)):
        owner, _, variable = module.name(target).lstrip(".").rpartition(".")
        if owner not in siblings or variable not in states.shared_names(siblings[owner]):
            continue
        name = ast.unparse(target)
        if owner in module.passed_through:
            what = f"`{name}` holds what other runs of this process left there, and a replay elsewhere finds it empty"
            yield module.finding(target, "global", message=what, fix=_SHARED_FIX, effect="breaks")
        else:
            yield module.finding(target, "global", name)


def slow_imports(module: Module, siblings: Mapping[str, Module]) -> Iterator[Finding]:
    """Yield imports of packages that a workflow module should pass through the sandbox, also by way of a sibling.

    Args:
        module: The module with the workflow.
        siblings: The modules beside it, by name.
    """
    for node, package in _imports(module) if module.workflow_classes else ():
        through = f" by way of {package}" if package in siblings else ""
        if heavy := _heavy(package, siblings, set()):
            yield module.finding(node, "passthrough", " and ".join(sorted(heavy)), through)


def _imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield what the sandbox imports afresh with a module: each import, and the package."""
    for node in module.at_import:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in imported_modules(node):
                if name not in module.passed_through:
                    yield node, name.partition(".")[0]


def _heavy(package: str, siblings: Mapping[str, Module], seen: set[str]) -> set[str]:
    if package in _HEAVY:
        return {package}
    if package in seen or package not in siblings:
        return set()
    inner = [_heavy(name, siblings, {*seen, package}) for _, name in _imports(siblings[package])]
    return set().union(*inner)
