"""Which span stands in which lane and row, and what is drawn as a density because there is too much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from course_lib.history import Span

DRAWN = 400  # spans in one picture; a browser draws these without effort, and a reader sees no more
_ROWS = 8  # rows of one lane, that is, how many at a time
_IN_A_LANE = 60
LANES = 40

KINDS = {
    "workflow": "workflow",
    "workflow_task": "",
    "activity": "activity",
    "timer": "timer",
    "child": "child workflow",
    "signal": "signal",
    "update": "update",
    "nexus": "nexus",
    "marker": "",
}


@dataclass(frozen=True)
class Item:
    """What belongs together in one row: the attempts of one activity, or one span of any other kind.

    Args:
        spans: In order.
        start: When it was asked for, seconds since the start of the run.
        end: When it ended, or the picture's end.
    """

    spans: tuple[Span, ...]
    start: float
    end: float


@dataclass
class Lane:
    """One lane of the picture.

    Args:
        kind: What its spans are.
        name: Their common name.
        items: In the order in which they were asked for.
        rows: The same, row by row, without overlap; empty when the lane is drawn as a density.
    """

    kind: str
    name: str
    items: list[Item] = field(default_factory=list)
    rows: list[list[Item]] = field(default_factory=list)

    @property
    def dense(self) -> bool:
        """Whether it is drawn as a density."""
        return not self.rows

    @property
    def size(self) -> int:
        """How many spans it has."""
        return sum(len(item.spans) for item in self.items)

    @property
    def height(self) -> int:
        """How many rows high it is."""
        return len(self.rows) or 2  # a density has its words above the area


@dataclass(frozen=True)
class Picture:
    """Everything that a picture of a run shows.

    Args:
        spans: All of them.
        lanes: From top to bottom.
        start: The run's start, UTC.
        end: Seconds from there to the picture's end.
        open: Whether the run goes on.
    """

    spans: Sequence[Span]
    lanes: list[Lane]
    start: datetime
    end: float
    open: bool

    def seconds(self, moment: datetime) -> float:
        """Return a moment as seconds since the run's start."""
        return (moment - self.start).total_seconds()


def arrange(spans: Sequence[Span], now: datetime | None) -> Picture:
    """Return the picture of these spans.

    Args:
        spans: At least one; the first begins the run.
        now: Up to when open spans are drawn; None: a little past the last thing known.
    """
    start = min(span.waited_from or span.start for span in spans)
    last = max(span.end or span.start for span in spans)
    is_open = any(span.end is None for span in spans)
    if is_open:
        end = max(last, now or last)
        margin = 0.0 if now and now > last else 0.06 * max((last - start).total_seconds(), 0.1)
        length = (end - start).total_seconds() + margin
    else:
        length = (last - start).total_seconds()
    length = max(length, 1e-3)

    groups: dict[tuple[str, str, int, int], list[Span]] = {}
    for span in spans:
        groups.setdefault((span.kind, span.lane, span.run, span.first_event), []).append(span)
    lanes: dict[tuple[str, str], Lane] = {}
    for (kind, name, _, _), members in groups.items():
        first = members[0].waited_from or members[0].start
        last_end = max((span.end for span in members if span.end is not None), default=None)
        goes_on = last_end is None or members[-1].end is None
        until = length if goes_on or last_end is None else (last_end - start).total_seconds()
        item = Item(tuple(members), (first - start).total_seconds(), until)
        lanes.setdefault((kind, name), Lane(kind, name)).items.append(item)
    shown = _fit(list(lanes.values()))
    _fill_rows(shown)
    return Picture(spans, shown, start, length, is_open)


# The workflow stands first, what its Workers did on its behalf last; between them, by time.
_RANK = {"workflow": 0, "marker": 2, "workflow_task": 3}


def _fit(lanes: list[Lane]) -> list[Lane]:
    ordered = sorted(lanes, key=lambda lane: (_RANK.get(lane.kind, 1), lane.items[0].start))
    if len(ordered) <= LANES:
        return ordered
    kept, rest = ordered[: LANES - 1], ordered[LANES - 1 :]
    merged = Lane(
        "", f"{len(rest)} more lanes", sorted((i for lane in rest for i in lane.items), key=lambda i: i.start)
    )
    return [*kept, merged]


def _fill_rows(lanes: list[Lane]) -> None:
    room = DRAWN
    for lane in sorted(lanes, key=lambda lane: lane.size):  # small lanes first: a huge one must not use up the room
        if lane.kind == "" or len(lane.items) > _IN_A_LANE or lane.size > room:
            continue
        rows = _rows(lane.items)
        if len(rows) <= _ROWS:
            lane.rows = rows
            room -= lane.size


def _rows(items: list[Item]) -> list[list[Item]]:
    rows: list[list[Item]] = []
    for item in sorted(items, key=lambda item: item.start):
        free = next((row for row in rows if row[-1].end <= item.start and row[-1].start < item.start), None)
        if free is None:
            rows.append([item])
        else:
            free.append(item)
        if len(rows) > _ROWS:
            break
    return rows
