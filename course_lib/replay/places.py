"""Where in the learner's code something happens: frames, coroutines and tracebacks become lines.

The sandbox imports the learner's module anew, from the same file: its frames carry the file's real name, so a line is
found from outside without any code inside the sandbox.
"""

import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType, TracebackType
from typing import Any

from course_lib.private.futures import LOOP_CALL
from course_lib.workers.blame import is_learners

_is_learners = cache(is_learners)
_DEEP = 80  # frames that are looked at; deeper code is recursion, whose outermost line is shown


@dataclass(frozen=True)
class Place:
    """A line of code.

    Args:
        line: Its number, from 1; 0 when it is not in the journey's file.
        function: The function that it stands in.
        source: The line itself, stripped.
    """

    line: int
    function: str
    source: str


class Places:
    """Finds lines of one file, the one that the journey shows.

    Args:
        file: The file of the workflow class, as its code objects name it.
        workflow: The class: another one in its file is not to blame for what this one does.
    """

    def __init__(self, file: str, workflow: str = "") -> None:
        self.file, self.workflow = file, workflow
        self._places: dict[tuple[CodeType, int], Place] = {}

    def source(self) -> str:
        """Return the file as the learner typed it (module cells put that into ``linecache``)."""
        return "".join(linecache.getlines(self.file))

    def text(self, line: int | None) -> str:
        """Return one line of it, stripped; empty when there is none."""
        return linecache.getline(self.file, line).strip() if line else ""

    def of_frame(self, frame: FrameType) -> Place:
        """Return the line on which a frame is."""
        code, number = frame.f_code, frame.f_lineno
        key = (code, number)
        if (known := self._places.get(key)) is None:
            here = code.co_filename == self.file
            text = linecache.getline(code.co_filename, number).strip()
            known = self._places[key] = Place(number if here else 0, code.co_name, text)
        return known

    def calling(self, frame: FrameType | None) -> int | None:
        """Return the innermost line of the file on a stack; None when none of it is there."""
        for _ in range(_DEEP):
            # Below the loop's own call there is no learner's code; and Python makes each frame anew that is asked for.
            if frame is None or frame.f_code is LOOP_CALL:
                return None
            if frame.f_code.co_filename == self.file:
                return frame.f_lineno
            frame = frame.f_back
        return None

    def created(self, coroutine: Any) -> tuple[int, str] | None:
        """Return the line and function that made a coroutine, if origins are tracked and it was the file's code."""
        for file, line, function in getattr(coroutine, "cr_origin", None) or ():
            if file == self.file:
                return line, function
        return None

    def raised(self, trace: TracebackType | None) -> int | None:
        """Return the innermost line of the file in a traceback."""
        found = None
        for _ in range(_DEEP * 2):
            if trace is None:
                break
            if trace.tb_frame.f_code.co_filename == self.file:
                found = trace.tb_lineno
            trace = trace.tb_next
        return found

    def best(self, frames: list[FrameType]) -> int | None:
        """Return which of an await chain's frames to show: the innermost of the file, else of other learner's code."""
        other = None
        for position in range(len(frames) - 1, -1, -1):
            file = frames[position].f_code.co_filename
            if file == self.file:
                return position
            if other is None and _is_learners(file):
                other = position
        return other


def awaited(coroutine: Any) -> Iterator[FrameType]:
    """Yield the frames of a suspended coroutine, outermost first: who awaits whom."""
    for _ in range(_DEEP):
        if coroutine is None:
            return
        frame = (
            getattr(coroutine, "cr_frame", None)
            or getattr(coroutine, "gi_frame", None)
            or getattr(coroutine, "ag_frame", None)
        )
        if frame is not None:
            yield frame
        coroutine = (
            getattr(coroutine, "cr_await", None)
            or getattr(coroutine, "gi_yieldfrom", None)
            or getattr(coroutine, "ag_await", None)
        )
