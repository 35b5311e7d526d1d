"""`course lab`: one command to a running chapter, one Ctrl-C to end what it started."""

import argparse
import os
import platform
from typing import Any

from course_lib.cli.running import run_async, say
from course_lib.paths import root, state_dir

NOTEBOOK = "notebooks/00_start_here.ipynb"
_PORT = 8888


def add(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Add the subcommand to the ``course`` command."""
    text = "start the Temporal server and JupyterLab with chapter 00 open; Ctrl-C stops both"
    parser = subparsers.add_parser("lab", help=text, description=text)
    parser.add_argument("--port", type=int, default=_PORT, help=f"JupyterLab's port, or the next free one ({_PORT})")
    parser.add_argument("--ip", default="127.0.0.1", help="address JupyterLab binds to; 0.0.0.0 in a container")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run JupyterLab until it is stopped, then stop what this command started."""
    # Here, so that `course doctor` can run in an environment that lacks what these need.
    from course_lib import server
    from course_lib.cli.notebook_server import NotebookServer, stoppable
    from course_lib.daemons import Daemon, free_port

    shop = Daemon("shop", state_dir())
    shop_was_there = shop.read() is not None
    port = free_port(options.port, options.ip)
    if port != options.port:
        say(f"Port {options.port} is taken: JupyterLab gets {port}.")
    jupyter = NotebookServer(
        root(),
        NOTEBOOK,
        port=port,
        ip=options.ip,
        browser=not options.no_browser and has_display(),
        log_file=state_dir() / "jupyter.log",
    )
    started = False
    with stoppable():
        try:
            jupyter.start()  # first: it takes longer than the server
            found, started = run_async(server.ensure_started(say))
            say(f"Temporal {found.version} at {found.address}, Web UI {found.ui_url or 'not found'}")
            url = jupyter.wait_ready(say)
            say(f"JupyterLab is running. If no browser opened, open this address:\n\n    {url}\n")
            say("Ctrl-C stops it; your notebooks and the server's data stay.")
            return 0 if jupyter.wait() == 0 else 1
        except KeyboardInterrupt:
            say("\nStopping.")
            return 0
        finally:
            try:
                jupyter.stop()
            finally:
                # Another `course lab` on the same folder may still need a shop or a server that it started.
                if not shop_was_there or started:
                    shop.stop()
                if started:
                    run_async(server.stop())


def has_display() -> bool:
    """Return whether a browser can be opened for somebody to see."""
    if os.environ.get("BROWSER"):  # also what editors with a remote machine set
        return True
    if platform.system() == "Linux":
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return "SSH_CONNECTION" not in os.environ
