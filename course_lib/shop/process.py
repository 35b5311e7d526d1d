"""Finds the shop's process, or starts it."""

import os
import secrets
import time
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

from course_lib import paths, processes
from course_lib.daemons import Daemon, DaemonState
from course_lib.errors import CourseError
from course_lib.paths import state_dir
from course_lib.shop.control import PORT_FILE, Unreachable, ask

# Below the ports that systems give to outgoing connections (Linux from 32,768, macOS and Windows from 49,152).
_PORTS = range(10_000, 32_000)
_START_LIMIT = 60.0  # seconds; 0.4 s is usual, 20 s when a class of thirty opens its chapters at once on two cores
_LOOK_EVERY = 0.01
_HEALTH_LIMIT = 2.0  # seconds; a healthy service answers within milliseconds
_PATIENT_LIMIT = 4.0  # seconds for the second look, before a service that is merely slow is ended with its requests
_LOCK_LIMIT = 75.0  # seconds; longer than another kernel needs for a start that fails


def daemon() -> Daemon:
    """Return the handle on the process of this state folder."""
    return Daemon("shop", state_dir())


def folder() -> Path:
    """Return where the shops' files lie."""
    return state_dir() / "shops"


def service() -> int:
    """Return the port of a healthy service; start the service if there is none.

    A service that runs an older version of the course's code, or that hangs, is replaced. The new one gets the same
    port unless another program has taken it, since Workers hold it in SHOP_URL.

    Raises:
        CourseError: It does not start.
    """
    found = daemon().read()
    if found is not None and _healthy(found):
        return found.ports["http"]
    with daemon().lock(_LOCK_LIMIT):
        now = daemon().read()
        # Another kernel was quicker, or the machine is busy.
        if now is not None and _healthy(now, _PATIENT_LIMIT):
            return now.ports["http"]
        return _start()


def alive() -> bool:
    """Return whether the service's process lives; one that lives may still hang."""
    return daemon().read() is not None


def running() -> int | None:
    """Return the port of a healthy service of this version, or None."""
    state = daemon().read()
    return state.ports["http"] if state is not None and _healthy(state) else None


def stop_service(timeout: float = 5.0) -> bool:
    """Stop the service; the shops' files stay.

    Args:
        timeout: Seconds that it gets to end by itself.

    Returns:
        Whether one was running.
    """
    shop = daemon()
    with shop.lock(_LOCK_LIMIT):
        return shop.stop(timeout)


def _healthy(state: DaemonState, limit: float = _HEALTH_LIMIT) -> bool:
    if "http" not in state.ports:  # its starter died before it heard the port
        return False
    try:
        status, answer = ask(state.ports["http"], "GET", "/health", timeout=limit)
    except Unreachable:
        return False
    return status == 200 and answer == {"start": state.extra.get("start"), "fingerprint": fingerprint()}


def _start() -> int:
    shop = daemon()
    tried = []
    if shop.stop(1.0):
        tried.append("the shop that was running did not answer, or was another version: it was stopped")
    # Made here as well as by the service: the service ends when it is gone.
    with paths.writing(folder()):
        folder().mkdir(parents=True, exist_ok=True)
    # Only the service itself binds a port, and says which: whoever looks for a free one first can lose it meanwhile.
    start = secrets.token_hex(8)
    options = {
        "--port": str(_wanted_port()),
        "--folder": str(folder()),
        "--start": start,
        "--fingerprint": fingerprint(),
    }
    state = shop.spawn(
        processes.python("course_lib.shop", *(word for pair in options.items() for word in pair)),
        ports={},
        extra={"start": start},
        env=processes.importing_course(os.environ),
    )
    for _ in shop.looks(_START_LIMIT):
        if (port := _reported(start)) is not None:
            state = replace(state, ports={"http": port})
            if _healthy(state):
                shop.record(state)
                return port
        time.sleep(_LOOK_EVERY)
    died = shop.read() is None
    said = "; ".join(shop.log_tail(2)) or "no word in its log"
    tried.append(f"to start it: {'it ended at once' if died else f'no answer in {_START_LIMIT:g} s'} ({said})")
    shop.stop(1.0)
    raise CourseError(
        "The shop's process does not start.",
        tried=tried,
        fix=f"read {shop.log_file}; `course doctor` looks at the usual causes.",
    )


def _last_port() -> tuple[int, str]:
    """Return the port of the last service, and the word that its starter gave it."""
    try:
        port, _, start = (folder() / PORT_FILE).read_text(encoding="ascii").partition(" ")
        return int(port), start
    except (OSError, ValueError):
        return 0, ""


def _wanted_port() -> int:
    """Return the port of the last service; for the first one, a port that hardly any other folder's shop asks for.

    Else a class on one machine would move up from one port, and a new shop would take that of one that is restarted.
    """
    port, _ = _last_port()
    if 0 < port < 65536:
        return port
    digest = blake2b(os.fsencode(folder()), digest_size=8).digest()
    return _PORTS[int.from_bytes(digest, "big") % len(_PORTS)]


def _reported(start: str) -> int | None:
    """Return the port that the service of this start listens on, None while it has not said."""
    port, told = _last_port()
    return port if told == start else None


@cache
def fingerprint() -> str:
    """Return a name for this version of the shop's code, so that an updated course replaces an old service."""
    digest = blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
