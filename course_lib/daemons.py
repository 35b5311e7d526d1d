"""Processes that outlive the kernel which started them: the Temporal server and the shop.

A daemon owns three files in the state folder: ``<name>.json`` (who runs, on which ports), ``<name>.lock`` (held
while somebody starts or stops it; the operating system frees it when its holder dies, so it cannot go stale) and
``<name>.log`` (what it printed).
"""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from course_lib import paths, processes
from course_lib.errors import CourseError

_LOG_LIMIT = 5_000_000  # bytes; a longer log is set aside at the next start, so a state folder cannot grow for ever
_POLL = 0.02  # seconds between two looks at a lock or at a process that is ending
_CLOCK_SLACK = 1.0  # seconds; create_time is derived from the boot time, which moves when the clock is set
_PORTS_TO_TRY = 100

# Popen objects of daemons started by this process: without a reference Python warns that they still run, and
# without poll() they stay behind as zombies.
_children: dict[int, "subprocess.Popen[bytes]"] = {}


@dataclass(frozen=True)
class DaemonState:
    """What a daemon's state file says about the process that runs.

    Args:
        pid: The process id.
        create_time: When the process started, seconds since the epoch; tells it from a later one with the same pid.
        ports: Port numbers by purpose, for example ``{"grpc": 7233}``.
        argv: The command line.
        extra: Whatever else its owner wants to find again.
    """

    pid: int
    create_time: float
    ports: dict[str, int]
    argv: list[str]
    extra: dict[str, str] = field(default_factory=dict)


