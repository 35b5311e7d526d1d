"""How a worker panel says things: a word, a sign and a colour for each state, and what follows from it."""

import re
from collections.abc import Sequence

from course_lib.cells.names import parts

ICONS = {
    "new": "○",
    "busy": "◌",
    "starting": "◌",
    "running": "●",
    "frozen": "❄",
    "stopping": "◌",
    "stopped": "■",
    "killed": "✖",
    "died": "✖",
}
TONES = {
    "running": "tc-ok",
    "killed": "tc-bad",
    "died": "tc-bad",
    "frozen": "tc-info",
    "busy": "tc-wait",
    "starting": "tc-wait",
    "stopping": "tc-wait",
}
HINTS = {
    "frozen": "A hung Worker looks like this. The server learns of it only when a task that it holds times out.",
    "killed": "Nothing is lost: its runs wait on the server and go on as soon as a Worker polls.",
    "died": "Nothing is lost: its runs wait on the server and go on as soon as a Worker polls. The log says more.",
}


def version(modules: Sequence[str]) -> str:
    """Return which code a process runs: ``orders, revision 3``."""
    return "; ".join(f"{name}, revision {number}" if number else name for name, number in map(parts, modules))


def newer(modules: Sequence[str], newest: Sequence[str]) -> str:
    """Return what has changed since, empty when nothing has: ``revision 4``, or ``the newest revisions``.

    Args:
        modules: What the process imports.
        newest: The newest revision of each of them.
    """
    changed = [new for old, new in zip(modules, newest, strict=True) if old != new]
    if len(changed) == 1:
        name, number = parts(changed[0])
        return f"revision {number}" if len(modules) == 1 else f"{name} revision {number}"
    return "the newest revisions" if changed else ""


def tasks(counts: tuple[int, int]) -> str:
    """Return how many tasks a process has taken, in words."""
    workflow, activity = counts
    return f"{workflow} workflow task{_s(workflow)}, {activity} activity task{_s(activity)}"


def since(words: str) -> str:
    """Return a state in words without the seconds that it has lasted."""
    return re.sub(r" · \d+ s", "", words)


def _s(count: int) -> str:
    return "" if count == 1 else "s"
