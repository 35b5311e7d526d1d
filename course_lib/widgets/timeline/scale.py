"""From moments to places: a time axis, shortened where nothing but waiting goes on."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from course_lib.history.moments import in_words

# A stretch of waiting is shortened when all the rest would share less than this part of the picture.
_SQUEEZED = 0.08
_MOST_BREAKS = 4
_BREAK_WIDTH = 9.0  # percent of the picture
_WORTH = 0.18  # of the picture: a stretch that a break would hardly make shorter stays as it is
_TICK_EVERY = 16.0  # percent of the picture, at least
_STEPS = (1.0, 2.0, 5.0, 10.0)
_SEXAGESIMAL = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclass(frozen=True)
class Tick:
    """A mark on the axis.

    Args:
        at: Percent from the left.
        label: Its text.
    """

    at: float
    label: str


@dataclass(frozen=True)
class _Piece:
    start: float
    end: float
    left: float
    right: float
    broken: bool


class Scale:
    """Maps seconds since the start of a run to percent of the picture's width.

    Args:
        end: The run's length in seconds, as drawn.
        idle: Stretches ``(from, to)`` in which nothing but waiting goes on; the longest may be shortened.
    """

    def __init__(self, end: float, idle: Iterable[tuple[float, float]] = ()) -> None:
        self.end = end if end > 0 else 0.001
        self.breaks = _breaks(self.end, idle)
        self._pieces = self._cut()
        self._starts = [piece.start for piece in self._pieces]

    def _cut(self) -> list[_Piece]:
        shortened = sum(to - start for start, to in self.breaks)
        stretch = (100.0 - _BREAK_WIDTH * len(self.breaks)) / ((self.end - shortened) or 1.0)
        pieces: list[_Piece] = []
        at, left = 0.0, 0.0
        for start, to in [*self.breaks, (self.end, self.end)]:
            if start > at:
                right = left + (start - at) * stretch
                pieces.append(_Piece(at, start, left, right, broken=False))
                left = right
            if to > start:
                pieces.append(_Piece(start, to, left, left + _BREAK_WIDTH, broken=True))
                left += _BREAK_WIDTH
            at = to
        return pieces

    def at(self, second: float) -> float:
        """Return the place of a moment, in percent from the left."""
        if not self.breaks:
            return min(100.0, max(0.0, second * 100.0 / self.end))
        piece = self._pieces[max(0, bisect_right(self._starts, second) - 1)]
        part = (second - piece.start) / (piece.end - piece.start)
        return min(100.0, max(0.0, piece.left + part * (piece.right - piece.left)))

    def ticks(self, room: float = 95.0) -> list[Tick]:
        """Return the marks of the axis; after a break they count from the break's end.

        Args:
            room: Percent up to which a label may begin.
        """
        ticks: list[Tick] = []
        for piece in self._pieces:
            if piece.broken:
                continue
            width = piece.right - piece.left
            length = piece.end - piece.start
            step = _step(length / max(1.0, width / _TICK_EVERY))
            after_break = piece.start > 0
            base = in_words(timedelta(seconds=piece.start)) if after_break else "0"
            taken = piece.left
            # The break that follows has its own label, which begins with it.
            edge = room if piece is self._pieces[-1] else min(room, piece.right - _TICK_EVERY * 0.3)
            ticks.append(Tick(piece.left, base))
            count = int(length / step + 1e-9)
            for number in range(1, count + 1):
                place = self.at(piece.start + number * step)
                # The last label needs room to its right, and none may touch the one before.
                if place - taken < _TICK_EVERY * 0.6 or place > edge:
                    continue
                label = in_words(timedelta(seconds=number * step))
                ticks.append(Tick(place, f"+{label}" if after_break else label))
                taken = place
        return ticks


def _breaks(end: float, idle: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    longest = sorted(idle, key=lambda stretch: stretch[0] - stretch[1])[:_MOST_BREAKS]
    # In whole microseconds: the parts of a run add up to all of it, and of floats a speck would be left to enlarge.
    whole = rest = _micros(end)
    for count, (start, to) in enumerate(longest, 1):
        length = _micros(to) - _micros(start)
        rest -= length
        if length < _WORTH * whole:
            break
        if 0 < rest < _SQUEEZED * whole:
            return sorted(longest[:count])
    return []


def _micros(seconds: float) -> int:
    return round(seconds * 1e6)


def _step(least: float) -> float:
    if least >= 1:
        return next((float(step) for step in _SEXAGESIMAL if step >= least), 86400.0 * max(1, round(least / 86400)))
    power = 1e-6
    while power * 10 <= least:
        power *= 10
    return next(power * step for step in _STEPS if power * step >= least * 0.999)
