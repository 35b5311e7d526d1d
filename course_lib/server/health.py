"""How a server is at the moment: does it answer, what is its process, who else is connected to it."""

import asyncio
import contextlib
import os
import re
from dataclasses import dataclass
from datetime import timedelta

import psutil
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from course_lib.daemons import DaemonState
from course_lib.server.connection import one_line

LOOK_LIMIT = 1.5  # seconds for one look; a healthy server answers in milliseconds


@dataclass(frozen=True)
class Health:
    """One look at a server.

    Args:
        version: The server's version, None when it did not answer.
        reason: Why it did not answer; empty when it did.
        silent: Whether nothing at all came in time: it may hang, or be busy.
    """

    version: str | None
    reason: str = ""
    silent: bool = False

    @property
    def answers(self) -> bool:
        """Whether it answered."""
        return self.version is not None


async def look(client: Client, limit: float = LOOK_LIMIT) -> Health:
    """Ask a server for its version.

    Args:
        client: A client of that server; it connects again by itself when the server comes back.
        limit: Seconds after which the server counts as gone.
    """
    try:
        async with asyncio.timeout(limit + 0.5):
            info = await client.workflow_service.get_system_info(
                GetSystemInfoRequest(), timeout=timedelta(seconds=limit)
            )
    except RPCError as error:
        silent = error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)
        return Health(None, reason(error), silent)
    except TimeoutError:
        return Health(None, f"no answer within {limit:g} s", silent=True)
    except RuntimeError as error:  # a lazy client that never connected
        return Health(None, one_line(error))
    return Health(str(info.server_version))


def is_gone(error: RPCError) -> bool:
    """Return whether a call failed because the server is not there, rather than because it said no."""
    if error.status in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED):
        return True
    broken = error.status in (RPCStatusCode.UNKNOWN, RPCStatusCode.INTERNAL, RPCStatusCode.CANCELLED)
    return broken and _broke(error)


def reason(error: RPCError) -> str:
    """Return why a call did not reach the server, in a few words."""
    if error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return "no answer in time"
    if error.message == "tcp connect error":
        return "nothing listens there"
    return "the connection broke" if _broke(error) else one_line(error)


def _broke(error: RPCError) -> bool:
    # A connection that ended while it was used (seen on 1.35: "h2 protocol error", "transport error").
    return bool(re.search("transport|connect|h2 protocol|broken pipe", error.message.lower()))


def other_notebooks(state: DaemonState) -> int | None:
    """Return how many other kernels are connected to the embedded server, None when that cannot be found out.

    A worker process counts for the kernel that started it.

    Args:
        state: The running server.
    """
    port = state.ports["grpc"]
    try:
        pids = {c.pid for c in psutil.net_connections("tcp") if c.pid and c.raddr and c.raddr.port == port}
    except (psutil.AccessDenied, OSError):  # macOS shows them to root only
        return None
    return len({kernel for pid in pids if (kernel := _kernel_of(pid)) is not None} - {os.getpid()})


def _kernel_of(pid: int) -> int | None:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for candidate in (process, process.parent()):
            if candidate is not None and any("ipykernel" in word for word in candidate.cmdline()):
                return int(candidate.pid)
    return None