class Daemon:
    """One named process per folder, started once and found again by every kernel.

    Starting and stopping are for the holder of :meth:`lock` (or :meth:`alock`); reading needs no lock.

    Args:
        name: The daemon's name, also of its files.
        directory: Where its files lie; created when first written to.
    """

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.directory = directory
        self.state_file = directory / f"{name}.json"
        self.lock_file = directory / f"{name}.lock"
        self.log_file = directory / f"{name}.log"

    @contextlib.contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Hold this daemon's lock: between processes, threads and tasks alike.

        Args:
            timeout: Seconds to wait for it.

        Raises:
            CourseError: Somebody else held it for longer, or the folder cannot be written.
        """
        import filelock  # 20 ms that finding a running daemon does not need

        with self._locking(timeout):
            held = filelock.FileLock(self.lock_file, timeout, poll_interval=_POLL).acquire()
        with held:
            yield

    @contextlib.asynccontextmanager
    async def alock(self, timeout: float) -> AsyncIterator[None]:
        """Hold this daemon's lock without blocking the event loop while waiting; see :meth:`lock`."""
        import filelock

        with self._locking(timeout):
            lock = filelock.AsyncFileLock(self.lock_file, timeout, poll_interval=_POLL, run_in_executor=False)
            held = await lock.acquire()
        async with held:
            yield

    @contextlib.contextmanager
    def _locking(self, timeout: float) -> Iterator[None]:
        """Make the lock's folder, and say who has the lock when the block did not get it."""
        with paths.writing(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
            try:
                yield
            except TimeoutError:  # filelock's own is one
                raise CourseError(
                    f"Another process has been starting or stopping the {self.name} for more than {timeout:g} s.",
                    tried=[f"to lock {self.lock_file}"],
                    fix="wait a moment and run this again; if it stays, restart the other notebook's kernel.",
                ) from None

    def read(self) -> DaemonState | None:
        """Return the running daemon, or None.

        None means: no state file, an unreadable one, a process that is gone, or a pid that now is another process.
        """
        _reap()
        state = self.last()
        return state if state is not None and _alive(state) else None

    def last(self) -> DaemonState | None:
        """Return what the state file says, also of a process that has died; None without a readable one."""
        try:
            raw = json.loads(self.state_file.read_text(encoding="utf-8"))
            return DaemonState(
                pid=int(raw["pid"]),
                create_time=float(raw["create_time"]),
                ports={str(key): int(port) for key, port in raw["ports"].items()},
                argv=[str(word) for word in raw["argv"]],
                extra={str(key): str(value) for key, value in raw.get("extra", {}).items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def spawn(
        self,
        argv: Sequence[str],
        *,
        ports: Mapping[str, int],
        extra: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> DaemonState:
        """Start the process, detached from this one, and write its state file.

        It gets a session of its own, so a kernel's interrupt, restart or shutdown does not reach it.

        Args:
            argv: The command line; the first word is a path.
            ports: The ports that it was told to use, by purpose.
            extra: What else to keep in the state file.
            env: The whole environment of the process; None inherits this one's.

        Returns:
            The state as written.

        Raises:
            CourseError: The program cannot be run, or the folder cannot be written.
        """
        with paths.writing(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
            if self.log_file.exists() and self.log_file.stat().st_size > _LOG_LIMIT:
                self.log_file.replace(self.log_file.with_suffix(".log.1"))
            log = self.log_file.open("ab")
        with log:
            try:
                process = subprocess.Popen(
                    list(argv),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=None if env is None else dict(env),
                    # Not the caller's folder: it may go away, and a file there could shadow a module.
                    cwd=self.directory,
                    **processes.apart(outlives=True),
                )
            except OSError as error:
                raise CourseError(
                    f"The {self.name} cannot be started: {error.strerror or error}.",
                    tried=[" ".join(argv)],
                    fix="run `course doctor`, which names what is missing.",
                ) from error
        _children[process.pid] = process
        state = DaemonState(process.pid, _create_time(process.pid), dict(ports), list(argv), dict(extra or {}))
        try:
            self.record(state)
        except CourseError:
            process.kill()
            process.wait()
            raise
        return state

    def looks(self, limit: float) -> Iterator[None]:
        """Yield for as long as the process lives: to look whether it works yet, after each pause.

        Args:
            limit: Seconds after which the looks end although it lives.
        """
        deadline = time.monotonic() + limit
        while self.read() is not None and time.monotonic() < deadline:
            yield

    def record(self, state: DaemonState) -> None:
        """Write the state file, atomically: a reader sees the old one or the new one.

        Args:
            state: What to write; :meth:`spawn` has done so already, this is for what is learnt later.

        Raises:
            CourseError: The folder cannot be written.
        """
        with paths.writing(self.directory):
            paths.write_whole(self.state_file, json.dumps(asdict(state), indent=2))

    def stop(self, timeout: float = 10.0) -> bool:
        """Stop the daemon: ask it to end, then kill it; remove its state file.

        Args:
            timeout: Seconds it gets to end by itself before it is killed.

        Returns:
            Whether there was one running.
        """
        state = self.read()
        if state is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(state.pid)
                process.terminate()
                if not _wait_gone(state, timeout):
                    process.kill()
                    _wait_gone(state, 5.0)
        with contextlib.suppress(OSError):
            self.state_file.unlink(missing_ok=True)
        return state is not None

    def kill(self) -> int | None:
        """End the daemon at once, as ``kill -9`` does; its state file stays, as after a crash.

        Returns:
            Its process id, None when there was none running.
        """
        state = self.read()
        if state is None:
            return None
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(state.pid).kill()
            _wait_gone(state, 5.0)
        return state.pid

    def log_tail(self, lines: int) -> list[str]:
        """Return the last ``lines`` lines of the daemon's log; empty when it never ran."""
        if lines <= 0:
            return []
        try:
            with self.log_file.open(encoding="utf-8", errors="replace") as log:
                return [line.rstrip("\r\n") for line in deque(log, maxlen=lines)]
        except OSError:
            return []


def free_port(preferred: int | None, host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on.

    Args:
        preferred: Taken when free, else the next free one above it; None lets the operating system choose.
        host: The address it will be bound to.

    Raises:
        CourseError: No free port was found.
    """
    candidates = [0] if preferred is None else [*range(preferred, min(preferred + _PORTS_TO_TRY, 65536)), 0]
    for port in candidates:
        with socket.socket() as probe:
            if os.name == "posix":  # else a port whose last connection has just closed looks taken
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CourseError(
        f"No port is free on {host}.",
        tried=[f"ports from {preferred}" if preferred else "any port"],
        fix="close programs that listen on many ports, or allow this one to open a port on this machine.",
    )


def _reap() -> None:
    """Let the operating system forget ended daemons of this process, whoever ended them."""
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            _children.pop(pid, None)


def _alive(state: DaemonState) -> bool:
    _reap()
    try:
        process = psutil.Process(state.pid)
        if process.status() == psutil.STATUS_ZOMBIE:  # nobody reaps orphans in a container without an init
            # Its first thread has ended. While another is still ending, its ports are still taken.
            return bool(process.num_threads() > 1)
        if abs(process.create_time() - state.create_time) <= _CLOCK_SLACK:
            return True
        # The clock may have been set since: the same words on the command line are the same daemon.
        return process.cmdline() == state.argv
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # another user's process took the number over
        return False


def _wait_gone(state: DaemonState, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while _alive(state):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    _reap()
    return True


def _create_time(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:  # it died at once; read() will say so
        return 0.0
