"""Freeze a process and let it go on: what a hung Worker looks like to everybody else."""

import contextlib
import os
import signal
import subprocess
import sys

import psutil

# Reads one line. When there is none, because the end of the pipe came first, it kills the frozen group. (dash, the
# shell of Debian and Ubuntu, knows no `kill -9 -- -pid`.)
_GUARD = 'read -r _ || kill -9 "-$1"'


class Frozen:
    """A process, with all that it started, that does not run until `thaw` (SIGSTOP, SIGCONT).

    A frozen child cannot see that its parent is gone, and no signal but SIGKILL ends it. So a small shell waits in its
    place: it kills the child when this process ends, however that comes about.

    Args:
        pid: The leader of the process group.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._guard: subprocess.Popen[bytes] | None = None
        if sys.platform == "win32":
            psutil.Process(pid).suspend()
            return
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "sh", str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if sys.platform == "win32":
                psutil.Process(self._pid).resume()
            else:
                os.killpg(self._pid, signal.SIGCONT)
        self.forget()

    def forget(self) -> None:
        """Dismiss the guard: the process goes on or is gone."""
        guard, self._guard = self._guard, None
        if guard is None:
            return
        with contextlib.suppress(OSError, ValueError):
            guard.communicate(b"go\n", timeout=2.0)
