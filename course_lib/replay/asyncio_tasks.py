"""Where each task of a workflow comes from: which line made it, and what a learner calls it."""

import sys
from dataclasses import dataclass
from itertools import count
from types import FrameType
from typing import Any

from course_lib.private.sdk import OWN_COROUTINES, TASK_SUFFIX, asked_for, on_task
from course_lib.replay.places import Places

_MARK = "_course_born"
MAIN = "main"  # the label of the task that runs the run method


@dataclass
class Born:
    """A task's origin.

    Args:
        number: In order of birth, from 0.
        label: What a learner calls it; empty for a task of the SDK's own.
        handle: What it is the handle of, for example ``"activity charge"``; empty when it is no handle.
        line: The learner's line that made it.
        function: The function of that line.
    """

    number: int
    label: str
    handle: str
    line: int | None
    function: str


def born(task: Any) -> Born | None:
    """Return a task's origin; None when it was not seen being made."""
    return getattr(task, _MARK, None)


def label(task: Any, origin: Born) -> str:
    """Return what a learner calls a task, now: before Python 3.13 ``create_task`` gives it its name after its birth."""
    name = str(task.get_name())
    return origin.label if TASK_SUFFIX in name or not origin.label else name


class Births:
    """Notes where each task of a workflow instance is made.

    Args:
        impl: The SDK's instance inside the sandbox.
        places: Finds lines.
    """

    def __init__(self, impl: Any, places: Places) -> None:
        self._places = places
        self._numbers = count()
        self._auto = count(1)
        self._gathers: tuple[Any, int] = (None, 0)
        on_task(impl, lambda task, name: setattr(task, _MARK, self._origin(task, name)))

    def _origin(self, task: Any, name: str | None) -> Born:
        number = next(self._numbers)
        label, handle = self._label(task, name)
        made = self._places.created(task.get_coro())
        line, function = made or (None, "")
        if made is None:
            line = self._places.calling(sys._getframe(2))
        return Born(number, label, handle, line, function)

    def _label(self, task: Any, name: str | None) -> tuple[str, str]:
        asked = asked_for(task)
        if asked is not None:  # a handle: it is shown where it is awaited
            if hasattr(asked, "activity"):
                local = "local " if type(asked).__name__ == "StartLocalActivityInput" else ""
                return "", f"{local}activity {asked.activity}"
            return "", f"child workflow {asked.workflow}" if hasattr(asked, "workflow") else "a Nexus operation"
        if name is None:
            return self._unnamed(), ""
        if getattr(task.get_coro(), "__qualname__", "").startswith(OWN_COROUTINES):
            return (MAIN if name == "run" else "" if name.startswith("query") else name.replace(": ", " ")), ""
        return name, ""

    def _unnamed(self) -> str:
        """Return a name for a task that has none: which part of a gather it is, or a number."""
        frame: FrameType | None = sys._getframe(4)
        for _ in range(6):
            if frame is None:
                break
            if frame.f_code.co_name == "gather" and "asyncio" in frame.f_code.co_filename:
                same, part = self._gathers
                part = part + 1 if same is frame else 1
                self._gathers = (frame, part)
                return f"part {part} of a gather"
            frame = frame.f_back
        return f"task {next(self._auto)}"
