"""A run's picture with its head, its notes and its text twin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from course_lib.history import Span, spans
from course_lib.history.handlers import PAUSES
from course_lib.history.moments import in_words
from course_lib.widgets.look import View, callout, escape, link, page
from course_lib.widgets.timeline import twin
from course_lib.widgets.timeline.drawing import STYLE, names, svg
from course_lib.widgets.timeline.lanes import Picture, arrange
from course_lib.widgets.timeline.scale import Scale
from course_lib.widgets.timeline.signs import BAD, status_words

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory

_MOST_EDGES = 2000
_TONES = {"completed": "ok", "running": "info", "continued": "info", "cancelled": "quiet"}


def timeline_view(
    history: WorkflowHistory | Sequence[WorkflowHistory],
    *,
    ui_url: str | None = None,
    pending: Any = None,
    title: str = "",
) -> View:
    """Return a run as swim lanes, with a text twin.

    Args:
        history: The run's history; or those of a chain of runs, which become one picture.
        ui_url: The run's page in the Web UI.
        pending: What ``await handle.describe()`` returned at the same time; shows retries and what is open *now*.
        title: What stands beside the workflow's type, for example its id.
    """
    runs = history if isinstance(history, Sequence) else [history]
    found = [
        span._replace(run=number if len(runs) > 1 else 0)
        for number, run in enumerate(runs, 1)
        for span in spans(run, pending if run is runs[-1] else None)
    ]
    now = datetime.now(UTC) if pending is not None else None
    return draw(found, now=now, events=sum(len(run.events) for run in runs), ui_url=ui_url, title=title)


def draw(
    found: Sequence[Span], *, now: datetime | None = None, events: int = 0, ui_url: str | None = None, title: str = ""
) -> View:
    """Return spans as swim lanes; a live view calls this again and again.

    Args:
        found: The spans.
        now: Up to when open spans are drawn; None: a little past the last thing known.
        events: How many events the history has.
        ui_url: The run's page in the Web UI.
        title: What stands beside the workflow's type.
    """
    if not found:
        return callout("info", f"{title or 'This run'} has no events yet", "Run this cell again in a moment.")
    picture = arrange(found, now)
    return draw_picture(picture, Scale(picture.end, idle(picture)), events=events, ui_url=ui_url, title=title)


def draw_picture(
    picture: Picture, scale: Scale, *, length: float | None = None, events: int = 0, ui_url: str | None = None,
    title: str = "",
) -> View:  # fmt: skip
    """Return a picture whose lanes and axis are made.

    Args:
        picture: What to draw.
        scale: The time axis.
        length: How long the run lasted, seconds, when the axis is longer.
        events: How many events the history has.
        ui_url: The run's page in the Web UI.
        title: What stands beside the workflow's type.
    """
    runs = [span for span in picture.spans if span.kind == "workflow"]
    head = runs[-1] if runs else picture.spans[0]  # of a chain, the newest run
    status = status_words(head)
    facts = [
        in_words(timedelta(seconds=picture.end if length is None else length)) + (" so far" if picture.open else ""),
        f"{len(runs)} runs" if len(runs) > 1 else "",
        f"{events:,} events" if events else "",
        f"started {picture.start:%Y-%m-%d %H:%M:%S} UTC",
    ]
    facts = [fact for fact in facts if fact]
    label = f"Timeline of {title or head.name}: {status}, {', '.join(facts)}"
    notes = _notes(picture, scale)

    tone = "bad" if head.status in BAD else _TONES.get(head.status, "quiet")
    body = (
        '<div class="tc-box tc-tl"><div class="tl-head">'
        f'<b>{escape(head.name)}</b><span class="tc-quiet">{escape(title)}</span>'
        f'<span class="tl-badge tc-{tone}">{escape(status)}</span>'
        f'<span class="tc-quiet">{escape(" · ".join(facts))}</span>{link(ui_url, "Web UI")}</div>'
        f'<div class="tl-scroll"><div class="tl-grid">{names(picture)}{svg(picture, scale, label)}</div></div>'
        f'<div class="tl-foot tc-quiet">{"".join(f"<span>{escape(note)}</span>" for note in notes)}</div>'
        f"{twin.table(picture)}</div>"
    )
    first = f"{head.name} {title}".strip()
    text = [f"{first}: {status}, {', '.join(facts)}", *twin.lines(picture, scale), *(f"  ({note})" for note in notes)]
    if ui_url:
        text.append(f"  Web UI: {ui_url}")
    return page(body, "\n".join(text), style=STYLE, role="group", label=f"Timeline of {title or head.name}")


def idle(picture: Picture) -> list[tuple[float, float]]:
    """Return the longest stretches in which nothing began or ended and no attempt ran: only waiting."""
    if len(picture.spans) > _MOST_EDGES:  # so much goes on that there is no long pause
        return []
    edges = {0.0, picture.end}
    busy: list[tuple[float, float]] = []
    for span in picture.spans:
        if span.kind in ("workflow", "workflow_task", "marker"):
            continue
        start = picture.seconds(span.start)
        end = picture.end if span.end is None else picture.seconds(span.end)
        edges.update((start, end))
        # An attempt is what the picture is about; a timer or a child may well be shortened.
        if span.kind in ("activity", "update") and span.status != "waiting" and end > start:
            busy.append((start, end))
    if len(edges) < 4:
        return []  # nothing that a break would make easier to see
    stretches = sorted(pairwise(sorted(edges)), key=lambda stretch: stretch[0] - stretch[1])[:8]
    return [(a, b) for a, b in stretches if not any(start < b and end > a for start, end in busy)]


def _notes(picture: Picture, scale: Scale) -> list[str]:
    several = any(span.run for span in picture.spans)
    notes = ["#r:n: event n of run r" if several else "#n: event numbers"]
    notes += [
        f"‖ {span.detail}" for span in picture.spans if (span.kind, span.lane, span.end) == ("marker", PAUSES, None)
    ]
    if any(span.waited_from and span.start - span.waited_from > timedelta(milliseconds=50) for span in picture.spans):
        notes.append("dotted line: waiting for a worker or for the next attempt")
    if any(span.estimated for span in picture.spans):
        notes.append("≈ reckoned from the retry policy: a history keeps an activity's last attempt only")
    jumps = [span.end - span.start for span in picture.spans if span.status == "skipped" and span.end is not None]
    if skipped := sum(jumps, timedelta()):
        really = in_words(timedelta(seconds=picture.end) - skipped)
        notes.append(f"» the run's own, virtual clock: {in_words(skipped)} of it were skipped, {really} really passed")
    if scale.breaks:
        notes.append("// the time axis is shortened there")
    dense = [lane for lane in picture.lanes if lane.dense]
    if dense:
        total = sum(lane.size for lane in dense)
        notes.append(
            f"{total:,} spans in {len(dense)} lane{'s' if len(dense) > 1 else ''} are too many to draw: the height is "
            "how many there were at a time; lab.events(handle) has every one"
        )
    return notes
