"""What the server panel says: the facts about a server, and what follows from killing it."""

from pathlib import Path

from course_lib.server import Server, Status

NOT_OURS = {
    "environment": "Your environment names this server (TEMPORAL_ADDRESS or TEMPORAL_PROFILE): the course did not "
    "start it, so it is not the course's to kill or restart.",
    "local": "This server was found running on this machine: the course did not start it, so it is not the course's "
    "to kill or restart.",
}
SAFE = (
    "Nothing is lost by kill -9: the runs are in the database file. Clients and Workers try again by themselves and go "
    "on within seconds of the start. Only an activity that ends while the server is away for more than 10 s has to run "
    "again: its Worker gives up reporting it, and the server waits for its timeout."
)
LOST = (
    "This server keeps everything in memory (COURSE_DB=memory); what it knew is gone for good when it ends. Workers "
    "connect again by themselves, and find nothing."
)
SHARED = "All notebooks of this checkout use this one server"


def duration(seconds: float) -> str:
    """Return a duration in words that change seldom: ``42 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size(amount: int) -> str:
    """Return bytes in words: ``5.2 MB``."""
    return f"{amount / 1e6:.1f} MB" if amount >= 100_000 else f"{amount / 1e3:.0f} kB"


def shared(others: int | None) -> str:
    """Return who else uses the server, in a sentence.

    Args:
        others: The number of other notebooks that are connected; None when that cannot be found out.
    """
    if others is None:
        return f"{SHARED}: what you do here reaches the Workers of all of them."
    if others == 0:
        return f"{SHARED}; no other one is connected now."
    many = f"{others} other notebook is" if others == 1 else f"{others} other notebooks are"
    return f"{SHARED}; {many} connected now, and what you do here reaches their Workers, too."


def rows(server: Server, version: str, facts: Status | None, others: int | None) -> list[tuple[str, str, str]]:
    """Return the facts as label, value and note.

    Args:
        server: The server, as the notebook found it.
        version: Its version, as it said last.
        facts: Of the embedded server; None for one that the course did not start.
        others: See `shared`.
    """
    versions = f"{version or 'unknown'}" + (
        f" · temporal CLI {facts.cli_version}" if facts and facts.cli_version else ""
    )
    found = [("Address", server.address, f"namespace {server.namespace}"), ("Version", versions, "")]
    if facts is None:
        return found
    process = f"pid {facts.pid}, up {duration(facts.uptime)}" if facts.pid else "none"
    return [
        *found,
        ("Process", process, ""),
        ("Database", *_database(facts)),
        ("Shared", shared(others) if facts.pid else f"{SHARED}.", ""),
    ]


def _database(facts: Status) -> tuple[str, str]:
    if facts.database is None:
        return "in memory", "gone when the process ends"
    return str(Path(facts.database)), size(facts.size)
