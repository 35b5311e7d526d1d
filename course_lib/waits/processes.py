"""Does a process or a thread compute, or would it like to? On a busy machine the second says more than its CPU time."""

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


Mover = int | tuple[int, int]
"""A process by its id, or one thread of a process: the process's id and the thread's ``native_id``."""


class Processes:
    """Looks at processes and threads again and again; one that is gone counts as idle."""

    def __init__(self) -> None:
        self._used: dict[Mover, float] = {}

    def look(self, movers: Iterable[Mover]) -> tuple[float, bool]:
        """Return the CPU seconds since the last look, and whether a thread runs or waits for a core right now.

        Args:
            movers: The processes and threads. What one has used before the first look at it does not
                count.
        """
        used, runs = 0.0, False
        for mover in movers:
            with contextlib.suppress(OSError, psutil.Error, ValueError, IndexError):
                total, running = _linux(mover) if sys.platform == "linux" else _elsewhere(mover)
                used += max(0.0, total - self._used.get(mover, total))
                self._used[mover] = total
                runs = runs or running
        return used, runs


def _linux(mover: Mover) -> tuple[float, bool]:
    if isinstance(mover, tuple):
        fields = _stat(f"/proc/{mover[0]}/task/{mover[1]}")
        return _total(fields), fields[0] in "RD"
    running = any(_stat(task.path)[0] in "RD" for task in os.scandir(f"/proc/{mover}/task"))
    return _total(_stat(f"/proc/{mover}")), running


def _stat(folder: str) -> list[str]:
    # proc(5): the name in parentheses may hold spaces; behind it the state is the first field, utime the twelfth.
    return (Path(folder) / "stat").read_text().rpartition(")")[2].split()


def _total(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / _TICK


def _elsewhere(mover: Mover) -> tuple[float, bool]:
    if isinstance(mover, tuple):  # on macOS psutil numbers threads in its own way: none is found there
        threads = psutil.Process(mover[0]).threads()
        return next((each.user_time + each.system_time for each in threads if each.id == mover[1]), 0.0), False
    times = psutil.Process(mover).cpu_times()
    return times.user + times.system, False
