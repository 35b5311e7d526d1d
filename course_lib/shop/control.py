"""How the course's own code talks to the service: small JSON requests with a limit, without loading httpx."""

import http.client
import json
from typing import Any

LIMIT = 5.0
"""Seconds that the service gets to answer: it answers such requests within milliseconds."""

PORT_FILE = "port"
"""The file, beside those of the shops, in which the service says its port, and that stays for the next start."""


class Unreachable(Exception):
    """Nothing that speaks HTTP answered."""


def ask(
    port: int, method: str, path: str, body: dict[str, Any] | None = None, *, timeout: float = LIMIT
) -> tuple[int, dict[str, Any]]:
    """Send a request to 127.0.0.1 and return the status and the body.

    Args:
        port: The service's port.
        method: The HTTP method.
        path: The path.
        body: What to send as JSON.
        timeout: Seconds to wait at each step.

    Raises:
        Unreachable: No answer, or none in JSON.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        answer = json.loads(response.read())
        if not isinstance(answer, dict):
            raise Unreachable(f"port {port} answers, but it is not the shop")
        return response.status, answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"port {port}: {error or type(error).__name__}") from error
    finally:
        connection.close()
