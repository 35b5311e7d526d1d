"""Activities that workflow code calls like a function."""

import ast
from collections.abc import Iterator

from course_lib.pitfalls import calls
from course_lib.pitfalls.code import Module, parsed
from course_lib.pitfalls.hit import Hit


def activities(module: Module) -> Iterator[Hit]:
    """An activity that is called, not asked for: it runs as workflow code, and the history holds nothing of it."""
    for call, name in module.calls(module.workflow_code()):
        function = module.functions.get(name)
        if function is not None and module.is_activity(function):
            yield called(call, name, module)


def called(call: ast.Call, name: str, module: Module) -> Hit:
    """Return what comes of calling an activity like a function.

    Args:
        call: Where.
        name: The activity.
        module: The module that has it.
    """
    inside = parsed(module.source, called=(name,))
    return Hit(
        call,
        "activity",
        f"`{name}(…)` runs the activity as workflow code: again in every replay, and nothing of it is recorded",
        f"ask for it: `await workflow.execute_activity({name}, …, start_to_close_timeout=…)`",
        "stopped" if any(hit.effect == "stopped" for hit in calls.restricted(inside)) else "lies",
    )
