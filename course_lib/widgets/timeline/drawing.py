"""The picture as SVG: percent from left to right, so that it fits every width; pixels from top to bottom."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b

from course_lib.history import Span
from course_lib.history.moments import in_words
from course_lib.widgets.look import escape
from course_lib.widgets.timeline.density import density
from course_lib.widgets.timeline.labels import LEAST_WIDTH, Label, Row, texts
from course_lib.widgets.timeline.lanes import KINDS, Item, Lane, Picture
from course_lib.widgets.timeline.scale import Scale
from course_lib.widgets.timeline.signs import BAD, ICONS, events_of, status_words, took

ROW = 24  # pixels
AXIS = 24  # pixels above the first lane
_BAR = 14
_THIN = 8
_LEAST = 300 / LEAST_WIDTH  # percent: a bar of at least 3 pixels

STYLE = (
    ".tc-tl{--tl-activity:#2f74c0;--tl-activity-bg:#d6e7fa;--tl-timer:#9a6a00;--tl-timer-bg:#fbeccb;"
    "--tl-child:#0b7a75;--tl-child-bg:#cfeeec;--tl-message:#7446c2;--tl-message-bg:#e8defa;"
    "--tl-task:#75808d;--tl-task-bg:#dfe3e8;--tl-grid:rgba(128,128,128,.22)}"
    '[data-jp-theme-light="false"] .tc-tl,.vscode-dark .tc-tl{--tl-activity:#74b3f5;--tl-activity-bg:#1f4468;'
    "--tl-timer:#e8b84f;--tl-timer-bg:#54420f;--tl-child:#56cdc6;--tl-child-bg:#124744;--tl-message:#bd9bff;"
    "--tl-message-bg:#45317a;--tl-task:#98a3b0;--tl-task-bg:#434b55;--tl-grid:rgba(160,160,160,.2)}"
    ".tl-head{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;margin-bottom:6px}"
    ".tl-head b{font-size:14px;overflow-wrap:anywhere}.tl-head .tc-last{margin-left:auto}"
    ".tl-badge{font-weight:600}"
    ".tl-scroll{overflow-x:auto}"
    f".tl-grid{{display:grid;grid-template-columns:minmax(150px,190px) minmax({LEAST_WIDTH}px,1fr);min-width:0}}"
    f".tl-names{{padding-top:{AXIS}px;min-width:0}}"
    f".tl-name{{display:flex;justify-content:space-between;gap:8px;padding:0 8px 0 2px;line-height:{ROW}px;"
    "white-space:nowrap;overflow:hidden;box-sizing:border-box}"
    ".tl-name>span:first-child{overflow:hidden;text-overflow:ellipsis;font-weight:500}"
    ".tl-name>.tc-quiet{font-size:11px;flex:none}"
    ".tl-name:nth-child(odd),.tl-zebra{background:rgba(128,128,128,.055)}.tl-zebra{fill:rgba(128,128,128,.055)}"
    ".tl-svg{display:block;width:100%;overflow:visible}"
    ".tl-svg text{font-size:11px;pointer-events:none;fill:var(--jp-ui-font-color1,currentColor);"
    "font-family:var(--jp-ui-font-family,sans-serif)}"
    ".tl-svg .out{paint-order:stroke;stroke:var(--jp-layout-color1,transparent);stroke-width:3px;"
    "stroke-linejoin:round}"
    ".tl-svg .in{paint-order:stroke;stroke:var(--fill);stroke-width:3px;stroke-linejoin:round}"
    ".tl-svg .tick{fill:var(--jp-ui-font-color2,var(--tc-quiet))}"
    ".tl-svg .grid{stroke:var(--tl-grid)}.tl-svg .now{stroke:var(--tc-info);stroke-dasharray:3 3}"
    ".tl-svg .wait{stroke:var(--tone);stroke-width:1.5;stroke-dasharray:1 3;opacity:.9}"
    ".tl-svg .wait.again{stroke-dasharray:5 3}"
    ".tl-svg .bar{fill:var(--fill);stroke:var(--tone);stroke-width:1.2}"
    ".tl-svg .guess{stroke-dasharray:4 2}"
    ".tl-svg .hole{fill:none;stroke:var(--tone);stroke-dasharray:4 3}"
    ".k-workflow,.s-completed.k-workflow{--tone:var(--tc-ok);--fill:var(--tc-ok-bg)}"
    ".k-activity{--tone:var(--tl-activity);--fill:var(--tl-activity-bg)}"
    ".k-timer{--tone:var(--tl-timer);--fill:var(--tl-timer-bg)}"
    ".k-child,.k-nexus{--tone:var(--tl-child);--fill:var(--tl-child-bg)}"
    ".k-signal,.k-update,.k-marker{--tone:var(--tl-message);--fill:var(--tl-message-bg)}"
    ".k-workflow_task,.k-mixed{--tone:var(--tl-task);--fill:var(--tl-task-bg)}"
    ".k-workflow.s-running,.k-workflow.s-continued{--tone:var(--tc-info);--fill:var(--tc-info-bg)}"
    ".s-failed,.s-timed_out,.s-terminated,.s-failed.k-workflow,.s-timed_out.k-workflow,.s-terminated.k-workflow"
    "{--tone:var(--tc-bad);--fill:var(--tc-bad-bg)}"
    ".s-left,.s-skipped,.s-cancelled,.s-cancelled.k-workflow{--tone:var(--tc-quiet);--fill:var(--tc-quiet-bg)}"
    ".tl-foot{display:flex;flex-wrap:wrap;gap:0 16px;margin-top:6px;font-size:12px}"
    ".tc-tl details{margin-top:4px;font-size:12px}.tc-tl summary{cursor:pointer}"
    ".tc.tc.tc .tl-table td:not(:last-child){white-space:nowrap}.tc-tl td:last-child{overflow-wrap:anywhere}"
    ".tl-table{overflow-x:auto;max-height:420px}"
)

_HATCHED = {
    "failed": "bad",
    "timed_out": "bad",
    "terminated": "bad",
    "cancelled": "quiet",
    "left": "quiet",
    "skipped": "quiet",
}


def svg(picture: Picture, scale: Scale, label: str) -> str:
    """Return the chart without its names.

    Args:
        picture: What to draw.
        scale: The time axis.
        label: What the picture shows, for a screen reader.
    """
    key = blake2b(f"{label}{picture.start}{picture.end}{len(picture.spans)}".encode(), digest_size=4).hexdigest()
    height = AXIS + ROW * sum(lane.height for lane in picture.lanes) + 2
    parts = [
        # The height as a style: JupyterLab sets `height: auto` for every svg in an output.
        f'<svg class="tl-svg" height="{height}" style="height:{height}px" role="img" aria-label="{escape(label)}">',
        _patterns(key),
    ]
    parts += _background(picture, scale, height, key)
    top = AXIS
    for lane in picture.lanes:
        parts += density(lane, scale, top, ROW * lane.height) if lane.dense else _lane(lane, picture, scale, top, key)
        top += ROW * lane.height
    parts.append("</svg>")
    return "".join(parts)


def names(picture: Picture) -> str:
    """Return the names of the lanes, as a column of the same height as the chart."""
    cells = []
    for lane in picture.lanes:
        many = f" × {len(lane.items):,}" if lane.dense else ""
        kind = "" if lane.name == f"{lane.kind}s" else KINDS.get(lane.kind, "")
        cells.append(
            f'<div class="tl-name" style="height:{ROW * lane.height}px" title="{escape(lane.name)}">'
            f'<span>{escape(lane.name)}</span><span class="tc-quiet">{escape(kind)}{many}</span></div>'
        )
    return f'<div class="tl-names" aria-hidden="true">{"".join(cells)}</div>'


def _patterns(key: str) -> str:
    def hatch(name: str, tone: str) -> str:
        return (
            f'<pattern id="tl-{name}-{key}" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" style="stroke:var(--tc-{tone})" '
            'stroke-width="2" stroke-opacity=".45"/></pattern>'
        )

    fade = (
        f'<linearGradient id="tl-fade-{key}"><stop offset="0" stop-color="#fff"/>'
        '<stop offset=".55" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity=".15"/>'
        f'</linearGradient><mask id="tl-open-{key}" maskContentUnits="objectBoundingBox">'
        f'<rect width="1" height="1" fill="url(#tl-fade-{key})"/></mask>'
    )
    return f"<defs>{hatch('bad', 'bad')}{hatch('quiet', 'quiet')}{fade}</defs>"


def _background(picture: Picture, scale: Scale, height: int, key: str) -> list[str]:
    parts, top = [], AXIS
    for number, lane in enumerate(picture.lanes):
        if number % 2 == 0:
            parts.append(f'<rect class="tl-zebra" x="0" y="{top}" width="100%" height="{ROW * lane.height}"/>')
        top += ROW * lane.height
    for tick in scale.ticks(86.0 if picture.open else 95.0):  # “now” stands at the right end
        place = f"{tick.at:.3f}%"
        parts.append(f'<line class="grid" x1="{place}" x2="{place}" y1="6" y2="{height}"/>')
        parts.append(f'<text class="tick" x="{place}" dx="4" y="15">{escape(tick.label)}</text>')
    for start, to in scale.breaks:
        left, right = scale.at(start), scale.at(to)
        length = in_words(timedelta(seconds=to - start))
        parts.append(
            f"<g><title>{escape(f'{length} in which nothing happened: shortened')}</title>"
            f'<rect x="{left:.3f}%" y="{AXIS - 4}" width="{right - left:.3f}%" height="{height - AXIS + 4}" '
            f'fill="url(#tl-quiet-{key})" opacity=".35"/>'
            f'<text class="tick" x="{(left + right) / 2:.3f}%" y="15" text-anchor="middle">'
            f"// {escape(' '.join(length.split()[:2]))}</text></g>"
        )
    if picture.open:
        parts.append(f'<line class="now" x1="100%" x2="100%" y1="6" y2="{height}"/>')
    if picture.open and not any(to >= picture.end for _, to in scale.breaks):  # else the break's length stands there
        parts.append('<text class="tick" x="100%" dx="-4" y="15" text-anchor="end">now</text>')
    return parts


def _lane(lane: Lane, picture: Picture, scale: Scale, top: int, key: str) -> list[str]:
    parts: list[str] = []
    texts_on_top: list[str] = []  # else the line to the next attempt would cross out the text before it
    for number, items in enumerate(lane.rows):
        row, y = Row(), top + ROW * number
        for position, item in enumerate(items):
            after = scale.at(items[position + 1].start) if position + 1 < len(items) else 100.0
            parts += _item(item, picture, scale, row, y, after, key, texts_on_top)
    return parts + texts_on_top


def _item(
    item: Item, picture: Picture, scale: Scale, row: Row, y: int, after: float, key: str, written: list[str]
) -> list[str]:
    parts: list[str] = []
    for number, span in enumerate(item.spans):
        left = scale.at(picture.seconds(span.start))
        right = 100.0 if span.end is None else scale.at(picture.seconds(span.end))
        following = item.spans[number + 1] if number + 1 < len(item.spans) else None
        room = after if following is None else scale.at(picture.seconds(following.start))
        free = room if following is None else scale.at(picture.seconds(following.waited_from or following.start))
        drawn_right = left + 1.2 if span.status == "point" else max(right, left + _LEAST)
        lasted = picture.end - picture.seconds(span.start)
        waits = span.waited_from is not None and left - scale.at(picture.seconds(span.waited_from)) > 1
        label = row.place(texts(span, item, lasted), left, drawn_right, free, room, waits)
        if label is None and span.status in BAD:  # the colour is never the only sign
            label = Label(ICONS[span.status], left, "start", inside=True)
        parts.append(
            f'<g class="k-{span.kind} s-{span.status}"><title>{escape(_tooltip(span, lasted))}</title>'
            f"{_shape(span, picture, scale, left, drawn_right, y, key)}</g>"
        )
        written.append(_text(label, span, y))
    return parts


def _shape(span: Span, picture: Picture, scale: Scale, left: float, right: float, y: int, key: str) -> str:
    middle = y + ROW / 2
    if span.status == "point":
        return (
            f'<svg x="{left:.3f}%" y="{y}" width="1" height="{ROW}" style="height:{ROW}px" overflow="visible">'
            f'<path class="bar" d="M0 {ROW / 2 - 6}l5.5 6l-5.5 6l-5.5 -6z"/></svg>'
        )
    parts = []
    if span.waited_from is not None and span.waited_from < span.start:
        since = scale.at(picture.seconds(span.waited_from))
        again = " again" if (span.attempt or 1) > 1 else ""
        if left - since > 0.2:
            parts.append(f'<line class="wait{again}" x1="{since:.3f}%" x2="{left:.3f}%" y1="{middle}" y2="{middle}"/>')
    height = _THIN if span.kind == "workflow_task" and span.status != "waiting" else _BAR
    box = f'x="{left:.3f}%" y="{middle - height / 2}" width="{right - left:.3f}%" height="{height}" rx="3"'
    if span.status == "waiting":
        return "".join([*parts, f'<rect class="hole" {box}/>'])
    guess = " guess" if span.estimated else ""
    fading = f' mask="url(#tl-open-{key})"' if span.status == "running" else ""
    parts.append(f'<rect class="bar{guess}" {box}{fading}/>')
    if hatch := _HATCHED.get(span.status):
        parts.append(f'<rect {box} fill="url(#tl-{hatch}-{key})"/>')
    return "".join(parts)


def _text(label: Label | None, span: Span, y: int) -> str:
    if label is None:
        return ""
    shift = 6 if label.anchor == "start" else -6
    shift = shift // 2 if len(label.text) == 1 else shift
    look = f"in k-{span.kind} s-{span.status}" if label.inside and span.status != "waiting" else "out"
    baseline = y + ROW // 2 + (-3 if label.over else 4)
    return (
        f'<text class="{look}" x="{label.at:.3f}%" dx="{shift}" y="{baseline}" '
        f'text-anchor="{label.anchor}">{escape(label.text)}</text>'
    )


def _tooltip(span: Span, lasted: float) -> str:
    attempt = f", attempt {span.attempt}" if span.attempt and span.kind in ("activity", "workflow_task") else ""
    lines = [f"{span.name}{attempt}: {status_words(span)} {took(span, lasted)}".strip(), f"events {events_of(span)}"]
    if span.waited_from is not None and span.start > span.waited_from:
        lines.append(f"waited {in_words(span.start - span.waited_from)} before")
    if span.detail:
        lines.append(span.detail)
    return "\n".join(lines)
