"""Known mistakes in an answer, each as a failed part of the verdict that names the line and the fix."""

from collections.abc import Mapping

from course_lib.grading.verdict import Part
from course_lib.pitfalls import RULES, Effect, Finding
from course_lib.pitfalls import find as find_pitfalls

_ORDER = list(RULES)


def find(
    source: str, *, cell: str = "", first_line: int = 1, beside: Mapping[str, str] | None = None, doubtful: bool = False
) -> list[Part]:
    """Return one failed part for each known mistake in a module's source.

    Args:
        source: The module's Python.
        cell: The module's name, said with the line.
        first_line: Number of the source's first line; 2 for a module cell, whose first line is ``%%module``.
        beside: The sources of the chapter's modules, by name: it may import them.
        doubtful: Whether to return what is a mistake only in an answer that is wrong.
    """
    effects: tuple[Effect, ...] = ("doubtful",) if doubtful else ("stopped", "breaks", "lies", "wrong")
    try:
        found = find_pitfalls(source, beside, effects=effects)
    except (SyntaxError, ValueError, RecursionError):
        return []  # the module cell has said so already, before it ran anything
    by_fix: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(found, key=lambda finding: _ORDER.index(finding.name)):
        if RULES[finding.name].expected:
            by_fix.setdefault((finding.name, finding.fix), []).append(finding)
    return [_part(same, f" of module {cell}" if cell else "", first_line) for same in by_fix.values()]


def _part(same: list[Finding], of_module: str, first_line: int) -> Part:
    first, rule = same[0], RULES[same[0].name]
    where = ", ".join(str(finding.line + first_line - 1) for finding in same)
    seen = f"`{first.code}` (line {where}{of_module})"
    label, step = (rule.holds, f"{first.message}; {first.fix}.") if rule.holds else (first.message, f"{first.fix}.")
    return Part(False, label, rule.expected, seen, (), step)
