"""All that the rules find in one module."""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain

from course_lib.pitfalls import (
    calls,
    clocks,
    coroutines,
    definitions,
    iteration_order,
    long_runs,
    process,
    schedules,
    siblings,
    states,
    values,
)
from course_lib.pitfalls.code import Module, parsed
from course_lib.pitfalls.rules import EFFECTS, Effect, Finding

_SEARCHES: tuple[Callable[[Module], Iterator[Finding]], ...] = (
    calls.restricted,
    calls.slipping,
    calls.at_import,
    calls.activities,
    iteration_order.sets,
    iteration_order.waiting,
    states.module_state,
    states.class_state,
    states.readers_changing,
    states.repeated_output,
    states.skips_when_replaying,
    definitions.workflows,
    definitions.activities,
    definitions.without_timeout,
    values.error_types,
    values.durations,
    values.uncalled,
    clocks.times,
    clocks.looking_again,
    schedules.cron,
    schedules.zones,
    process.blocking_activities,
    process.swallowed_exceptions,
    process.endless_loops,
    process.exits,
    process.sandbox_off,
    process.runs_the_loop,
    long_runs.switches_in_handlers,
    long_runs.unbounded_gathers,
    long_runs.unswitched_loops,
    long_runs.unchosen_policies,
)
_NEAR = (coroutines.forgotten_await, siblings.behind_calls, siblings.shared_state, siblings.slow_imports)


def find(
    source: str, beside: Mapping[str, str] | None = None, only: str = "", effects: Collection[Effect] = EFFECTS.keys()
) -> list[Finding]:
    """Return what the rules find in a module, in the order of its lines; by default the determinism pitfalls.

    Workflow code is what stands in a class with ``@workflow.defn``, the module's own functions that it calls, and those
    of the modules beside it. Activities may do all that would break a replay.

    Args:
        source: Python.
        beside: The sources of the modules that it may import, by name; one that is no Python is left out.
        only: The workflow class that is meant, with what it uses; by default all that the module has.
        effects: What is told: all that comes to this.

    Returns:
        Each rule once per line.

    Raises:
        SyntaxError: The source is no Python.
    """
    module = parsed(source, only=only)
    others = dict(_parsed(beside or {}))
    found: dict[tuple[int, str], Finding] = {}
    for finding in chain(*(search(module) for search in _SEARCHES), *(search(module, others) for search in _NEAR)):
        if finding.effect in effects:
            found.setdefault((finding.line, finding.name), finding)
    return sorted(found.values(), key=lambda finding: finding.line)


def _parsed(sources: Mapping[str, str]) -> Iterator[tuple[str, Module]]:
    for name, source in sources.items():
        with contextlib.suppress(SyntaxError, ValueError):  # before Python 3.12 a null byte is a ValueError
            yield name, parsed(source)
