"""Two runs as one still picture: one above the other, on one axis, with their differences in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from course_lib.history import spans
from course_lib.widgets.look import View, escape, page
from course_lib.widgets.timeline.differences import differences
from course_lib.widgets.timeline.lanes import arrange
from course_lib.widgets.timeline.scale import Scale
from course_lib.widgets.timeline.view import draw_picture, idle

if TYPE_CHECKING:
    from datetime import datetime

    from temporalio.client import WorkflowHistory

Stretch = tuple[float, float]


def comparison_view(
    histories: Sequence[WorkflowHistory], pendings: Sequence[Any] = (None, None), titles: Sequence[str] = ("", ""),
    now: datetime | None = None,
) -> View:  # fmt: skip
    """Return two runs one above the other, each from its own start.

    Args:
        histories: Two of them.
        pendings: What ``describe`` said about each.
        titles: What stands beside each workflow's type.
        now: Up to when open spans are drawn.
    """
    found = [spans(history, pending) for history, pending in zip(histories, pendings, strict=True)]
    said = differences(*found)
    text = ["Differences:", *(f"  {line}" for line in said)]
    listed = "".join(f"<li>{escape(line)}</li>" for line in said)
    body = [f'<div class="tc-box"><b>Differences</b><ul style="margin:4px 0 0;padding-left:20px">{listed}</ul></div>']
    if all(found):
        pictures = [arrange(each, now) for each in found]
        end = max(picture.end for picture in pictures)
        shared = _both(*(_until(idle(picture), picture.end, end) for picture in pictures))
        scale = Scale(end, shared)
        for name, picture, title, history in zip("AB", pictures, titles, histories, strict=True):
            view = draw_picture(
                replace(picture, end=end), scale, length=picture.end, title=f"{name}: {title}",
                events=len(history.events),
            )  # fmt: skip
            body.append(view.html)
            text += ["", view.text]
    return page("".join(body), "\n".join(text), role="group", label="Two runs compared")


def _until(stretches: Sequence[Stretch], end: float, last: float) -> list[Stretch]:
    # After its own end nothing goes on in the shorter run.
    return [*stretches, (end, last)] if last > end else list(stretches)


def _both(a: Sequence[Stretch], b: Sequence[Stretch]) -> list[Stretch]:
    """Return where both are idle."""
    return [
        (max(start, other), min(to, until))
        for start, to in a
        for other, until in b
        if min(to, until) > max(start, other)
    ]
