"""Find a Temporal server, or start the embedded one; one server for every notebook of a checkout.

The order of search: the address that the environment names (``TEMPORAL_ADDRESS``, ``TEMPORAL_PROFILE``), the course's
own running server, a healthy server on 127.0.0.1:7233, and else a new embedded one that outlives the kernel.
"""

from course_lib.server.connection import connect
from course_lib.server.embedded import Status, kill, log_tail, status, stop
from course_lib.server.links import run_url, ui_url
from course_lib.server.search import ensure, ensure_started, find, restart
from course_lib.server.server import Server

__all__ = [
    "Server",
    "Status",
    "connect",
    "ensure",
    "ensure_started",
    "find",
    "kill",
    "log_tail",
    "restart",
    "run_url",
    "status",
    "stop",
    "ui_url",
]
