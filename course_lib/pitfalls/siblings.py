"""Pitfalls behind an import: workflow code that calls a function of a module beside it, or changes what lies there."""

import ast
from collections.abc import Callable, Iterator, Mapping

from course_lib.pitfalls import calls, direct, orders, states
from course_lib.pitfalls.code import Module, imported_modules, parsed
from course_lib.pitfalls.hit import Hit

_RULES: tuple[Callable[[Module], Iterator[Hit]], ...] = (
    calls.restricted,
    calls.slipping,
    orders.sets,
    orders.waiting,
    states.module_state,
    states.repeated_output,
)
_SHARED_FIX = "keep it in `self`, or in an activity, whose module is imported once: see what a replay would find there"


def behind_calls(module: Module, siblings: Mapping[str, Module]) -> Iterator[Hit]:
    """Yield what the functions of siblings do that workflow code calls; each at the line that calls them.

    Args:
        module: The module with the workflow.
        siblings: The modules beside it, by name.
    """
    passed = _passed_through(module)
    for call, name in module.calls(module.workflow_code()):
        owner, _, function = name.lstrip(".").rpartition(".")
        sibling = siblings.get(owner)
        if sibling is None or function not in sibling.functions:
            continue
        if sibling.is_activity(sibling.functions[function]):
            yield direct.called(call, function, sibling)
            continue
        inside = parsed(sibling.source, called=(function,))
        for rule in _RULES:
            for hit in rule(inside):
                where = f"`{function}` leads to line {hit.node.lineno} of {owner}: {hit.message}"
                # What is passed through runs without the sandbox.
                effect = "breaks" if owner in passed and hit.effect == "stopped" else hit.effect
                yield Hit(call, hit.name, where, hit.replacement, effect)


def shared_state(module: Module, siblings: Mapping[str, Module]) -> Iterator[Hit]:
    """Yield changes of a sibling's variable: shared by all runs if it is passed through, else by none.

    Args:
        module: The module with the workflow.
        siblings: The modules beside it, by name.
    """
    passed = _passed_through(module)
    for node in module.workflow_code():
        target = states.changed(node)
        if not target or not isinstance(node, ast.stmt | ast.expr):
            continue
        owner, _, variable = module.name(ast.parse(target, mode="eval").body).lstrip(".").rpartition(".")
        if owner not in siblings or variable not in states.shared_names(siblings[owner]):
            continue
        if owner in passed:
            what = f"`{target}` holds what other runs of this process left there, and a replay elsewhere finds it empty"
            yield Hit(node, "global", what, _SHARED_FIX, "breaks")
        else:
            yield Hit(node, "global", f"`{target}` is not shared between runs, nor kept", states.STATE_FIX, "lies")


def _passed_through(module: Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.With) and "imports_passed_through" in ast.unparse(node.items[0].context_expr):
            found.update(imported_modules(node))
    return found
