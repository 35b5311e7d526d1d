"""Clients for a server, and the health check that decides whether it is one."""

import asyncio
import contextlib
import json
import re
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from course_lib import telemetry
from course_lib.errors import CourseError
from course_lib.server import environment
from course_lib.server.model import Server

CONNECT_LIMIT = 3.5  # seconds; with what comes before and after, an error is out within 5
_UI_LIMIT = 0.5


class Unreachable(Exception):
    """The health check failed; the text is one line that says how."""


async def connect(server: Server, **kwargs: Any) -> Client:
    """Open a new connection to a server.

    Always a new one: two Workers with the same namespace, queue and build id must not share a Client.

    Args:
        server: From :func:`course_lib.server.ensure`.
        **kwargs: Arguments of ``temporalio.client.Client.connect``; they win over the server's own settings.

    Raises:
        CourseError: The server does not answer any more.
    """
    options: dict[str, Any] = {"target_host": server.address, "namespace": server.namespace}
    if server.origin == "environment":
        options |= environment.options()
    options |= kwargs
    telemetry.install()
    try:
        async with asyncio.timeout(CONNECT_LIMIT):
            return await Client.connect(options.pop("target_host"), **options)
    except (RuntimeError, TimeoutError) as error:
        raise CourseError(
            f"The Temporal server at {server.address} does not answer.",
            tried=[f"to connect to {server.address}: {one_line(error)}"],
            fix="run the chapter's first cell again (it starts the course's server when it is gone); "
            "in a terminal, `course server status` and `course server logs` say more.",
        ) from error


async def check(options: dict[str, Any], limit: float) -> str:
    """Ask a server for its version and for a namespace.

    Args:
        options: Arguments of ``Client.connect`` with ``target_host`` and ``namespace``.
        limit: Seconds after which the server counts as unreachable.

    Returns:
        The server's version; empty when it does not tell.

    Raises:
        Unreachable: It did not answer, or not as a Temporal server with this namespace.
    """
    telemetry.install()
    rest = dict(options)
    target, namespace = rest.pop("target_host"), rest["namespace"]
    try:
        async with asyncio.timeout(limit):
            client = await Client.connect(target, **rest)
            info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise Unreachable(f"it answers, but has no namespace {namespace!r}") from error
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
            raise Unreachable(
                f"it answers, but refuses namespace {namespace!r} ({error.status.name}): check the API key "
                "or the client certificate"
            ) from error
        raise Unreachable(f"{error.status.name}: {one_line(error)}") from error
    except TimeoutError as error:
        raise Unreachable(f"no answer within {limit:g} s") from error
    except (RuntimeError, ValueError, TypeError, OSError) as error:
        raise Unreachable(one_line(error)) from error
    return str(info.server_version)


async def listens(host: str, port: int, limit: float = 0.5) -> bool:
    """Return whether something accepts connections there; cheaper than a Client when nothing does."""
    try:
        async with asyncio.timeout(limit):
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
