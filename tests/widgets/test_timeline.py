import random
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

from course_lib.history import Span
from course_lib.history.span import SpanKind, SpanStatus
from course_lib.widgets.timeline import draw, timeline_view
from course_lib.widgets.timeline.lanes import DRAWN, LANES, arrange
from course_lib.widgets.timeline.scale import Scale
from course_lib.widgets.timeline.signs import ICONS, WORDS
from course_lib.widgets.timeline.view import idle

_START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_EVIL = '<script>alert(1)</script>"><img src=x onerror=a()>'
_VOID = {"rect", "line", "path", "stop", "br", "img"}


def _at(seconds: float) -> datetime:
    return _START + timedelta(seconds=seconds)


def _span(
    kind: SpanKind, lane: str, start: float, end: float | None, status: SpanStatus = "completed", first: int = 5,
    **more: Any,
) -> Span:  # fmt: skip
    facts = {"name": lane, "attempt": None, "last_event": None if end is None else first + 2, "detail": ""}
    return Span(
        lane=lane, kind=kind, start=_at(start), end=None if end is None else _at(end), status=status,
        first_event=first, **{**facts, **more},
    )  # fmt: skip


def _run(end: float | None = 10.0, status: SpanStatus = "completed") -> Span:
    return _span("workflow", "OrderWorkflow", 0, end, status, first=1, name="OrderWorkflow")


