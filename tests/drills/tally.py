"""What came of the cells of a drill, in a table."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from course_lib.authoring.execute import Check, Result

_HEAD = "chapter  cells  failed   checks: passed  turned down  not judged    seconds per cell: p50    p95    max"
_ROW = "{:<7} {:>6} {:>7} {:>16} {:>12} {:>11} {:>24.1f} {:>6.1f} {:>6.1f}  {}"
_SHOWN, _LINES = 3, 12  # learners whose error is shown, when many met one, and lines of it


@dataclass
class Row:
    """What came of one chapter, all learners' together."""

    passed: int = 0
    turned_down: int = 0
    not_judged: int = 0
    failed: int = 0
    cells: list[tuple[float, str]] = field(default_factory=list)
    """Seconds and the cell's id, of each cell that ran."""

    def __add__(self, other: "Row") -> "Row":
        return Row(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def line(self, name: str) -> str:
        """Return the row of the table."""
        ordered = sorted(self.cells) or [(0.0, "")]
        p50, p95 = (ordered[int(share * (len(ordered) - 1))][0] for share in (0.5, 0.95))
        counts = (len(self.cells), self.failed, self.passed, self.turned_down, self.not_judged)
        return _ROW.format(name, *counts, p50, p95, *ordered[-1])


class Tally:
    """Counts what came of the notebooks that a drill has run."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = defaultdict(Row)
        self._wrong: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, learner: str, result: Result) -> None:
        """Count one notebook.

        Args:
            learner: Whose it was.
            result: What came of it.
        """
        chapter = result.path.name[:2]
        with self._lock:
            row = self._rows[chapter]
            row.cells += timed(result.notebook.cells if result.notebook else ())
            for cell, error in result.broken:
                row.failed += 1
                self._wrong[chapter, f"{cell} failed"].append((learner, error))
            for check in result.checks:
                if kind := _count(row, check):
                    self._wrong[chapter, f"check {check.exercise} {kind}"].append((learner, check.text))

    @property
    def spotless(self) -> bool:
        """Whether cells ran, none raised, and each check passed."""
        return bool(self._rows) and not self._wrong

    def table(self) -> list[str]:
        """Return the table, and below it each thing that went wrong with the learners who met it."""
        rows = sorted(self._rows.items())
        lines = [_HEAD, *(row.line(chapter) for chapter, row in rows)]
        lines.append(sum((row for _, row in rows), Row()).line("all"))
        for (chapter, what), met in sorted(self._wrong.items()):
            learners = ", ".join(learner for learner, _ in sorted(met))
            lines.append(f"chapter {chapter}, {what} for {len(met)}: {learners}")
            for learner, error in sorted(met)[:_SHOWN]:
                said = error.strip().splitlines()
                lines += [f"    {learner}: {said[0] if said else ''}", *(f"        {line}" for line in said[1:_LINES])]
        return lines


def timed(cells: Sequence[Any]) -> list[tuple[float, str]]:
    """Return the seconds and the id of each cell that ran, by the kernel's own clock.

    Args:
        cells: A notebook's, as nbclient has left them.
    """
    found = []
    for cell in cells:
        times = cell.metadata.get("execution", {})
        ends = [times.get(name) for name in ("iopub.execute_input", "shell.execute_reply")]
        if all(ends):
            began, ended = (datetime.fromisoformat(each.replace("Z", "+00:00")) for each in ends)
            found.append(((ended - began).total_seconds(), cell.id))
    return found


def _count(row: Row, check: Check) -> str:
    """Count a check, and return what is wrong with it in words."""
    if check.outcome == "passed":
        row.passed += 1
        return ""
    if check.outcome == "error" and not check.text.startswith("!"):  # no verdict: the cell itself raised
        row.failed += 1
        return "failed"
    if check.outcome == "error":
        row.not_judged += 1
        return "not judged"
    row.turned_down += 1
    return "turned down"
