"""What a drill asks of the machine: load average and memory."""

import contextlib
import os

import psutil

_GIB = 2**30


class Machine:
    """Looks at the machine now and then, and remembers the worst.

    Args:
        server: The server's process id.
    """

    def __init__(self, server: int | None) -> None:
        self._server = psutil.Process(server)
        self._before = psutil.virtual_memory().available
        self._load, self._taken, self._of_server = 0.0, 0, 0

    def look(self) -> None:
        """Look once."""
        self._load = max(self._load, load_average())
        self._taken = max(self._taken, self._before - psutil.virtual_memory().available)
        with contextlib.suppress(psutil.Error):  # it has died: the cells will tell
            self._of_server = max(self._of_server, self._server.memory_info().rss)

    def now(self) -> str:
        """Return the load average of the last minute, in words."""
        return f"load average {load_average():.1f}"

    def line(self) -> str:
        """Return the worst that was seen."""
        return (
            f"{os.cpu_count()} cores, load average {self._load:.1f} at the most; memory: {self._taken / _GIB:.1f} GiB "
            f"at the most more than before, {self._of_server / _GIB:.2f} of them the server's"
        )


def load_average() -> float:
    """Return the load average of the last minute; not a number where there is none (Windows)."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
