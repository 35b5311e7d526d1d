"""Calling a function of the learner's in a child process, where an endless loop or an exit hurts nobody."""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client

from course_lib.cells import Modules
from course_lib.grading.answers import Code
from course_lib.grading.evidence import place_of, short_text
from course_lib.server import Server
from course_lib.waits import Stuck
from course_lib.workers.child import Child, exit_in_words


@dataclass(frozen=True)
class Connected:
    """Stands for a connected Client among the arguments of a call.

    Args:
        contested: Whether, when it is about to start a workflow, somebody else has just started the same one.
    """

    contested: bool = False


CLIENT, CONTESTED = Connected(), Connected(contested=True)
"""Stands for a connected Client among the arguments."""

_PINNED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+?)__r(\d+)\b", re.MULTILINE)


@dataclass(frozen=True)
class Called:
    """What a call gave.

    Args:
        ok: Whether it returned.
        value: What it returned: plain data; a workflow handle as a handle of the check's client.
        error: The type of what it raised, ``"TimeoutError"`` when it did not end, ``""`` when it returned.
        reason: The error in words, with the learner's line.
        output: The last lines that it printed.
    """

    ok: bool
    value: Any
    error: str
    reason: str
    output: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a call runs, and how it is waited for.

    Args:
        server: Where the child's client connects.
        modules: Whose folder the child imports from.
        env: Added to the environment.
        client: Makes handles out of the handles that the call returned.
        lines: Source text by module, to name the learner's line.
        wait: Waits for a future that a child with this process id will settle; raises ``Stuck`` when it will not.
    """

    server: Server
    modules: Modules
    env: Mapping[str, str]
    client: Client
    lines: dict[str, str]
    wait: Callable[["asyncio.Future[Any]", int], Awaitable[None]]


async def call(function: Code, args: Sequence[Any], place: Place, through: str = "") -> Called:
    """Run one call in a new process and wait for it as long as anything moves.

    Args:
        function: The learner's function.
        args: Plain data, ``CLIENT`` or ``CONTESTED``.
        place: Where, and how it is waited for.
        through: See `Bench.call`.
    """
    module, name = function.module, function.name
    if through:
        args = (module, name, *args)
        module, _, name = through.partition(":")
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[dict[str, Any]] = loop.create_future()
    output: deque[str] = deque(maxlen=20)

    def tell(message: dict[str, Any]) -> None:
        if not answer.done():
            answer.set_result(message)

    def post(message: dict[str, Any]) -> None:
        with contextlib.suppress(RuntimeError):  # a loop that has closed has nobody left who waits
            loop.call_soon_threadsafe(tell, message)

    child = await asyncio.to_thread(
        Child,
        "course_lib.grading.call_child",
        server=place.server,
        env=place.env,
        spec={
            "folder": str(place.modules.folder),
            "module": module,
            "name": name,
            "args": [{"client": arg.contested} if isinstance(arg, Connected) else {"value": arg} for arg in args],
        },
        on_line=output.append,
        on_message=post,
        on_exit=lambda code: post({"exit": code}),
    )
    try:
        await place.wait(answer, child.pid)
        message = answer.result()
    except Stuck as stuck:
        why = f"{function.name} did not end: {stuck}"
        return Called(False, None, "TimeoutError", why, tuple(output))
    finally:
        child.kill()
    if "exit" in message:
        why = f"{function.name} ended its process ({exit_in_words(message['exit'])})"
        return Called(False, None, "SystemExit", why, tuple(output))
    if "error" in message:
        line = place_of(message["traceback"], place.lines)
        why = f"{short_text(message['error'] + ': ' + message['message'])}{f', at {line}' if line else ''}"
        return Called(False, None, message["error"], why, tuple(output))
    return Called(True, _handles(message["value"], place.client), "", "", tuple(output))


def module_names(answers: Sequence[Code], modules: Modules) -> list[str]:
    """Return the importable names of the answers' modules and of the module cells that these import.

    A revision's file names the revisions of its siblings, so what is loaded is what the learner's notebook used. A
    module that is an answer itself wins over a sibling's older revision of it.

    Args:
        answers: Code answers.
        modules: The chapter's module cells.
    """
    chosen: dict[str, str] = {}
    for answer in answers:
        chosen[answer.cell] = max(chosen.get(answer.cell, answer.module), answer.module, key=_number)
    todo = list(chosen.values())
    pinned: dict[str, str] = {}
    while todo:
        for cell, number in _PINNED.findall(file_text(modules, todo.pop())):
            revision = f"{cell}__r{number}"
            if cell not in chosen and _number(revision) > _number(pinned.get(cell, "__r0")):
                pinned[cell] = revision
                todo.append(revision)
    return [*chosen.values(), *pinned.values()]


def file_text(modules: Modules, revision: str) -> str:
    """Return the text of one revision's file, whose lines are the cell's lines; empty when it is gone."""
    try:
        return (modules.folder / f"{revision}.py").read_text(encoding="utf-8")
    except OSError:
        return ""


def _number(revision: str) -> int:
    return int(revision.rpartition("__r")[2])


def _handles(value: Any, client: Client) -> Any:
    """Undo what the child did to handles, at any depth."""
    if isinstance(value, dict):
        if set(value) == {"$workflow_id", "$run_id"}:
            return client.get_workflow_handle(value["$workflow_id"], run_id=value["$run_id"])
        return {key: _handles(item, client) for key, item in value.items()}
    return [_handles(item, client) for item in value] if isinstance(value, list) else value
