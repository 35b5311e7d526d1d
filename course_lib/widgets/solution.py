"""The solution beside the learner's own code."""

import difflib

from course_lib.errors import CourseError
from course_lib.grading.solutions import Solution
from course_lib.widgets.look import View, callout, escape, page
from course_lib.widgets.prose import prose, unfenced

_STYLE = (
    ".tc-pair{display:flex;flex-wrap:wrap;gap:16px}.tc-pair>div{flex:1 1 320px;min-width:0}"
    ".tc-line{display:block}"
    ".tc-line.tc-only{background:var(--tc-info-bg)}"
)


def solution_view(solution: Solution) -> View:
    """Return two texts side by side, lines that only one of them has marked, and the reason.

    Args:
        solution: From ``grading.solution``.
    """
    own, other = solution.own.split("\n"), solution.code.split("\n")
    matcher = difflib.SequenceMatcher(a=own, b=other, autojunk=False)
    mine, theirs = set(range(len(own))), set(range(len(other)))
    for block in matcher.get_matching_blocks():
        mine -= set(range(block.a, block.a + block.size))
        theirs -= set(range(block.b, block.b + block.size))
    title = f"Solution of {solution.exercise} {solution.title}".rstrip()
    left = _code(own, mine, "−") if solution.own else '<div class="tc-quiet">not in a module cell</div>'
    body = (
        f'<div class="tc-box"><b>{escape(title)}</b><div class="tc-pair">'
        f"<div><b>Yours</b>{left}</div><div><b>Solution</b>{_code(other, theirs, '+')}</div></div>"
        f"<b>Why</b>{prose(solution.why)}</div>"
    )
    yours = _words(own, mine, "-") if solution.own else "  (not in a module cell)"
    words = f"{title}\n\nYours:\n{yours}\n\nSolution:\n{_words(other, theirs, '+')}\n\nWhy: {unfenced(solution.why)}"
    return page(body, words, style=_STYLE, label=title)


def locked_view(error: CourseError) -> View:
    """Return why a solution is not open yet.

    Args:
        error: What ``grading.solution`` raised.
    """
    return callout("info", error.what, html=prose(error.fix), words=f"ℹ Info: {error.what}\n  {error.fix}")


def _code(lines: list[str], only: set[int], mark: str) -> str:
    shown = "".join(
        f'<span class="tc-line{" tc-only" if number in only else ""}">{mark if number in only else " "} {escape(line)}'
        "</span>"
        for number, line in enumerate(lines)
    )
    return f"<pre>{shown}</pre>"


def _words(lines: list[str], only: set[int], mark: str) -> str:
    return "\n".join(f"{mark if number in only else ' '} {line}" for number, line in enumerate(lines))
