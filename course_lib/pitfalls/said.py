"""What the SDK, the server and Python say of a well-known mistake, and what to do about it."""

import re
import sys
import tomllib
from pathlib import Path

from course_lib.pitfalls.names import kind_of
from course_lib.pitfalls.rules import RULES

_FROM = {
    "temporalio": "activity workflow",
    "temporalio.client": "Client WorkflowHandle WorkflowFailureError WorkflowExecutionStatus",
    "temporalio.worker": "Worker UnsandboxedWorkflowRunner Replayer",
    "temporalio.common": "RetryPolicy WorkflowIDReusePolicy WorkflowIDConflictPolicy SearchAttributeKey",
    "temporalio.exceptions": "ApplicationError ActivityError CancelledError ChildWorkflowError FailureError "
    "TimeoutError WorkflowAlreadyStartedError",
    "dataclasses": "dataclass field asdict replace",
    "datetime": "timedelta datetime timezone date UTC",
    "decimal": "Decimal",
    "enum": "Enum StrEnum IntEnum auto",
    "pathlib": "Path",
    "typing": "Any Literal NamedTuple Optional Protocol Self TypeAlias TypedDict Union cast Final ClassVar",
    "collections": "Counter defaultdict deque",
    "collections.abc": "AsyncIterator Awaitable Callable Iterable Iterator Mapping Sequence",
    "functools": "cached_property partial",
    "uuid": "uuid4",
    "concurrent.futures": "ThreadPoolExecutor",
    "course_lib.shop.client": "BadRequest BlockingShopClient CardDeclined ShopClient ShopError ShopTimeout "
    "ShopUnavailable",
}
# What tutorials import most, so that the suggestion is the line that they show. The standard library's TimeoutError
# needs no import and is never undefined.
COMMON = {name: f"from {module} import {name}" for module, names in _FROM.items() for name in names.split()}

_SAID: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("said.toml").read_text(encoding="utf-8"))
# What the sandbox says of a call that it stops; the rules know what to write instead.
_STOPPED = re.compile(r"Cannot access (?:__builtins__\.)?(\S+?)(?:\.__call__)? from inside a workflow")
_UNDEFINED = re.compile(r"\bname '(\w+)' is not defined")


def advice(text: str, *, slips: bool = False) -> str:
    """Return what to do about a well-known mistake, one sentence; empty for any other.

    Args:
        text: What was said of it: an error's message, with its type and its causes if there are any.
        slips: Whether to leave out what may be the subject of an exercise.
    """
    if undefined := _UNDEFINED.search(text):
        return f"add at the top: {line}" if (line := import_of(undefined[1])) else ""
    for table in ("slip",) if slips else ("slip", "situation"):
        stopped = _STOPPED.search(text) if table == "situation" else None
        if stopped and (rule := RULES.get(kind_of(stopped[1]))):
            return f"{rule.fix}."
        for pattern, fix in _SAID[table].items():
            if found := re.search(pattern, text):
                return fix.format(*(group.strip(",.'\" ").replace("'", "") for group in found.groups() if group))
    return ""


def import_of(name: str) -> str:
    """Return the line that imports a name as tutorials do, empty when they do not.

    Args:
        name: For example ``"timedelta"``.
    """
    return COMMON.get(name) or (f"import {name}" if name in sys.stdlib_module_names and name[0] != "_" else "")
