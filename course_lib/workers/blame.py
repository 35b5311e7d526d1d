"""Which line of the learner's own code is behind an error?"""

import linecache
import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from course_lib.errors import CourseError
from course_lib.pitfalls import advice

_OURS = str(Path(__file__).resolve().parent.parent)
_LIBRARIES = tuple(
    {path for key in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_path(key))}
)

CELL = "a cell"
"""What a `Line` names a plain cell: it has no name of its own."""


@dataclass(frozen=True)
class Line:
    """One line of the learner's code.

    Args:
        module: The module cell's name without its revision (``orders`` for ``orders__r3.py``).
        number: The line's number, from 1.
        text: The line itself, stripped.
    """

    module: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.module}, line {self.number}: {self.text}" if self.text else f"{self.module}, line {self.number}"


def is_learners(filename: str) -> bool:
    """Return whether a file is the learner's: neither the course's nor Python's nor a library's."""
    if filename.startswith("<") or not filename.endswith(".py"):
        # A plain cell: IPython compiles it under a temporary name without an ending or as <ipython-input-…>.
        return "ipykernel" in filename or filename.startswith("<ipython-input")
    path = str(Path(filename).absolute())
    return not path.startswith((_OURS, *_LIBRARIES))


def _line(filename: str, number: int, text: str = "") -> Line:
    if "ipykernel" in filename or filename.startswith("<ipython"):
        module = CELL
    else:
        module = re.sub(r"__r\d+$", "", Path(filename).stem)
    return Line(module, number, (text or linecache.getline(filename, number)).strip())


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def learner_line(error: BaseException) -> Line | None:
    """Return the innermost line of learner's code behind an error; ``None`` when there is none."""
    for cause in reversed(list(causes(error))):
        if isinstance(cause, SyntaxError) and cause.filename and is_learners(cause.filename):
            return _line(cause.filename, cause.lineno or 1, cause.text or "")
        if line := line_in(cause.__traceback__):
            return line
    return None


def line_in(trace: TracebackType | None) -> Line | None:
    """Return the innermost line of learner's code in a traceback; ``None`` when there is none."""
    for frame in reversed(traceback.extract_tb(trace)):
        if is_learners(frame.filename):
            return _line(frame.filename, frame.lineno or 1, frame.line or "")
    return None


def running_line(thread_id: int | None) -> Line | None:
    """Return the line of learner's code that a thread executes now."""
    frame: FrameType | None = sys._current_frames().get(thread_id or -1)
    while frame is not None:
        if is_learners(frame.f_code.co_filename):
            return _line(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None


def dumped_line(dump: list[str]) -> Line | None:
    """Return the learner's line from the lines that ``faulthandler`` printed, innermost first."""
    for text in dump:
        match = re.match(r'\s*File "(.+)", line (\d+)', text)
        if match and is_learners(match[1]):
            return _line(match[1], int(match[2]))
    return None


def in_words(error: BaseException) -> str:
    """Return ``Type: message`` for the chain's innermost error, and the outermost before it when they differ."""
    chain = list(causes(error))
    words = [f"{type(cause).__name__}: {cause}".rstrip(": ") for cause in (chain[0], chain[-1])]
    return words[0] if words[0] == words[1] else f"{words[0]}; because of {words[1]}"


def explained(what: str, error: BaseException, again: str, *also: str) -> CourseError:
    """Return an error in words, with the learner's line behind it; what is said in words already stays as it is.

    Args:
        what: What could not be done.
        error: Why.
        again: What to do when the line is correct.
        *also: What else to know.
    """
    if isinstance(error, CourseError):
        return error
    line = learner_line(error)
    return CourseError(
        f"{what}: {in_words(error)}",
        tried=[*([str(line)] if line else []), *also],
        fix=advice(in_words(error)) or (f"correct that line and run its cell, then {again}." if line else ""),
    )
