"""A request, parsed, and a service's no: what every operation works with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answer = dict[str, Any]


class Refused(Exception):
    """The service understood the request and says no.

    Args:
        status: The HTTP status.
        message: Why, one sentence.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(message)


@dataclass(frozen=True)
class Call:
    """One request, parsed.

    Attributes:
        body: The JSON body, or the query of a GET.
        key: The idempotency key, or None.
        subject: The id in the path, or "".
    """

    body: Mapping[str, Any]
    key: str | None = None
    subject: str = ""

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text of the body; it may be missing only when there is a default."""
        value = self.body.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or (not value and default is None):
            raise Refused(400, f"{name!r} must be a text that is not empty, not {value!r}.")
        return value

    def number(self, name: str, *, least: int, default: int | None = None) -> int:
        """Return a whole number of the body."""
        value = self.body.get(name, default)
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
            value = int(value)  # queries carry text
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 2**53:
            raise Refused(400, f"{name!r} must be a whole number of at least {least}, not {value!r}.")
        return value
