"""What the course knows about a server that it can talk to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Say = Callable[[str], None]  # gets one line of progress


@dataclass(frozen=True)
class Server:
    """A Temporal server that answered a health check.

    Args:
        address: Host and port of its gRPC frontend.
        namespace: The namespace that the course works in.
        ui_url: The Web UI's address, None when no Web UI was found.
        origin: Who decided on it: the ``environment`` (TEMPORAL_ADDRESS or TEMPORAL_PROFILE), the ``course``
            (its own embedded server), or nobody (``local``: it was found running on 127.0.0.1:7233).
        version: The server's version, for example ``"1.32.0"``.
        pid: The embedded server's process id, None for a server that the course did not start.
    """

    address: str
    namespace: str
    ui_url: str | None
    origin: Literal["environment", "course", "local"]
    version: str
    pid: int | None = None

    @property
    def owned(self) -> bool:
        """Whether the course started this server, and so may stop it."""
        return self.origin == "course"
