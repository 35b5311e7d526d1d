"""From an exercise's solution to its stub: the only change to code that the build makes."""

import re

from course_lib.authoring.source import parse
from course_lib.errors import CourseError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = re.compile(r"^(?P<indent>[ \t]*)### STUB:(?: (?P<code>.*))?$")


def has_solution(source: str) -> bool:
    """Tell whether a cell holds anything that a learner must not see."""
    return BEGIN in source or END in source or "### STUB:" in source


def stub(source: str, where: str = "the cell") -> str:
    """Return what a learner gets: solutions cut out, ``### STUB:`` lines uncommented at their indentation.

    Args:
        source: The cell as the author wrote it. Everything outside the markers stays as it is.
        where: The cell's name for an error message.

    Raises:
        CourseError: The markers do not pair, or what remains is no Python.
    """
    kept = _walk(source, where, solution=False)
    try:
        parse(kept)
    except SyntaxError as error:
        raise CourseError(
            f"The stub of {where} is no Python: {error.msg} (line {error.lineno} of the stub).",
            fix="give the solution a `### STUB: …` line that parses, such as `### STUB: raise NotImplementedError`.",
        ) from error
    return kept


def solved(source: str, where: str = "the cell") -> str:
    """Return the solution as a reader sees it: without the markers and the stub lines.

    Args:
        source: The cell as the author wrote it.
        where: The cell's name for an error message.

    Raises:
        CourseError: The markers do not pair.
    """
    return _walk(source, where, solution=True)


def _walk(source: str, where: str, *, solution: bool) -> str:
    kept: list[str] = []
    opened = 0
    for number, line in enumerate(source.split("\n"), start=1):
        word = line.strip()
        if word == BEGIN:
            if opened:
                raise _unpaired(where, number, f"line {opened} has opened a solution already")
            opened = number
        elif word == END:
            if not opened:
                raise _unpaired(where, number, "no solution is open")
            opened = 0
        elif found := STUB.match(line):
            if not solution:
                kept.append((found["indent"] + (found["code"] or "")).rstrip())
        elif word.startswith(("### BEGIN", "### END", "### STUB")):
            raise _unpaired(where, number, f"{word!r} is no marker")
        elif solution or not opened:
            kept.append(line)
    if opened:
        raise _unpaired(where, opened, f"{END!r} is missing")
    return "\n".join(kept)


def _unpaired(where: str, line: int, why: str) -> CourseError:
    return CourseError(
        f"The solution markers of {where} do not pair: line {line}, {why}.",
        fix=f"write `{BEGIN}`, the solution, `{END}`, each marker on a line of its own.",
    )
