"""The pollers that the server lists, without those that surely ended: it lists a killed Worker for minutes."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable

import psutil

from course_lib.workers.notebook import running_workers

# The default identity of the SDK is pid@host; the course's Workers put a name before it.
_PROCESS = re.compile(r"(?:^|[-:])(?P<pid>\d+)@(?P<host>.+)$")


def without_ended(identities: Iterable[str]) -> list[str]:
    """Return the pollers without those that surely ended; of another machine nothing is sure.

    Args:
        identities: As the server lists them; the order is kept.
    """
    here = {worker.identity for worker in running_workers()}
    return [identity for identity in identities if not _ended(identity, here)]


def _ended(identity: str, here: set[str]) -> bool:
    found = _PROCESS.search(identity)
    if found is None or found["host"] != socket.gethostname():
        return False
    pid = int(found["pid"])
    if pid == os.getpid():
        return identity.startswith("notebook-") and identity not in here
    try:
        # One that was killed and that its parent has not waited for has a pid, but polls no more.
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
