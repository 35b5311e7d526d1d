"""Failures that keep a workflow from going on: the learner's line, and what mends it."""

from __future__ import annotations

import re

from temporalio.api.failure.v1 import Failure

from course_lib.history.failures import chain, kind
from course_lib.pitfalls import RULES, kind_of
from course_lib.workers.blame import dumped_line

# What the message says → what to do. Sources: TMPRL numbers of Temporal's rule list; texts of temporalio 1.35.
_FIXES: tuple[tuple[str, str], ...] = (
    (
        r"Workflow class (\S+) is not registered",
        "add the class {0} to the Worker's list, `workflows=[{0}]`, and run that cell again.",
    ),
    (
        r"Activity function (\S+) (?:for workflow .* )?is not registered",
        "add {0} to the Worker's list, `activities=[{0}]`, and run that cell again.",
    ),
    (
        r"TMPRL1100|[Nn]ondeterminism|NonDeterministic",
        "the code no longer fits what this run has recorded. Nothing is lost: undo the edit, or keep the old way for "
        "such runs behind `workflow.patched(…)` (chapter 06); the run then goes on.",
    ),
    (
        r"TMPRL1101|deadlock",
        "something blocks the workflow's thread: use `await asyncio.sleep(…)` instead of `time.sleep(…)`, and do "
        "slow work in an activity.",
    ),
    (
        r"Cannot access \S+ from inside a workflow|RestrictedWorkflowAccess",
        "do this in an activity, or use the deterministic counterpart (`workflow.now()`, `workflow.random()`, "
        "`workflow.uuid4()`).",
    ),
    (
        r"missing \d+ required positional|takes \d+ positional|Failed decoding arguments|expects? .* argument",
        "make the arguments of the call and the parameters of the function agree.",
    ),
)

# What the sandbox says of a call that it stops; the rules know what to write instead.
_STOPPED = re.compile(r"Cannot access (\S+?)(?:\.__call__)? from inside a workflow")

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
    text = "\n".join(f"{kind(link)}: {link.message}" for link in chain(failure))
    if (stopped := _STOPPED.search(text)) and (rule := RULES.get(kind_of(stopped[1]))):
        return f"{rule.fix}."
    for pattern, fix in _FIXES:
        if match := re.search(pattern, text):
            return fix.format(*((group or "").strip(",.'\"") for group in match.groups()))
    return ""
