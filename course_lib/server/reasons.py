"""Why a server ended while it was starting, in words that say what to do."""

import contextlib
import shutil
from pathlib import Path

from course_lib.daemons import Daemon
from course_lib.errors import CourseError

_LINES = 4  # of the log in the error; the whole is one command away

_FULL = 1_000_000  # bytes

_CAUSES = (
    # words in the log (SQLite's and the operating system's own texts), what to do about it
    (("no space left", "disk is full", "disk full", "quota exceeded"), "make room on the disk of {folder}"),
    (
        ("read-only file system", "readonly database", "permission denied", "unable to open database"),
        "make {folder} writable, or set the environment variable COURSE_STATE to another folder",
    ),
    (
        ("not a database", "malformed", "disk i/o error", "no such table", "schema version"),
        "its database cannot be read: move {database} and the files beside it that end in -wal and -shm to another "
        "folder, and start again with an empty one",
    ),
    (("cannot allocate memory", "out of memory"), "close other programs: the server needs about 150 MB of memory"),
    (("unknown flag", "unknown command"), "this `temporal` binary is too old: use the one that came with the course"),
)


def log_since(log_file: Path, offset: int) -> str:
    """Return what was logged after an offset in bytes, at most the last 20 kB of it."""
    try:
        with log_file.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(offset if offset <= size else 0, size - 20_000))
            return log.read().decode("utf-8", "replace")
    except OSError:
        return ""


def port_was_taken(said: str) -> bool:
    """Return whether another program took a port between our look and the server's start.

    The CLI also chooses ports of its own for its inner services, and panics when one of those is lost (seen on 1.9.1,
    two servers starting at once); a panic is therefore worth another start.
    """
    lower = said.lower()
    return any(words in lower for words in ("address already in use", "can't set frontend port", "panic:"))


def died(said: str, ports: dict[str, int], own: Daemon, database: Path | None) -> CourseError:
    """Return the error for a server whose process ended before it was healthy.

    Args:
        said: Its log since it was started.
        ports: The ports that it was told to use.
        own: Its daemon.
        database: Its database file, None when in memory.
    """
    lower = said.lower()
    known = [fix for words, fix in _CAUSES if any(word in lower for word in words)]
    with contextlib.suppress(OSError):
        if database is not None and shutil.disk_usage(database.parent).free < _FULL:
            known.insert(0, _CAUSES[0][1])  # a full disk has no room for last words either
    advice = known[0] if known else "`course server logs` shows its log, and `course doctor` looks for the cause"
    lines = [line.strip()[:300] for line in said.splitlines() if line.strip()][-_LINES:]
    own.stop()
    return CourseError(
        "The embedded Temporal server ended while it was starting.",
        tried=[
            f"to start it on ports {', '.join(f'{port} ({name})' for name, port in ports.items())}"
            + (f" with the database {database}" if database else " in memory"),
            *([f"its last words: {line}" for line in lines] or ["it logged nothing"]),
        ],
        fix=advice.format(folder=own.directory, database=database) + ".",
    )
