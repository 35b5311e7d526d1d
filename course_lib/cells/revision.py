"""A revision that a kernel uses, and what is said about it when its cell has run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.cells.names import revision_name
from course_lib.cells.publish import bound_names
from course_lib.cells.source import CellSource
from course_lib.pitfalls import Finding

_NAMES_SHOWN = 8  # a calm line; the rest is counted


@dataclass
class Revision:
    """One revision of a module, as this kernel uses it.

    Args:
        cell: The source as typed.
        number: The revision's number.
        text: What its file holds: the source with pinned imports.
        pins: The revision of each sibling that it uses.
        ran: Whether its cell ran in this kernel; False when only its saved file was read.
        published: What it brought into the notebook.
    """

    cell: CellSource
    number: int
    text: str
    pins: dict[str, int]
    ran: bool = False
    published: dict[str, Any] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """The name to import."""
        return revision_name(self.cell.name, self.number)


def report(
    revision: Revision, current: Mapping[str, Revision], again: bool, warned: Sequence[Finding]
) -> Iterator[str]:
    """Return the lines that the learner reads below the cell, the first of them always.

    Args:
        revision: What has just run.
        current: The current revision of every module.
        again: Whether the source had not changed, so that nothing was run.
        warned: What the checks doubt.
    """
    name, own = revision.cell.name, set(bound_names(revision.cell.tree))
    published = [word for word in revision.published if word in own]
    shown = ", ".join(published[:_NAMES_SHOWN]) or "no public names"
    more = f" and {len(published) - _NAMES_SHOWN} more" if len(published) > _NAMES_SHOWN else ""
    yield f"{name}.py · revision {revision.number}{' (unchanged)' if again else ''} · {shown}{more}"
    for sibling, number in revision.pins.items():
        if not current[sibling].ran:
            yield f"{sibling} is used as saved earlier (revision {number}): its cell has not run in this kernel."
        yield from (_still_uses(sibling, *old) for old in _stale(current[sibling], current))
    for user in current.values():
        if user.cell.name != name and user.cell.name not in revision.pins:
            yield from (_still_uses(user.cell.name, *old) for old in _stale(user, current) if old[0] == name)
    yield from (f"⚠ {finding.text()}" for finding in warned)


def _stale(revision: Revision, current: Mapping[str, Revision]) -> Iterator[tuple[str, int, int]]:
    """Return (sibling, revision used, newest revision) of each sibling that has moved on."""
    for name, number in revision.pins.items():
        if name in current and current[name].number != number:
            yield name, number, current[name].number


def _still_uses(user: str, name: str, old: int, new: int) -> str:
    return f"{user} still uses {name} revision {old}: run its cell again to give it revision {new}."