class _Checker(HTMLParser):
    """Fails on what is not closed, and collects texts, tooltips and elements."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.titles if self.open and self.open[-1] == "title" else self.texts).append(data)


def _checked(html: str) -> _Checker:
    checker = _Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    return checker


def _tags(checker: _Checker) -> Iterable[str]:
    return (tag for tag, _ in checker.seen)


def test_lanes_labels_events_and_tooltips() -> None:
    view = draw(
        [_run(), _span("activity", "charge", 1, 3, detail="result 7"), _span("activity", "ship", 4, 9, first=11)],
        events=17, ui_url="http://127.0.0.1:8233/w", title="order-1",
    )  # fmt: skip
    checked = _checked(view.html)
    text = " ".join(checked.texts)
    for said in ("OrderWorkflow", "order-1", "charge", "ship", "✓ completed", "10 s", "17 events", "#5–7", "#11–13"):
        assert said in text, said
        assert said in view.text, said
    assert any("charge: ✓ completed 2 s\nevents 5–7\nresult 7" in title for title in checked.titles)
    assert '<a href="http://127.0.0.1:8233/w"' in view.html
    assert "http://127.0.0.1:8233/w" in view.text
    (chart,) = [attributes for tag, attributes in checked.seen if attributes.get("class") == "tl-svg"]
    assert chart["role"] == "img"
    assert "Timeline of order-1: ✓ completed" in (chart["aria-label"] or "")


@pytest.mark.parametrize("status", sorted(WORDS))
def test_every_status_is_told_by_icon_and_word_and_not_by_colour_alone(status: SpanStatus) -> None:
    end = None if status in ("running", "waiting") else 8.0 if status != "point" else 2.0
    span = _span("activity", "charge", 2, end, status)
    view = draw([_run(None if end is None else 10, "running" if end is None else "completed"), span])
    assert f"{ICONS[status]} {WORDS[status]}" in view.text
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", view.html)
    assert any(ICONS[status] in text for text in texts) or status == "point"
    if status in ("failed", "timed_out", "terminated"):
        assert 'fill="url(#tl-bad-' in view.html


def test_everything_from_outside_is_escaped() -> None:
    spans = [
        _span("workflow", _EVIL, 0, 10, first=1, detail=_EVIL),
        _span("activity", _EVIL, 1, 2, "failed", detail=_EVIL),
        _span("timer", "timers", 2, 9, name=_EVIL),
        _span("signal", _EVIL, 3, 3, "point", name=_EVIL),
        _span("marker", "other events", 4, 4, "point", name=_EVIL),
    ]
    view = draw(spans, title=_EVIL, ui_url='http://x/"><script>')
    assert not {"script", "img"} & set(_tags(_checked(view.html)))
    assert "javascript:" not in draw(spans, ui_url="javascript:alert(1)").html
    assert "<script>" in view.text  # as text it is only text


def test_open_spans_reach_the_right_edge_and_say_so() -> None:
    view = draw([_run(None, "running"), _span("activity", "charge", 4, None, "running")], now=_at(20))
    assert "16 s so far" in view.text
    assert "#5–" in view.text
    assert re.search(r'<rect class="bar" x="20.000%" [^>]*width="80.000%" [^>]*mask=', view.html)
    assert ">now</text>" in view.html


def test_attempts_share_a_row_and_are_numbered() -> None:
    attempts = [
        _span("activity", "charge", 0, 2, "failed", attempt=1, estimated=True),
        _span("activity", "charge", 4, 6, "failed", attempt=2, estimated=True, waited_from=_at(2)),
        _span("activity", "charge", 9, 10, "completed", attempt=3, waited_from=_at(6)),
    ]
    picture = arrange([_run(), *attempts], None)
    assert [len(lane.rows) for lane in picture.lanes] == [1, 1]
    view = draw([_run(), *attempts])
    assert view.html.count('class="wait again"') == 2
    assert "attempt 2" in view.text
    assert "≈ 2 s" in view.text
    assert "reckoned from the retry policy" in view.html
    assert "reckoned from the retry policy" in view.text


def test_what_overlaps_gets_rows_of_its_own() -> None:
    spans = [_span("activity", "charge", 1, 5, first=n) for n in (5, 8, 11)] + [
        _span("activity", "charge", 6, 7, first=14)
    ]
    lane = arrange([_run(), *spans], None).lanes[1]
    assert [len(row) for row in lane.rows] == [2, 1, 1]


def test_a_long_wait_is_shortened_and_said() -> None:
    spans = [
        _run(1000),
        _span("activity", "charge", 0.1, 2.0),
        _span("timer", "timers", 2.1, 999.0, name="cool-down"),
        _span("activity", "ship", 999.0, 1000.0),
    ]
    view = draw(spans)
    assert "// 16 min" in view.html
    assert "the time axis is shortened" in view.text
    assert "shortened" not in draw([_run(10), _span("activity", "slow", 0.1, 9.9)]).text


def test_scale_is_monotonous_from_edge_to_edge_with_and_without_breaks() -> None:
    for waits in ([], [(2.0, 999.0)]):
        scale = Scale(1000.0, waits)
        places = [scale.at(second / 10) for second in range(10001)]
        assert places == sorted(places)
        assert (places[0], round(places[-1], 6)) == (0.0, 100.0)
        assert len(scale.breaks) == len(waits)
        ticks = [tick.at for tick in scale.ticks()]
        assert ticks == sorted(ticks)
        assert 3 <= len(ticks) <= 12


@pytest.mark.parametrize("longest", [0.2, 3.0, 90.0, 86400.0])
def test_a_run_with_one_timer_fills_the_picture_however_long_its_parts_are(longest: float) -> None:
    drawn = random.Random(longest)
    for _ in range(500):
        # To the microsecond, as histories have it: their parts as floats do not add up to the whole.
        before, waited, after = (1 + drawn.randrange(round(top * 1e6)) for top in (0.05, longest, 0.05))
        ends = [before / 1e6, (before + waited) / 1e6, (before + waited + after) / 1e6]
        picture = arrange([_run(ends[2]), _span("timer", "timers", ends[0], ends[1])], None)
        scale = Scale(picture.end, idle(picture))
        assert scale.at(picture.end) == pytest.approx(100), ends
        assert len(scale.breaks) < 3, ends
        assert len(scale.ticks()) > 1, ends
        # What is shortened was worth it: nothing else looks longer for a break than what the break stands for.
        assert all(to - start > 0.18 * picture.end for start, to in scale.breaks), ends


def test_a_break_begins_with_no_label_but_its_own() -> None:
    view = draw([_run(30.06), _span("timer", "timers", 0.02, 30.02)])
    assert "// 30 s" in view.html
    assert ">20 ms</text>" not in view.html


@pytest.mark.parametrize("length", [0.0, 1e-5, 0.0042, 0.9, 7, 61, 4000, 86400 * 3, 86400 * 400])
def test_ticks_never_crowd_whatever_the_length(length: float) -> None:
    ticks = Scale(length).ticks()
    assert 1 <= len(ticks) <= 12
    assert len({tick.label for tick in ticks}) == len(ticks)


def test_very_many_spans_become_a_density_that_says_so() -> None:
    spans = [_span("activity", "import_row", n / 400, n / 400 + 0.2, "failed" if n == 17 else "completed", first=n)
             for n in range(5, 3005)]  # fmt: skip
    view = draw([_run(), _span("activity", "charge", 1, 2, first=2), *spans])
    checked = _checked(view.html)
    assert "3,000 spans in 1 lane are too many to draw" in " ".join(checked.texts)
    assert "3,000 spans" in view.text
    assert "2,999 completed, 1 failed" in view.text
    assert "#2–4" in view.text  # the small lane is still drawn
    assert len(view.html) < 150_000
    assert len(view.text.split("\n")) < 80
    assert len(list(_tags(checked))) < 6 * DRAWN


def test_very_many_lanes_are_merged() -> None:
    spans = [_span("activity", f"step_{n}", n / 20, n / 20 + 0.1, first=n * 3 + 5) for n in range(90)]
    view = draw([_run(), *spans])
    assert f"{91 - (LANES - 1)} more lanes" in view.html
    assert "step_0" in view.text


def test_a_run_without_length_and_one_without_events() -> None:
    _checked(draw([_run(0.0)]).html)
    empty = timeline_view(WorkflowHistory("w", []), title="order-1")
    assert "no events yet" in empty.text


def test_a_large_payload_is_cut_in_the_picture() -> None:
    view = draw([_run(), _span("activity", "charge", 1, 2, detail="x" * 5000)])
    assert len(view.text) < 2000
    table = view.html[view.html.index("<details>") :]
    assert len(table) < 4000


def test_every_svg_keeps_its_height_in_jupyterlab() -> None:
    # JupyterLab sets `height: auto` for each svg in an output; only an inline style outranks that.
    spans = [_span("signal", "approve", 3, 3, "point"), *(_span("activity", "x", 1, 2, first=n) for n in range(5, 99))]
    checked = _checked(draw([_run(), *spans]).html)
    drawn = [attributes for tag, attributes in checked.seen if tag == "svg"]
    assert len(drawn) == 3
    assert all((attributes["style"] or "") == f"height:{attributes['height']}px" for attributes in drawn)


def test_a_clock_that_jumped_says_so_and_how_long_it_really_took() -> None:
    timer = _span("timer", "timers", 1, 86_401, name="a day")
    view = draw([_run(86_402), timer, _span("marker", "virtual clock", 1, 86_400, "skipped", 6, name="time skipped")])
    assert "» skipped" in view.text
    note = "virtual clock: 23 h 59 min of it were skipped, 3 s really passed"
    assert note in view.text
    assert note in " ".join(_checked(view.html).texts)
