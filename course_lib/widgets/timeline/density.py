"""A lane with too many spans to draw one by one: how many there were at a time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from course_lib.widgets.look import escape
from course_lib.widgets.timeline.lanes import Item, Lane
from course_lib.widgets.timeline.scale import Scale
from course_lib.widgets.timeline.signs import BAD, status_counts

_BINS = 240
_TEXT = 20  # pixels above the area, for its words


def density(lane: Lane, scale: Scale, top: int, row: int) -> list[str]:
    """Return a lane as an area: its height is how many spans there were at a time, hatched where one went wrong.

    Args:
        lane: The lane.
        scale: The time axis.
        top: The lane's top, pixels.
        row: The lane's height, pixels.
    """
    counts = busyness(lane.items, scale, _BINS)
    wrong = {
        min(int(scale.at(item.end) * _BINS / 100), _BINS - 1)
        for item in lane.items
        if any(span.status in BAD for span in item.spans)
    }
    most = max(counts) or 1
    path = [f"M0 {row}"]
    for number, count in enumerate(counts):
        level = row - (row - _TEXT) * count / most
        path.append(f"L{number} {level:.1f}L{number + 1} {level:.1f}")
    path.append(f"L{_BINS} {row}Z")
    spans = [span for item in lane.items for span in item.spans]
    text = f"{len(lane.items):,}: {status_counts(spans)}; up to {most:,} at a time"
    marks = "".join(
        f'<rect x="{number * 100 / _BINS:.2f}%" y="{top + row - 8}" width="{100 / _BINS:.2f}%" height="7" '
        f'class="bar s-failed"/>'
        for number in sorted(wrong)
    )
    return [
        f'<g class="k-{lane.kind or "mixed"}"><title>{escape(f"{lane.name}: {text}")}</title>'
        f'<svg x="0" y="{top}" width="100%" height="{row}" style="height:{row}px" '
        f'viewBox="0 0 {_BINS} {row}" preserveAspectRatio="none">'
        f'<path d="{"".join(path)}" style="fill:var(--fill);stroke:var(--tone)" vector-effect="non-scaling-stroke"/>'
        f'</svg>{marks}<text class="out" x="0" dx="6" y="{top + 14}">{escape(text)}</text></g>'
    ]


def busyness(items: Iterable[Item], scale: Scale, bins: int) -> list[int]:
    """Return how many items there were in each of so many equal parts of the picture's width.

    Args:
        items: What is counted.
        scale: The time axis.
        bins: How many parts.
    """
    steps = [0] * (bins + 2)
    at, part = scale.at, bins / 100
    for item in items:
        steps[int(at(item.start) * part)] += 1
        steps[int(at(item.end) * part) + 1] -= 1
    counts = list(accumulate(steps))
    # What stands on the right edge belongs to the last part.
    counts[bins - 1] = max(counts[bins - 1], counts[bins])
    return counts[:bins]
