"""`course server start|stop|status|logs|restart`: the Temporal server without a notebook."""

import argparse
from typing import Any

from course_lib.cli.running import run_async, say

_WHO = {
    "environment": "named by TEMPORAL_ADDRESS or TEMPORAL_PROFILE",
    "course": "started by the course",
    "local": "found running on this machine, not started by the course",
}


def add(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the subcommand to the ``course`` command."""
    parser = subparsers.add_parser("server", help="start, stop or look at the Temporal server")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, text in (
        ("start", _start, "find a server, or start the embedded one"),
        ("stop", _stop, "stop the embedded server; its data stays"),
        ("restart", _restart, "stop the embedded server and start it again; its data stays"),
        ("status", _status, "show which server the course uses; exit code 1 when there is none"),
        ("logs", _logs, "print the end of the embedded server's log"),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.set_defaults(run=run)
        if name == "logs":
            action.add_argument("-n", "--lines", type=int, default=50, help="how many lines (50)")


def _start(options: argparse.Namespace) -> int:
    from course_lib import server

    found, started = run_async(server.ensure_started(say))
    say("Started the Temporal server." if started else "A Temporal server is already running; nothing was started.")
    _describe(found)
    return 0


def _stop(options: argparse.Namespace) -> int:
    from course_lib import server

    if run_async(server.stop()):
        say("Stopped the Temporal server. Its data stays for the next start.")
    else:
        say("The course's own server is not running; nothing was stopped.")
    return 0


def _restart(options: argparse.Namespace) -> int:
    from course_lib import server

    _describe(run_async(server.restart(say)))
    return 0


def _status(options: argparse.Namespace) -> int:
    from course_lib import server

    found = run_async(server.find())
    if found is not None:
        _describe(found)
        return 0
    own = server.status()
    if own.state:
        say("The course's server is running but does not answer. Do this: course server restart")
    else:
        say("No Temporal server is running. The first cell of a chapter starts one, and so does: course server start")
    return 1


def _logs(options: argparse.Namespace) -> int:
    from course_lib import server

    lines = server.log_tail(options.lines)
    for line in lines:
        say(line)
    if not lines:
        say(f"The log is empty: {server.status().log_file}")
    return 0


def _describe(found: Any) -> None:
    from course_lib import server
    from course_lib.widgets.server_words import duration, size

    rows = [
        ("Address", found.address),
        ("Namespace", found.namespace),
        ("Web UI", found.ui_url or "not found"),
        ("Version", found.version or "not told"),
        ("Origin", _WHO[found.origin]),
    ]
    if found.owned:
        facts = server.status()
        kept = f"{facts.database} ({size(facts.size)})" if facts.database else "in memory: lost when the server stops"
        rows += [
            ("Process", f"{facts.pid}, running for {duration(facts.uptime)}"),
            ("Database", kept),
            ("Log", str(facts.log_file)),
        ]
    for label, value in rows:
        say(f"  {label:<10} {value}")
