"""Programs that compete for the machine, as a build, a browser and a video call beside the course do."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil

CORES = 2
BUSY = 8
MOST = 2 * 2**30
"""Bytes that the one which is hungry for memory takes, unless that is more than a quarter of what is free."""

# Linux weighs sessions first, and by niceness the processes within one (autogroup): each has a session of its own, as a
# program on a desktop has, and its niceness counts between sessions. It ends when the pipe does whose other end only
# the one that started it holds: also when that one is killed.
_LIFELINE = """
import os, sys, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
try:
    os.nice(int(sys.argv[1]))
    open("/proc/self/autogroup", "w").write(sys.argv[1])
except (AttributeError, OSError):
    pass
"""
_BUSY = f"{_LIFELINE}while True: pass"
_HUNGRY = f"""{_LIFELINE}
pages = bytearray(int(sys.argv[2]))
while True:
    pages[::4096] = os.urandom(1) * len(range(0, len(pages), 4096))
"""


class Neighbours:
    """The programs, started together.

    Args:
        busy: How many of them only compute; one more goes through its memory again and again.
    """

    def __init__(self, busy: int) -> None:
        size = min(MOST, psutil.virtual_memory().available // 4)
        reading, self._writing = os.pipe()
        # Niced as programs are: the learner's own at 0, what works in the background up to 5.
        commands = [("-c", _BUSY, str(number % 6)) for number in range(busy)]
        commands.append(("-c", _HUNGRY, "0", str(size)))
        self._what = f"{busy} busy processes and one with {size / 2**30:.1f} GB of memory"
        self._began = time.monotonic()
        self._processes = [
            subprocess.Popen([sys.executable, "-I", *words], stdin=reading, start_new_session=True)
            for words in commands
        ]
        os.close(reading)

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [process.pid for process in self._processes]

    def dead(self) -> int:
        """Return how many have ended by themselves: what was proven then was proven without them."""
        return sum(process.poll() is not None for process in self._processes)

    def report(self) -> str:
        """Return in one sentence what they are, and how much of the machine they had so far."""
        used = 0.0
        for pid in self.pids:
            with contextlib.suppress(psutil.Error):
                used += sum(psutil.Process(pid).cpu_times()[:2])
        seconds = time.monotonic() - self._began
        return f"{self._what} had {used / seconds:.1f} cores for {seconds:.0f} s"

    def end(self) -> None:
        """End them."""
        os.close(self._writing)
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


@contextlib.contextmanager
def on_two_cores() -> Iterator[None]:
    """Keep this process, and whatever it starts meanwhile, to two of the machine's cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
