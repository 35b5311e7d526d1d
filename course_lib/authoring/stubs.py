"""From an exercise's solution to its stub: the only change to code that the build makes."""

from course_lib.authoring.parsing import parse
from course_lib.errors import CourseError
from course_lib.grading.sources import BEGIN, END, edition_of


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
    kept = edition_of(source, "learner", where)
    try:
        parse(kept)
    except SyntaxError as error:
        raise CourseError(
            f"The stub of {where} is no Python: {error.msg} (line {error.lineno} of the stub).",
            fix="give the solution a `### STUB: …` line that parses, such as `### STUB: raise NotImplementedError`.",
        ) from error
    return kept
