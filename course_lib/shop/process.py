"""Finds the shop's process, or starts it."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from course_lib.daemons import Daemon, DaemonState, free_port
from course_lib.errors import CourseError
from course_lib.paths import state_dir
from course_lib.shop.control import Unreachable, ask

PREFERRED_PORT = 8190
_START_LIMIT = 5.0  # seconds; 0.4 s is usual
_HEALTH_LIMIT = 2.0  # seconds; a healthy service answers within milliseconds, but the machine may be busy
_LOCK_LIMIT = 15.0  # seconds; longer than another kernel needs for a start that fails
_ATTEMPTS = 3  # a port that was free can be taken by the time the service binds it


def daemon() -> Daemon:
    """Return the handle on the process of this state folder."""
    return Daemon("shop", state_dir())


def folder() -> Path:
    """Return where the shops' files lie."""
    return state_dir() / "shops"


def service() -> int:
    """Return the port of a healthy service; start the service if there is none.

    A service that runs an older version of the course's code, or that hangs, is replaced. The port is kept when it is
    still free, since Workers hold it in SHOP_URL.

    Raises:
        CourseError: It does not start.
    """
    found = daemon().read()
    if found is not None and _healthy(found):
        return found.ports["http"]
    with daemon().lock(_LOCK_LIMIT):
        now = daemon().read()
        if now is not None and now != found and _healthy(now):  # another kernel was quicker
            return now.ports["http"]
        return _start()


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


def _healthy(state: DaemonState) -> bool:
    try:
        status, answer = ask(state.ports.get("http", 0), "GET", "/health", timeout=_HEALTH_LIMIT)
    except Unreachable:
        return False
    return status == 200 and answer == {"pid": str(state.pid), "fingerprint": fingerprint()}


def _start() -> int:
    shop = daemon()
    tried = []
    if shop.stop(1.0):
        tried.append("the shop that was running did not answer, or was another version: it was stopped")
    # Made here as well as by the service: the service ends when it is gone.
    with _clear_errors():
        folder().mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        port = free_port(_remembered_port())
        options = {"--port": str(port), "--folder": str(folder()), "--fingerprint": fingerprint()}
        state = shop.spawn(
            # -P: a file of the learner's that is called json.py must not stand in for the real one.
            [sys.executable, "-P", "-m", "course_lib.shop", *(word for pair in options.items() for word in pair)],
            ports={"http": port},
            env={**os.environ, "PYTHONPATH": _python_path()},
        )
        deadline = time.monotonic() + _START_LIMIT
        while time.monotonic() < deadline:
            if _healthy(state):
                _port_file().write_text(str(port), encoding="ascii")
                return port
            if shop.read() is None:
                break
            time.sleep(0.01)
        died = shop.read() is None
        said = "; ".join(shop.log_tail(2)) or "no word in its log"
        tried.append(f"port {port}: {'it ended at once' if died else f'no answer in {_START_LIMIT:g} s'} ({said})")
        shop.stop(1.0)
        if not died:
            break  # a second one would be as slow
    raise CourseError(
        "The shop's process does not start.",
        tried=tried,
        fix=f"read {shop.log_file}; `course doctor` looks at the usual causes.",
    )


def _port_file() -> Path:
    return folder() / "port"


def _remembered_port() -> int:
    try:
        return int(_port_file().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return PREFERRED_PORT


def _python_path() -> str:
    ours = str(Path(__file__).resolve().parent.parent.parent)
    return os.pathsep.join([ours, *filter(None, [os.environ.get("PYTHONPATH")])])


@cache
def fingerprint() -> str:
    """Return a name for this version of the shop's code, so that an updated course replaces an old service."""
    digest = blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"The course cannot write to its state folder: {error.strerror or error}.",
            tried=[f"to write in {folder()}"],
            fix="make the folder writable, or name another one: set the environment variable COURSE_STATE.",
        ) from error
