"""All pitfalls of one module."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from course_lib.pitfalls import calls, direct, orders, siblings, states
from course_lib.pitfalls.code import Module, parsed
from course_lib.pitfalls.hit import Hit

Effect = Literal["stopped", "breaks", "lies"]
"""``stopped``: the sandbox refuses it. ``breaks``: it slips through, and a replay may go another way. ``lies``: nothing
breaks, and what it says is not so. Which is which was run on temporalio 1.35."""

EFFECTS: dict[Effect, str] = {
    "stopped": "the sandbox stops it",
    "breaks": "the sandbox lets it through, and a replay may go another way",
    "lies": "nothing breaks, but it does not do what it seems to",
}

RULES: tuple[Callable[[Module], Iterator[Hit]], ...] = (
    calls.restricted,
    calls.slipping,
    calls.at_import,
    direct.activities,
    orders.sets,
    orders.waiting,
    states.module_state,
    states.class_state,
    states.repeated_output,
    states.skips_when_replaying,
)


@dataclass(frozen=True)
class Pitfall:
    """One pitfall at one place.

    Args:
        line: Line of the source, from 1.
        code: That line, without its indentation.
        name: What kind it is, for example ``"clock"``.
        message: What is wrong, a short clause.
        replacement: What to write instead.
        effect: What comes of it.
    """

    line: int
    code: str
    name: str
    message: str
    replacement: str
    effect: Effect

    def text(self) -> str:
        """Return it in one sentence."""
        return f"{self.message} ({EFFECTS[self.effect]})"


def find(source: str, beside: Mapping[str, str] | None = None, only: str = "") -> list[Pitfall]:
    """Return the determinism pitfalls of a module's workflow code, in the order of its lines.

    Workflow code is what stands in a class with ``@workflow.defn``, the module's own functions that it calls, and those
    of the modules beside it. Activities may do all of this.

    Args:
        source: Python.
        beside: The sources of the modules that it may import, by name; one that is no Python is left out.
        only: The workflow class that is meant, with what it uses; by default all that the module has.

    Returns:
        Each pitfall once per line; empty when the module has no workflow.

    Raises:
        SyntaxError: The source is no Python.
    """
    module = parsed(source, only=only)
    unguarded = module.unguarded()
    found: dict[tuple[int, str], Pitfall] = {}
    others = dict(_parsed(beside or {}))
    near = (siblings.behind_calls(module, others), siblings.shared_state(module, others))
    for hit in chain(*(rule(module) for rule in RULES), *near):
        line = hit.node.lineno
        effect: Effect = "breaks" if hit.effect == "stopped" and id(hit.node) in unguarded else hit.effect
        found.setdefault(
            (line, hit.name),
            Pitfall(line, module.line(hit.node), hit.name, hit.message, hit.replacement, effect),
        )
    return sorted(found.values(), key=lambda pitfall: pitfall.line)


def _parsed(sources: Mapping[str, str]) -> Iterator[tuple[str, Module]]:
    for name, source in sources.items():
        with contextlib.suppress(SyntaxError, ValueError):  # before Python 3.12 a null byte is a ValueError
            yield name, parsed(source)
