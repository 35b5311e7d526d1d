"""Histories from files, as the Web UI, the ``temporal`` command and the SDK write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from course_lib.errors import CourseError

_LARGEST = 500 * 1024 * 1024  # bytes; the server ends a run at 50 MB of history
_FIX = (
    "download it again: in the Web UI “Download” above the events, or "
    "`temporal workflow show --workflow-id … --output json > orders.json`."
)


def load(path: str | Path) -> WorkflowHistory:
    """Read a history from a JSON file.

    Understood are the Web UI's download, the output of ``temporal workflow show --output json`` and what
    ``WorkflowHistory.to_json`` returns.

    Args:
        path: The file.

    Returns:
        The history, ready for `journey`. Its workflow id is the one in the history; older servers did not write it
        there, then it is the file's name.

    Raises:
        CourseError: There is no such file, or it holds no history.
    """
    file = Path(path)
    content = _content(file, _text(file))
    first = content["events"][0]
    started = first.get("workflowExecutionStartedEventAttributes") if isinstance(first, dict) else None
    workflow_id = started.get("workflowId") if isinstance(started, dict) else None
    if isinstance(started, dict) and _decoded(started.get("input")):
        # The Web UI offers this; the SDK would read such payloads as empty ones.
        raise CourseError(
            f"The payloads in {file.name} were decoded when it was downloaded, so it cannot be replayed.",
            fix="download it again as it is stored: in the Web UI's download dialogue, without “decode”.",
        )
    try:
        return WorkflowHistory.from_json(str(workflow_id or file.stem), content)
    except Exception as error:  # protobuf's own errors: an unknown field, a wrong type
        raise CourseError(f"{file.name} holds no history that this SDK can read: {error}.", fix=_FIX) from error


def _decoded(given: Any) -> bool:
    payloads = given.get("payloads") if isinstance(given, dict) else given
    if not isinstance(payloads, list):
        return False
    return any(not isinstance(payload, dict) or not {"metadata", "data"} & set(payload) for payload in payloads)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise CourseError(f"{file.name} is larger than any history of Temporal's.", fix=_FIX)
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        beside = sorted(each.name for each in file.parent.glob("*.json"))[:8] if file.parent.is_dir() else []
        raise CourseError(
            f"There is no file {file}.",
            tried=[f"found there: {', '.join(beside)}"] if beside else [f"looked in {file.absolute().parent}"],
            fix="name the file with its folder.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} cannot be read: {error}.", fix=_FIX) from None


def _content(file: Path, text: str) -> dict[str, Any]:
    if not text.strip():
        raise CourseError(f"{file.name} is empty.", fix=_FIX)
    try:
        content = json.loads(text)
    except ValueError as error:
        raise CourseError(f"{file.name} is not JSON: {error}.", fix=_FIX) from None
    if isinstance(content, dict) and isinstance(content.get("history"), dict):
        content = content["history"]  # the API's own response has it one level deeper
    if isinstance(content, list):
        content = {"events": content}
    if not isinstance(content, dict) or not isinstance(content.get("events"), list) or not content["events"]:
        found = ", ".join(list(content)[:6]) if isinstance(content, dict) else type(content).__name__
        raise CourseError(
            f"{file.name} is JSON, but no history: it has no list “events”.", tried=[f"found: {found}"], fix=_FIX
        )
    return dict(content)
