"""A share of a core that the kernel enforces, as for a container: when it is used up, all stand still for a moment.

By the ``cpu`` controller of cgroup version 1. A group that a killed run leaves is empty, and the next run removes it.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

CONTROLLER = Path("/sys/fs/cgroup/cpu")
PREFIX = "course-throttled-"
_PERIOD = 100_000  # microseconds, what container engines take
_LEAVING = 10.0  # seconds in which all must have left


class NotPossible(Exception):
    """This machine offers no such group; the message says why."""


def own_group() -> Path:
    """Return the folder of the group that this process is in.

    Raises:
        NotPossible: This machine has no such controller, or keeps it from this user.
    """
    if not (CONTROLLER / "cpu.cfs_quota_us").is_file():
        raise NotPossible(f"no cpu controller of cgroup version 1 in {CONTROLLER}")
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()]
    own = next((path for _, names, path in lines if "cpu" in names.split(",")), "/")
    found = CONTROLLER / own.lstrip("/")
    if not found.is_dir():  # a container sees its own part of the tree only
        found = CONTROLLER
    if not os.access(found, os.W_OK):
        raise NotPossible(f"{found} may not be written to")
    return found


@contextlib.contextmanager
def throttled(cores: float) -> Iterator[Path]:
    """Give this process, and all that it starts meanwhile, so many cores together.

    Args:
        cores: For example 0.5, for half of one.

    Yields:
        The group's folder.

    Raises:
        NotPossible: This machine cannot do that.
    """
    before = own_group()
    try:
        for left in before.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):  # a run that still goes on
                left.rmdir()
        group = before / f"{PREFIX}{os.getpid()}"
        group.mkdir()
        (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(int(cores * _PERIOD)))
        (group / "cgroup.procs").write_text(str(os.getpid()))
    except OSError as error:
        raise NotPossible(f"no group could be made in {before}: {error.strerror}") from error
    try:
        yield group
    finally:
        _remove(group, before)


def _remove(group: Path, before: Path) -> None:
    """Send whoever is still in a group back to the one before, and remove it."""
    deadline = time.monotonic() + _LEAVING
    while True:
        for pid in (group / "cgroup.procs").read_text(encoding="ascii").split():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                (before / "cgroup.procs").write_text(pid)
        try:
            group.rmdir()
        except OSError:  # one of them has just started another
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
