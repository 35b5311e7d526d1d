"""The course's own server: the ``temporal`` binary as a daemon with its database in the state folder."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from course_lib.daemons import Daemon, DaemonState
from course_lib.errors import CourseError
from course_lib.paths import state_dir
from course_lib.server import binary, connection, download, folder, links, reasons, switches
from course_lib.server.progress import Say, progress
from course_lib.server.server import Server

HOST = "127.0.0.1"

_READY_LIMIT = 30.0  # seconds a living process gets to become healthy; 0.15 s measured, a cold disk takes longer
_HEALTH_LIMIT = 2.0  # seconds for one health check; longer than this is a hung server
_PATIENT_LIMIT = 8.0
_STOP_LIMIT = 3.0  # 1.2 s measured
_LOOK_EVERY = 0.03
_UI_PATH = "--ui-public-path"
_STARTS = 3  # a port can be taken between the look at it and the server's start
# More than twice the workflows per second of the CLI's own settings (1.9.1 on a busy machine: 25 against 10).
# A killed server loses nothing that it has answered for; a power cut may cost the last moments
# (https://www.sqlite.org/pragma.html#pragma_synchronous).
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


@dataclass(frozen=True)
class Status:
    """The embedded server as its files and its process describe it, also one that has just died; no health check.

    Args:
        state: What its state file says while its process exists, else None.
        uptime: Seconds that it runs.
        cli_version: The version of the ``temporal`` binary; empty when it never ran.
        database: Its database file, None for a server in memory or one that never ran.
        size: Bytes of that file, with its write-ahead log, where most of what was written lately is.
        log_file: Where it logs to.
    """

    state: DaemonState | None
    uptime: float
    cli_version: str
    database: Path | None
    size: int
    log_file: Path

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""
        return self.state.pid if self.state else None


def daemon() -> Daemon:
    """Return the daemon of the current state folder."""
    return Daemon("server", state_dir())


def in_memory() -> bool:
    """Return whether ``COURSE_DB=memory`` asks for a server of one's own that forgets everything (tests)."""
    return os.environ.get("COURSE_DB", "").lower() == "memory"


def status() -> Status:
    """Return how the embedded server is, and where its files are."""
    own = daemon()
    state = own.read()
    last = state or own.last()
    name = last.extra.get("database", "") if last else ""
    size = 0
    for path in (name, f"{name}-wal") if name else ():
        with contextlib.suppress(OSError):
            size += Path(path).stat().st_size
    return Status(
        state,
        max(0.0, time.time() - state.create_time) if state else 0.0,
        last.extra.get("cli_version", "") if last else "",
        Path(name) if name else None,
        size,
        own.log_file,
    )


def log_tail(lines: int) -> list[str]:
    """Return the last lines of the embedded server's log."""
    return daemon().log_tail(lines)


async def running(limit: float = _HEALTH_LIMIT) -> Server | None:
    """Return the embedded server if it runs and is healthy.

    Args:
        limit: Seconds for the health check.
    """
    state = daemon().read()
    if state is None:
        return None
    if not await connection.listens(HOST, state.ports["grpc"]):
        return None
    try:
        return await connection.checked(_server(state), limit)
    except connection.Unreachable:
        return None


async def start(say: Say) -> Server:
    """Start the embedded server and wait until it is healthy. For the holder of the daemon's lock.

    Args:
        say: Gets a line about what takes long.

    Raises:
        CourseError: It cannot be started; says what was tried and what to do.
    """
    own = daemon()
    if own.read() is not None:
        # Alive, but not healthy within the usual limit: on a busy machine it deserves a patient look before it is
        # ended, because a learner's Workers are connected to it.
        say("The Temporal server is slow to answer; waiting for it.")
        if (server := await running(_PATIENT_LIMIT)) is not None:
            return server
        say("It does not answer: replacing it. Its data stays.")
    await asyncio.to_thread(own.stop, _STOP_LIMIT)
    path = await download.locate_or_fetch(say)
    async with progress(say, f"Waiting for {path} to print its version; the first time can be slow."):
        program = await asyncio.to_thread(binary.verified, path)
    database = None if in_memory() else folder.database(program.version)
    folder.prepare(own.directory, for_database=database is not None)
    if database is not None and (lost := folder.find_owner(database)) is not None:
        # A server without state file still writes to this database. A second one would corrupt it, silently.
        own.record(lost)
        if (server := await running()) is not None:
            return server
        await asyncio.to_thread(own.stop, _STOP_LIMIT)

    def ports(attempt: int) -> dict[str, int]:
        return folder.choose_ports(HOST, remembered=attempt == 1, anywhere=database is None)

    server = await launch(own, program.path, ports, database, say, {"cli_version": program.version})
    if (state := own.read()) is not None:
        folder.remember_ports(state.ports)
    return server


