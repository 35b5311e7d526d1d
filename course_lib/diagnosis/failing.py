"""Failures that keep a workflow from going on: the learner's line, and what mends it."""

from __future__ import annotations

import re

from temporalio.api.failure.v1 import Failure

from course_lib.history.failures import chain, kind
from course_lib.pitfalls import advice
from course_lib.workers.blame import dumped_line

# The shop's client, httpx, and what Python itself says on Linux, macOS and Windows.
_REFUSED = re.compile(
    r"cannot be reached|connection attempts failed|ConnectError|[Cc]onnection ?[Rr]efused|actively refused"
)


def is_refused(failure: Failure) -> bool:
    """Return whether nobody listened where a call went."""
    return any(_REFUSED.search(f"{kind(link)}: {link.message}") for link in chain(failure))


def learners_line(failure: Failure) -> str:
    """Return the innermost line of the learner's code behind a failure, empty when there is none."""
    for link in reversed(list(chain(failure))):
        if line := dumped_line(list(reversed(link.stack_trace.split("\n")))):
            return str(line)
    return ""


def known_fix(failure: Failure) -> str:
    """Return what mends a well-known failure, empty for any other."""
    return advice("\n".join(f"{kind(link)}: {link.message}" for link in chain(failure)))
