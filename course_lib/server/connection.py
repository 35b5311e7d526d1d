"""Clients for a server, and the health check that decides whether it is one."""

import asyncio
import contextlib
import json
import re
from dataclasses import replace
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from course_lib import telemetry
from course_lib.errors import CourseError
from course_lib.server.server import Server

CONNECT_LIMIT = 3.5  # seconds; with what comes before and after, an error is out within 5
_UI_LIMIT = _PORT_LIMIT = 0.5


class Unreachable(Exception):
    """The health check failed; the text is one line that says how."""


async def connect(server: Server, *, limit: float | None = CONNECT_LIMIT, **kwargs: Any) -> Client:
    """Open a new connection to a server: the one way there, from every process of the course.

    Always a new one: two Workers with the same namespace, queue and build id must not share a Client.

    Args:
        server: From :func:`course_lib.server.ensure`; a child process is handed it.
        limit: Seconds; None for a process whose parent waits for it, and ends it.
        **kwargs: Arguments of ``temporalio.client.Client.connect``; they win over the server's own.

    Raises:
        CourseError: The server does not answer any more.
    """
    telemetry.install()
    try:
        async with asyncio.timeout(limit):
            return await Client.connect(server.address, **{"namespace": server.namespace, **server.options, **kwargs})
    except (RuntimeError, TimeoutError) as error:
        raise CourseError(
            f"The Temporal server at {server.address} does not answer.",
            tried=[f"to connect to {server.address}: {one_line(error)}"],
            fix="run the chapter's first cell again (it starts the course's server when it is gone); "
            "in a terminal, `course server status` and `course server logs` say more.",
        ) from error


async def checked(server: Server, limit: float) -> Server:
    """Ask a server for its version and for its namespace, and return it with that version (empty: it tells none).

    Args:
        server: Where it is said to be.
        limit: Seconds after which it counts as unreachable.

    Raises:
        Unreachable: It did not answer, or not as a Temporal server with this namespace.
    """
    try:
        async with asyncio.timeout(limit):
            client = await connect(server, limit=None)
            info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=server.namespace))
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise Unreachable(f"it answers, but has no namespace {server.namespace!r}") from error
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
            raise Unreachable(
                f"it answers, but refuses namespace {server.namespace!r} ({error.status.name}): check the API key "
                "or the client certificate"
            ) from error
        raise Unreachable(f"{error.status.name}: {one_line(error)}") from error
    except TimeoutError as error:
        raise Unreachable(f"no answer within {limit:g} s") from error
    except CourseError as error:
        raise Unreachable(one_line(error.__cause__ or error)) from error
    except (ValueError, TypeError, OSError) as error:
        raise Unreachable(one_line(error)) from error
    return replace(server, version=str(info.server_version))


async def listens(host: str, port: int) -> bool:
    """Return whether something accepts connections there; cheaper than a Client when nothing does."""
    try:
        async with asyncio.timeout(_PORT_LIMIT):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def find_ui(address: str) -> str | None:
    """Look for the Web UI of a server that somebody else started.

    Args:
        address: The server's gRPC address. The Web UI is looked for on the same host: on the port that the course's
            compose file publishes (8088), on the dev server's (gRPC port + 1000) and on its default (8233).
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return None
    ports = dict.fromkeys([int(port) + 1000, 8088, 8233])
    urls = [f"http://{host}:{number}" for number in ports if number < 65536]
    answers = await asyncio.gather(*(asyncio.to_thread(_is_ui, url) for url in urls))
    return next((url for url, yes in zip(urls, answers, strict=True) if yes), None)


def _is_ui(url: str) -> bool:
    import urllib.request  # 15 ms that only an attached server needs

    # Without the environment's proxy: these are addresses of this machine or this network.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/api/v1/settings", timeout=_UI_LIMIT) as reply:
            return "DefaultNamespace" in json.load(reply)
    except (OSError, ValueError):
        return False


def one_line(error: BaseException) -> str:
    """Return an error's text without the Rust types that wrap what a learner can act on."""
    text = " ".join(str(error).split()) or type(error).__name__
    found = re.findall(r'(?:message|error): "([^"]+)"', text)
    return found[-1] if found else text[:200]