async def launch(
    own: Daemon,
    program: Path,
    ports_for: Callable[[int], dict[str, int]],
    database: Path | None,
    say: Say,
    extra: Mapping[str, str],
) -> Server:
    """Start a server's process and wait until it is healthy.

    Args:
        own: Its daemon.
        program: The ``temporal`` binary.
        ports_for: Returns the ports for the first, second … attempt: one can be taken between the look at it and the
            server's start. Without one for the Web UI there is no Web UI.
        database: Its database file; None keeps all in memory.
        say: Gets a line every two seconds.
        extra: What else to keep in the state file.

    Raises:
        CourseError: It ended, or did not become healthy.
    """
    for attempt in range(1, _STARTS + 1):
        ports = ports_for(attempt)
        before = own.log_file.stat().st_size if own.log_file.exists() else 0
        state = own.spawn(
            _argv(program, ports, database),
            ports=ports,
            extra={**extra, "database": str(database or "")},
            # The learner's own TEMPORAL_* settings are for clients; they must not steer this server.
            env={key: value for key, value in os.environ.items() if not key.startswith("TEMPORAL_")},
        )
        if (server := await _ready(own, state, say)) is not None:
            return server
        said = reasons.log_since(own.log_file, before)
        if attempt == _STARTS or not reasons.port_was_taken(said):
            raise reasons.died(said, ports, own, database)
    raise AssertionError("unreachable: the last attempt returned or raised")


async def stop(timeout: float = 10.0) -> bool:
    """Stop the embedded server; its database stays.

    Args:
        timeout: Seconds it gets to end by itself before it is killed.

    Returns:
        Whether it was running. A server that the course did not start is never stopped.
    """
    own = daemon()
    if own.read() is None:
        return False
    async with own.alock(timeout=15.0):
        return await asyncio.to_thread(own.stop, timeout)


async def kill() -> int | None:
    """End the embedded server at once with SIGKILL, for a lesson about crashes; its database stays.

    Returns:
        Its process id, None when it was not running. A server that the course did not start is never killed.
    """
    return await asyncio.to_thread(daemon().kill)


def _argv(program: Path, ports: dict[str, int], database: Path | None) -> list[str]:
    argv = [str(program), "server", "start-dev", "--ip", HOST, "--port", str(ports["grpc"])]
    if "ui" not in ports:
        argv.append("--headless")
    else:
        argv += ["--ui-port", str(ports["ui"]), "--ui-disable-news-fetch"]
        if path := links.public_path(ports["ui"]):
            argv += [_UI_PATH, path]
    argv += switches.arguments()
    if database is not None:
        argv += ["--db-filename", str(database)]
        for pragma in _PRAGMAS:
            argv += ["--sqlite-pragma", pragma]
    return argv


async def _ready(own: Daemon, state: DaemonState, say: Say) -> Server | None:
    """Wait until the server is healthy and return it; None when its process ended."""
    last = "nothing listens on its port yet"
    async with progress(say, f"The Temporal server is starting; it gets {_READY_LIMIT:g} s."):
        for _ in own.looks(_READY_LIMIT):
            if _has_port(state):
                try:
                    return await connection.checked(_server(state), _HEALTH_LIMIT)
                except connection.Unreachable as error:
                    last = str(error)
            await asyncio.sleep(_LOOK_EVERY)
    if own.read() is None:
        return None
    await asyncio.to_thread(own.stop, _STOP_LIMIT)
    raise CourseError(
        f"The embedded Temporal server did not become healthy within {_READY_LIMIT:g} s.",
        tried=[" ".join(state.argv), f"last look: {last}", f"its log: {own.log_file}"],
        fix="close programs that keep this machine busy and try again; `course server logs` shows its log.",
    )


def _has_port(state: DaemonState) -> bool:
    """Return whether this very process listens: a program that took the port first must not pass for our server."""
    try:
        found = psutil.Process(state.pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    return any(c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == state.ports["grpc"] for c in found)


def _server(state: DaemonState) -> Server:
    port = state.ports.get("ui")
    path = state.argv[state.argv.index(_UI_PATH) + 1] if _UI_PATH in state.argv else ""
    ui = f"http://{HOST}:{port}{path}" if port else None
    return Server(f"{HOST}:{state.ports['grpc']}", ui_url=ui, pid=state.pid)
