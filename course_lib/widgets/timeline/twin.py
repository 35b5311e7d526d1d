"""The picture in words: a table with a bar of characters, and the same as an HTML table."""

from __future__ import annotations

from course_lib.history import Span
from course_lib.widgets.look import escape, shorten
from course_lib.widgets.timeline.density import busyness
from course_lib.widgets.timeline.lanes import KINDS, Item, Lane, Picture
from course_lib.widgets.timeline.scale import Scale
from course_lib.widgets.timeline.signs import events_of, status_counts, status_words, took

_WIDTH = 32
_ROWS = 60
_TABLE = 200
_IN_A_LANE = 12
_FULL = {
    "failed": "x",
    "timed_out": "x",
    "terminated": "x",
    "cancelled": "/",
    "left": "/",
    "running": "▓",
    "waiting": "░",
    "skipped": "»",
}


def lines(picture: Picture, scale: Scale) -> list[str]:
    """Return the lanes as lines of text.

    Args:
        picture: What to tell.
        scale: The time axis of the bars.
    """
    rows: list[tuple[str, str, str, str]] = []
    for lane in picture.lanes:
        if len(lane.items) > _IN_A_LANE or lane.kind == "workflow_task":
            spans = [span for item in lane.items for span in item.spans]
            what = f"{lane.name} × {len(lane.items):,}" if lane.kind else lane.name
            rows.append((what, _bar(lane.items, picture, scale), "", status_counts(spans)))
            continue
        for item in lane.items:
            rows += [_row(lane, item, span, picture, scale) for span in item.spans]
    left_out = len(rows) - _ROWS
    rows = rows[:_ROWS]
    first = min(max((len(row[0]) for row in rows), default=0), 44)
    second = max((len(row[2]) for row in rows), default=0)
    text = [
        f"  {shorten(name, max(first, 12)):<{first}}  |{bar}|  {length:>{second}}  {rest}".rstrip()
        for name, bar, length, rest in rows
    ]
    return [*text, f"  and {left_out} more lines: lab.events(handle) has everything"] if left_out > 0 else text


def _row(lane: Lane, item: Item, span: Span, picture: Picture, scale: Scale) -> tuple[str, str, str, str]:
    lasted = picture.end - picture.seconds(span.start)
    name = _name(lane, item, span)
    about = "≈ " if span.estimated else ""
    rest = f"{status_words(span)}  #{events_of(span)}"
    return name, _bar([item], picture, scale, span), about + took(span, lasted), rest


def _name(lane: Lane, item: Item, span: Span) -> str:
    kind = KINDS.get(lane.kind, "")
    name = span.name if span.kind in ("timer", "marker") else f"{kind} {lane.name}".strip()
    if span.kind == "child":
        name = f"{name} {span.name}"
    retried = len(item.spans) > 1 or (span.attempt or 1) > 1
    return f"{name}, attempt {span.attempt}" if retried and span.attempt and span.kind == "activity" else name


def _bar(items: list[Item], picture: Picture, scale: Scale, only: Span | None = None) -> str:
    cells = ["·"] * _WIDTH

    def fill(start: float, end: float, sign: str) -> None:
        first = min(int(scale.at(start) * _WIDTH / 100), _WIDTH - 1)
        last = min(max(int(scale.at(end) * _WIDTH / 100 - 1e-6), first), _WIDTH - 1)
        cells[first : last + 1] = sign * (last - first + 1)

    if only is not None:
        end = picture.end if only.end is None else picture.seconds(only.end)
        if only.waited_from is not None:
            fill(picture.seconds(only.waited_from), picture.seconds(only.start), "-")
        fill(picture.seconds(only.start), end, "◆" if only.status == "point" else _FULL.get(only.status, "█"))
    else:
        return "".join("█" if count else "·" for count in busyness(items, scale, _WIDTH))
    return "".join(cells)


def table(picture: Picture) -> str:
    """Return the spans as an HTML table, for those who cannot see the picture and those who want the numbers."""
    rows = []
    for span in picture.spans[:_TABLE]:
        lasted = picture.end - picture.seconds(span.start)
        cells = (
            KINDS.get(span.kind) or span.kind.replace("_", " "),
            span.name if span.attempt in (None, 1) else f"{span.name}, attempt {span.attempt}",
            f"+{picture.seconds(span.start):.3f} s",
            ("≈ " if span.estimated else "") + took(span, lasted),
            status_words(span),
            events_of(span),
            shorten(span.detail, 160),
        )
        rows.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    head = "".join(f"<th>{name}</th>" for name in ("kind", "name", "start", "took", "status", "events", "detail"))
    more = len(picture.spans) - _TABLE
    note = f"<div>and {more:,} more: <code>lab.events(handle)</code> has every event</div>" if more > 0 else ""
    return (
        f'<details><summary>As a table</summary><div class="tl-table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}</details>"
    )
