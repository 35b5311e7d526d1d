"""A server that the course can talk to, with all that a connection to it needs; other processes are handed it whole."""

import base64
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# Settings of another server's, which must not be used for this one; nor must the profiles of the configuration file.
_OTHERS = ("TEMPORAL_PROFILE", "TEMPORAL_API_KEY", "TEMPORAL_TLS", "TEMPORAL_GRPC_META")


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
        options: What ``Client.connect`` needs besides address and namespace: TLS, API key, metadata. They hold secrets,
            so they are in no text of this object.
    """

    address: str
    namespace: str = "default"
    ui_url: str | None = None
    origin: Literal["environment", "course", "local"] = "course"
    version: str = ""
    pid: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def owned(self) -> bool:
        """Whether the course started this server, and so may stop it."""
        return self.origin == "course"

    def packed(self) -> str:
        """Return it with its secrets as a text, for a pipe to another process, never for a command line."""
        return base64.b64encode(pickle.dumps(self)).decode()

    @staticmethod
    def unpacked(text: str) -> "Server":
        """Return the server that `packed` made a text of.

        Args:
            text: From a process of the course's own: whoever writes such a text may run any code here.
        """
        server = pickle.loads(base64.b64decode(text))
        assert isinstance(server, Server)
        return server

    def environ(self) -> dict[str, str]:
        """Return this process's environment, changed so that programs that read TEMPORAL_* come to this server."""
        if self.origin == "environment":
            return dict(os.environ)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
        here = {"TEMPORAL_ADDRESS": self.address, "TEMPORAL_NAMESPACE": self.namespace}
        return {**kept, **here, "TEMPORAL_CONFIG_FILE": os.devnull}
