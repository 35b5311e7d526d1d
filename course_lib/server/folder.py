"""What the embedded server keeps in the state folder: its database, and the ports it had the last time."""

import contextlib
import json
import re
import shutil
import tempfile
from pathlib import Path

import psutil

from course_lib.daemons import DaemonState, free_port
from course_lib.errors import CourseError
from course_lib.paths import state_dir, writing

DEFAULT_PORTS = {"grpc": 7233, "ui": 8233}  # the dev server's own, so that code pasted from the docs finds it
_ROOM = 32_000_000  # bytes; a fresh database with its write-ahead log takes 5 MB, a chapter's runs some more


def database(cli_version: str) -> Path:
    """Return the database file for one version of the CLI: another version's schema may not fit."""
    return state_dir() / f"temporal-{re.sub(r'[^A-Za-z0-9_.-]', '_', cli_version)}.db"


def prepare(directory: Path, *, for_database: bool, what: str = "state folder", variable: str = "COURSE_STATE") -> None:
    """Create a folder and prove that the course will be able to write there.

    Args:
        directory: The folder.
        for_database: Whether a database will grow there, which needs room.
        what: The folder's name in an error.
        variable: The environment variable that moves it elsewhere.

    Raises:
        CourseError: It is read-only, full, or not a folder.
    """
    with writing(directory, f"The {what} cannot be written", variable):
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory) as trial:
            trial.write(bytes(65536))
        free = shutil.disk_usage(directory).free
    if for_database and free < _ROOM:
        raise CourseError(
            f"The disk of the {what} is full: {free / 1e6:.0f} MB are free, {_ROOM / 1e6:.0f} MB are needed.",
            tried=[f"to find room in {directory}"],
            fix=f"make room, or set the environment variable {variable} to a folder on another disk.",
        )


def ports_file() -> Path:
    """Return the file that remembers the ports of the last start."""
    return state_dir() / "ports.json"


def choose_ports(host: str, *, remembered: bool, anywhere: bool) -> dict[str, int]:
    """Return a free gRPC and a free Web UI port.

    Args:
        host: The address they will be bound to.
        remembered: Whether to begin with those of the last start, so that links and terminals keep working.
        anywhere: Without memory of a last start, let the operating system choose instead of the usual ports: a
            server in memory must not be taken for the learner's.
    """
    wanted = _read_ports() if remembered else {}
    grpc = free_port(wanted.get("grpc", None if anywhere else DEFAULT_PORTS["grpc"]), host)
    # 7234 gets 8234, as with the dev server itself.
    usual = None if anywhere else DEFAULT_PORTS["ui"] + max(0, grpc - DEFAULT_PORTS["grpc"])
    if usual is not None and usual > 65535:
        usual = None
    ui = free_port(wanted.get("ui", usual), host)
    while ui == grpc:
        ui = free_port(None, host)
    return {"grpc": grpc, "ui": ui}


def remember_ports(ports: dict[str, int]) -> None:
    """Keep the ports of a start that worked; failing to is no reason to fail the start."""
    with contextlib.suppress(OSError):
        ports_file().write_text(json.dumps(ports), encoding="utf-8")


def _read_ports() -> dict[str, int]:
    try:
        found = {str(key): int(port) for key, port in json.loads(ports_file().read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return {key: port for key, port in found.items() if 0 < port < 65536}


def find_owner(database: Path) -> DaemonState | None:
    """Find a dev server that has this database open although no state file names it.

    Args:
        database: The database file, as it stands on the server's command line.
    """
    for process in psutil.process_iter(["pid", "create_time", "cmdline", "status"]):
        words: list[str] = process.info["cmdline"] or []
        if "start-dev" not in words or str(database) not in words or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            ports = {"grpc": int(words[words.index("--port") + 1]), "ui": int(words[words.index("--ui-port") + 1])}
        except (ValueError, IndexError):
            continue
        extra = {"database": str(database)}
        return DaemonState(process.info["pid"], process.info["create_time"], ports, words, extra)
    return None
