"""Known mistakes, each recognised in the source by a rule of its own, with a message that names the cure."""

from collections.abc import Callable, Iterator

from course_lib.grading.mistakes import activities, process, workflows
from course_lib.grading.verdict import Part
from course_lib.pitfalls.code import Found, Module, parsed

RULES: dict[str, Callable[[Module], Iterator[Found]]] = {
    "not_decorated": workflows.not_decorated,
    "not_async": workflows.not_async,
    "several_parameters": workflows.several_parameters,
    "forgotten_await": activities.forgotten_await,
    "no_timeout": workflows.no_timeout,
    "blocking_sleep": activities.blocking_sleep,
    "wall_clock": workflows.wall_clock,
    "random": workflows.random_values,
    "outside_world": workflows.outside_world,
    "reader_changes_state": workflows.reader_changes_state,
    "endless_loop": process.endless_loop,
    "swallowed_exception": activities.swallowed_exception,
    "ends_process": process.ends_process,
    "sandbox_off": process.sandbox_off,
}
"""Rule by name, in the order in which a learner is told. ``Exercise.allow`` switches rules off by these names."""


def find(source: str, *, cell: str = "", first_line: int = 1, allow: frozenset[str] = frozenset()) -> list[Part]:
    """Return one failed part for each known mistake in a module's source.

    Args:
        source: The module's Python.
        cell: The module's name, said with the line.
        first_line: Number of the source's first line; 2 for a module cell, whose first line is ``%%module``.
        allow: Names of rules that do not apply.
    """
    try:
        module = parsed(source)
    except (SyntaxError, ValueError, RecursionError):
        return []  # the module cell has said so already, before it ran anything
    parts: list[Part] = []
    for name, rule in RULES.items():
        if name in allow:
            continue
        first: dict[str, tuple[Found, list[int]]] = {}
        for found in rule(module):
            first.setdefault(found.label, (found, []))[1].append(found.node.lineno + first_line - 1)
        parts.extend(_part(found, lines, module, cell) for found, lines in first.values())
    return parts


def _part(found: Found, lines: list[int], module: Module, cell: str) -> Part:
    where = ", ".join(str(line) for line in dict.fromkeys(lines))
    of = f" of module {cell}" if cell else ""
    seen = f"`{module.line(found.node)}` (line {where}{of})"
    return Part(False, found.label, found.expected, seen, (), found.next_step)


__all__ = ["RULES", "Module", "find"]
