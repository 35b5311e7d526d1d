"""The server that the environment names, through the same variables and TOML profiles as the ``temporal`` CLI.

So Temporal Cloud, a class's server or a team's works with the settings that the CLI already uses: address, namespace,
TLS and API key are read by ``temporalio.envconfig``.
"""

import os
from typing import Any

from temporalio.envconfig import ClientConfig

from course_lib.errors import CourseError
from course_lib.server.server import Server

# Either of them means that the learner chose a server; the course then never starts one.
VARIABLES = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE")
_DEFAULT_ADDRESS = "localhost:7233"  # the CLI's own default for a profile without an address


def chosen() -> str | None:
    """Return the settings that name a server, as ``NAME=value`` words; None when there are none."""
    words = [f"{name}={os.environ[name]}" for name in VARIABLES if os.environ.get(name)]
    return " ".join(words) or None


def named() -> Server | None:
    """Return the server that the environment names, unasked; None when it names none.

    Raises:
        CourseError: The profile does not exist, or its file cannot be read.
    """
    if (words := chosen()) is None:
        return None
    try:
        options: dict[str, Any] = {**ClientConfig.load_client_connect_config()}
    except (RuntimeError, OSError, ValueError) as error:
        raise CourseError(
            "The settings that name your Temporal server cannot be read.",
            tried=[f"{words} by temporalio.envconfig: {error}"],
            fix="correct TEMPORAL_PROFILE or the file that TEMPORAL_CONFIG_FILE names (`temporal config list` shows "
            "the profiles), or unset them to use the course's own server.",
        ) from error
    address = options.pop("target_host", _DEFAULT_ADDRESS)
    return Server(address, options.pop("namespace", "default"), origin="environment", options=options)


def ui_of_cloud(address: str, namespace: str) -> str | None:
    """Return the Web UI of a Temporal Cloud namespace, None for an address that is not Temporal Cloud's."""
    host = address.rpartition(":")[0].lower()
    if host.endswith((".tmprl.cloud", ".api.temporal.io")):
        return f"https://cloud.temporal.io/namespaces/{namespace}"
    return None
