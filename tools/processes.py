"""Finds and ends all the processes that a test run has started, also those that are no longer anybody's children.

A run marks its environment; what it starts inherits the mark, however it is started and whoever its parent is by then.

    python tools/processes.py MARK PID     wait for the end of the parent, PID, then kill what bears the mark
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping

import psutil

VARIABLE = "COURSE_TEST_RUN"


_guards: list["subprocess.Popen[bytes]"] = []
"""A reference to each, else Python warns that they still run."""


def guard() -> None:
    """Have all that this process starts from now on end with it, however it ends: by itself, Ctrl-C or ``kill -9``.

    A process of its own sees to that. It is in no session with this one, so that what ends this one does not reach it.
    """
    mark = new_mark()
    command = [sys.executable, __file__, mark, str(os.getpid())]
    nothing = subprocess.DEVNULL
    # Without any mark: it ends by itself, a moment after the run, and is nothing that a run has left behind.
    bare = {name: value for name, value in os.environ.items() if name != VARIABLE}
    _guards.append(
        subprocess.Popen(command, env=bare, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    )
    os.environ.update(marked(mark, os.environ))


def new_mark() -> str:
    """Return a mark that no other run has."""
    return secrets.token_hex(8)


def marked(mark: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with a mark added; a run inside another one bears the marks of both."""
    return {**environment, VARIABLE: ":".join(filter(None, [environment.get(VARIABLE), mark]))}


def members(mark: str) -> list[psutil.Process]:
    """Return the running processes that bear a mark, and their children: some are given an environment of their own."""
    found: dict[int, psutil.Process] = {}
    children: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            children.setdefault(process.ppid(), []).append(process)
            if mark in process.environ().get(VARIABLE, ""):
                found[process.pid] = process
        except (psutil.Error, OSError):  # it has ended meanwhile, or is another user's
            continue
    rest = list(found)
    while rest:
        for child in children.get(rest.pop(), ()):
            if child.pid not in found:
                found[child.pid] = child
                rest.append(child.pid)
    found.pop(os.getpid(), None)
    return list(found.values())


def end(mark: str, limit: float = 10.0) -> None:
    """Kill all processes that bear a mark.

    Args:
        mark: The mark.
        limit: Seconds after which a process that does not go is left alone.
    """
    deadline = time.monotonic() + limit
    # Again until there is none: one may have been about to start another.
    while (left := members(mark)) and time.monotonic() < deadline:
        for process in left:
            try:
                process.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(left, timeout=1.0)


class Meter:
    """Counts the processor time of all processes that bear a mark, also of those that have ended.

    Args:
        mark: The mark.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._used: dict[psutil.Process, float] = {}

    def seconds(self) -> float:
        """Return their seconds so far; what began and ended between two looks counts as its parent's."""
        for process in members(self._mark):
            try:
                self._used[process] = sum(process.cpu_times()[:4])  # user, system, and both of ended children
            except psutil.Error:
                continue
        return sum(self._used.values())


if __name__ == "__main__":
    while os.getppid() == int(sys.argv[2]):  # it changes as soon as the parent has died
        time.sleep(0.5)
    end(sys.argv[1])
