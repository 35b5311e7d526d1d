"""What is different between two runs, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from course_lib.history import Span
from course_lib.history.moments import in_words
from course_lib.widgets.timeline.lanes import KINDS
from course_lib.widgets.timeline.signs import BAD, ICONS, WORDS

# A difference in time that is worth a word: so much longer, and at least so long.
_FACTOR = 1.25
_LEAST = timedelta(milliseconds=150)
_MOST = 10

_MARKS = {"⇄ other Worker": "another Worker took over", "↺ replay": "the run was replayed from its history"}

_Key = tuple[str, str]


@dataclass
class _Lane:
    """What one run has of one activity, timer, child …

    Args:
        items: How many there were.
        attempts: Attempts of all of them together.
        bad: Attempts that failed or timed out.
        longest: From being asked for to the end, the longest of them.
    """

    items: set[int] = field(default_factory=set)
    attempts: int = 0
    bad: int = 0
    first: dict[int, Span] = field(default_factory=dict)
    longest: timedelta = timedelta()


def differences(a: Sequence[Span], b: Sequence[Span]) -> list[str]:
    """Return how two runs differ: outcome, what only one of them has, how often, how many attempts, how long.

    Args:
        a: The spans of the first run.
        b: The spans of the second run.
    """
    if not a or not b:
        which = "A and B have" if not a and not b else "A has" if not a else "B has"
        return [f"{which} no events yet."]
    first, second = lanes = _lanes(a), _lanes(b)
    said = [_outcome(a, b)]
    for name, mine, other in (("A", first, second), ("B", second, first)):
        only = [_called(key) for key in mine if key not in other and key[0] != "mark"]
        if only:
            said.append(f"Only {name} has {_list(only)}.")
    for key in (key for key in lanes[0] if key in lanes[1]):
        said += _lane(key, lanes[0][key], lanes[1][key])
    said += _marks(a, b)
    if len(said) == 1:
        said.append("Both did the same, and as often.")
    rest = len(said) - _MOST
    return [*said[:_MOST], f"And {rest} more differences."] if rest > 1 else said


def _lanes(spans: Iterable[Span]) -> dict[_Key, _Lane]:
    lanes: dict[_Key, _Lane] = {}
    for span in spans:
        if span.kind == "workflow":
            continue
        # The number in the name of a timer without a summary says nothing about what it is for.
        name = span.lane if span.kind != "timer" or span.name.startswith("timer ") else span.name
        lane = lanes.setdefault((span.kind, name), _Lane())
        lane.items.add(span.first_event)
        lane.attempts += 1
        lane.bad += span.status in BAD
        begun = lane.first.setdefault(span.first_event, span)
        if span.end is not None:
            lane.longest = max(lane.longest, span.end - (begun.waited_from or begun.start))
    return lanes


def _outcome(a: Sequence[Span], b: Sequence[Span]) -> str:
    words, lengths = [], []
    types = {span.name for span in (*a, *b) if span.kind == "workflow"}
    for name, spans in (("A", a), ("B", b)):
        head = next((span for span in spans if span.kind == "workflow"), spans[0])
        last = next((span for span in reversed(spans) if span.kind == "workflow"), head)
        length = last.end - head.start if last.end else None
        lengths.append(length)
        after = f" in {in_words(length)}" if length is not None else " so far"
        called = f"{name} ({head.name})" if len(types) > 1 else name
        words.append(f"{called} {ICONS[last.status]} {WORDS[last.status]}{after}")
    text = "; ".join(words)
    if lengths[0] is not None and lengths[1] is not None:
        more = lengths[1] - lengths[0]
        if abs(more) > _LEAST and _apart(lengths[0], lengths[1]):
            text += f": B took {in_words(abs(more))} {'longer' if more > timedelta() else 'less'}"
    return f"{text}."


def _lane(key: _Key, a: _Lane, b: _Lane) -> list[str]:
    name, kind = _called(key), key[0]
    found = []
    if len(a.items) != len(b.items):
        found.append(f"{len(a.items):,} in A, {len(b.items):,} in B")
    if kind == "activity" and (a.attempts, a.bad) != (b.attempts, b.bad) and (a.bad or b.bad):
        found.append(f"{_attempts(a)} in A, {_attempts(b)} in B")
    elif a.bad != b.bad:
        found.append(f"{a.bad} failed in A, {b.bad} in B")
    if kind not in ("workflow_task", "signal", "marker", "mark", "query") and _apart(a.longest, b.longest):
        found.append(f"{in_words(a.longest)} in A, {in_words(b.longest)} in B")
    return [f"{name}: {'; '.join(found)}."] if found else []


def _marks(a: Sequence[Span], b: Sequence[Span]) -> list[str]:
    said = []
    for name, spans in (("A", a), ("B", b)):
        names = [span.name for span in spans if str(span.kind) == "mark"]
        for mark in dict.fromkeys(names):
            said.append(f"In {name} {_MARKS.get(mark, mark)}, {_times(names.count(mark))}.")
    return said


def _apart(a: timedelta, b: timedelta) -> bool:
    short, long = sorted((a, b))
    return long - short > _LEAST and long > short * _FACTOR


def _attempts(lane: _Lane) -> str:
    count = f"{lane.attempts} attempt{'s' if lane.attempts != 1 else ''}"
    return f"{count} ({lane.bad} failed)" if lane.bad else count


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _called(key: _Key) -> str:
    kind, name = key
    word = KINDS.get(kind, kind)
    return name if not word or name.startswith(word) else f"{word} {name}"


def _list(names: Sequence[str]) -> str:
    shown = list(names[:5])
    if len(names) > 5:
        shown.append(f"{len(names) - 5} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
