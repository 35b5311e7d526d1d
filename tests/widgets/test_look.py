import re

import pytest

from course_lib.widgets.look import STYLE, callout, escape, page, plain, shorten, stack

EVIL = '<script>alert(1)</script><img src=x onerror="a()">&\x1b[31m\x00'


def test_escape_shows_markup_as_text() -> None:
    shown = escape(EVIL)
    assert "<" not in shown
    assert '"' not in shown
    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert shown.startswith("&lt;script&gt;")


def test_plain_keeps_lines_but_no_terminal_codes() -> None:
    assert plain("a\x1b[31mb\n\tc\x07") == "ab\n\tc"


@pytest.mark.parametrize("kind", ["note", "warning", "tryit", "ok", "fail", "info", "error"])
def test_a_callout_says_its_kind_without_colour(kind: str) -> None:
    view = callout(kind, EVIL, "first\nsecond")  # type: ignore[arg-type]
    bundle = view._repr_mimebundle_()
    assert 'role="status"' in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert "first\nsecond" in bundle["text/html"]
    first, *rest = bundle["text/plain"].split("\n")
    assert re.match(r"\S [A-Z][a-z ]+: <script>", first)
    assert rest == ["  first", "  second"]


def test_prepared_html_takes_the_place_of_the_text_in_the_notebook_only() -> None:
    view = callout("note", "t", "words", html="<b>words</b>")
    assert "<b>words</b>" in view.html
    assert "words" in view.text
    assert "<b>" not in view.text


def test_each_kind_of_status_colour_exists_for_light_and_dark() -> None:
    for name in ("ok", "bad", "warn", "info", "wait", "quiet"):
        assert len(re.findall(rf"--tc-{name}:#", STYLE)) == 2, name


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_status_colours_are_readable_on_either_background() -> None:
    for name in ("ok", "bad", "warn", "info", "wait", "quiet"):
        light, dark = re.findall(rf"--tc-{name}:(#[0-9a-f]{{6}})", STYLE)
        on_white = 1.05 / (_luminance(light) + 0.05)
        on_black = (_luminance(dark) + 0.05) / (_luminance("#111111") + 0.05)
        assert on_white >= 4.5, name
        assert on_black >= 4.5, name


def test_shorten_is_one_line_within_the_limit() -> None:
    assert shorten("a  b\nc", 20) == "a b c"
    assert len(shorten("x" * 100, 20)) == 20
    assert len(shorten("y" * 10_000_000, 40)) <= 40


def test_page_and_stack_keep_html_and_text_side_by_side() -> None:
    both = stack([page("<p>1</p>", "one", label='a"b'), page("<p>2</p>", "two")])
    assert both.html.index("<p>1</p>") < both.html.index("<p>2</p>")
    assert both.text == "one\n\ntwo"
    assert 'aria-label="a&quot;b"' in both.html
    assert repr(both) == both.text
