"""Does a process compute, or would it like to? On a busy machine the second says more than its CPU time."""

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Processes:
    """Looks at processes again and again; one that is gone counts as idle."""

    def __init__(self) -> None:
        self._used: dict[int, float] = {}

    def look(self, pids: Iterable[int]) -> tuple[float, bool]:
        """Return the CPU seconds since the last look, and whether a thread runs or waits for a core right now.

        Args:
            pids: The processes. What one has used before the first look at it does not count.
        """
        used, runs = 0.0, False
        for pid in pids:
            with contextlib.suppress(OSError, psutil.Error, ValueError, IndexError):
                total, running = _linux(pid) if sys.platform == "linux" else _elsewhere(pid)
                used += max(0.0, total - self._used.get(pid, total))
                self._used[pid] = total
                runs = runs or running
        return used, runs


def _linux(pid: int) -> tuple[float, bool]:
    # proc(5): the name in parentheses may hold spaces; behind it the state is the first field, utime the twelfth.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    total = (int(fields[11]) + int(fields[12])) / _TICK
    running = any(
        (Path(task.path) / "stat").read_text().rpartition(")")[2].split()[0] in "RD"
        for task in os.scandir(f"/proc/{pid}/task")
    )
    return total, running


def _elsewhere(pid: int) -> tuple[float, bool]:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system, False
