"""What happened in a run: its history as rows (a DataFrame) and as spans (what was going on from when to when)."""

from course_lib.history.chain import chain_frame, fetch_chain
from course_lib.history.described import Described, client_of, describe, unpausing
from course_lib.history.failures import failure_text
from course_lib.history.frame import events_frame
from course_lib.history.payloads import Undecoded
from course_lib.history.reading import fetch
from course_lib.history.span import Span
from course_lib.history.spans import spans

__all__ = [
    "Described",
    "Span",
    "Undecoded",
    "chain_frame",
    "client_of",
    "describe",
    "events_frame",
    "failure_text",
    "fetch",
    "fetch_chain",
    "spans",
    "unpausing",
]
