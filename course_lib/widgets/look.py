"""The look of everything that the course draws: one stylesheet, one callout, one way to show a view.

Text, background and borders take JupyterLab's theme variables. The status colours are the course's own, one set for
light themes and one for dark ones, with at least 4.5 : 1 against the page as text.
"""

import html
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["note", "warning", "tryit", "ok", "fail", "info", "error"]

# Word and icon stand beside the colour, so a callout reads the same without colours.
_KINDS: dict[str, tuple[str, str, str]] = {
    "note": ("ℹ", "Note", "info"),
    "info": ("ℹ", "Info", "info"),
    "tryit": ("▷", "Try it", "wait"),
    "warning": ("▲", "Warning", "warn"),
    "ok": ("✓", "Passed", "ok"),
    "fail": ("✗", "Not yet", "bad"),
    "error": ("!", "Error", "bad"),
}

# Control characters but tab and newline: they are not allowed in HTML, and a terminal obeys some of them.
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")

# JupyterLab and Notebook mark the theme on the body, VS Code by a class.
_DARK = '[data-jp-theme-light="false"] .tc, .vscode-dark .tc'
_LIGHT_COLOURS = (
    "--tc-ok:#1b7f3b;--tc-bad:#c62828;--tc-warn:#9a5b00;--tc-info:#1565c0;--tc-wait:#6a45b8;--tc-quiet:#5f6b7a;"
    "--tc-ok-bg:#d9f0df;--tc-bad-bg:#fbdedd;--tc-warn-bg:#fdebcb;--tc-info-bg:#dbe9fb;--tc-wait-bg:#e9e1f9;"
    "--tc-quiet-bg:#e6e9ed;"
)
_DARK_COLOURS = (
    "--tc-ok:#6fd58c;--tc-bad:#ff8f87;--tc-warn:#f5bd5c;--tc-info:#7fb8ff;--tc-wait:#c2a8ff;--tc-quiet:#a7b1bf;"
    "--tc-ok-bg:#1d4a2a;--tc-bad-bg:#5c2523;--tc-warn-bg:#56400f;--tc-info-bg:#1c3f66;--tc-wait-bg:#43336b;"
    "--tc-quiet-bg:#3a4149;"
)

STYLE = (
    f".tc{{{_LIGHT_COLOURS}color:var(--jp-ui-font-color1,inherit);font-family:var(--jp-ui-font-family,sans-serif);"
    "font-size:13px;line-height:1.45;margin:6px 0}"
    f"{_DARK}{{{_DARK_COLOURS}}}"
    ".tc a{color:var(--jp-content-link-color,var(--tc-info))}"
    # Thrice .tc: JupyterLab's own rules for tables and code in outputs are more specific than one class.
    ".tc.tc.tc code,.tc.tc.tc pre{font-family:var(--jp-code-font-family,monospace);font-size:12px;"
    "background:none;color:inherit;padding:0}"
    ".tc.tc.tc pre{margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4}"
    ".tc-quiet{color:var(--jp-ui-font-color2,var(--tc-quiet))}"
    ".tc-ok{color:var(--tc-ok)}.tc-bad{color:var(--tc-bad)}.tc-warn{color:var(--tc-warn)}"
    ".tc-info{color:var(--tc-info)}.tc-wait{color:var(--tc-wait)}"
    ".tc-box{border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));border-radius:6px;padding:8px 12px;"
    "background:var(--jp-layout-color1,transparent);max-width:1100px;box-sizing:border-box}"
    ".tc-callout{border-left:4px solid var(--tc-tone);padding:6px 12px;background:rgba(128,128,128,.08);"
    "border-radius:0 4px 4px 0;max-width:1100px;overflow-wrap:anywhere;box-sizing:border-box}"
    ".tc-callout>.tc-title{font-weight:600;margin-bottom:2px}.tc-title .tc-icon{color:var(--tc-tone);margin-right:6px}"
    ".tc-body{white-space:pre-wrap}"
    ".tc-facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 16px;margin-top:4px}"
    ".tc-key{color:var(--jp-ui-font-color2,var(--tc-quiet))}.tc-value{overflow-wrap:anywhere}"
    # The head of a card: names, states, and a link at the right end.
    ".tc-head{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline}.tc-head b{font-size:14px}"
    ".tc-head .tc-last{margin-left:auto}"
    ".tc.tc.tc table{border-collapse:collapse;font-size:12px;margin:4px 0;table-layout:auto}"
    # JupyterLab stripes every second row of a table in an output.
    ".tc.tc.tc tr,.tc.tc.tc tr:nth-child(even){background:none}"
    ".tc.tc.tc th,.tc.tc.tc td{text-align:left;padding:2px 10px 2px 0;border:0;background:none;vertical-align:top}"
    # A label is never broken by a long value beside it.
    ".tc.tc.tc th{white-space:nowrap}.tc.tc.tc td{overflow-wrap:anywhere;white-space:normal}"
    ".tc.tc.tc th{color:var(--jp-ui-font-color2,var(--tc-quiet));font-weight:600}"
)


@dataclass(frozen=True)
class View:
    """Something to look at: HTML for a notebook, the same in words for everything else.

    Args:
        html: The whole HTML, escaped and with its stylesheet.
        text: The text twin; it says everything that the HTML says.
    """

    html: str
    text: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def escape(value: object) -> str:
    """Return a value as text that HTML shows and never obeys; control characters are dropped.

    Args:
        value: Anything; ``str(value)`` is shown.
    """
    return html.escape(_CONTROLS.sub("", str(value)), quote=True)


def plain(value: object) -> str:
    """Return a value as text that a terminal shows and never obeys.

    Args:
        value: Anything; ``str(value)`` is shown.
    """
    return _CONTROLS.sub("", str(value))


def shorten(value: object, limit: int) -> str:
    """Return a value on one line, cut in its middle when it is longer than the limit.

    Args:
        value: Anything; ``str(value)`` is shown.
        limit: Characters, at least 12.
    """
    text = str(value)
    # Cut before the white space is tidied: a payload of megabytes costs nothing then.
    flat = " ".join(text[: 4 * limit].split() if len(text) > 8 * limit else text.split())
    if len(text) <= 8 * limit and len(flat) <= limit:
        return flat
    tail = "" if len(text) > 8 * limit else flat[-(limit // 4) :]
    return f"{flat[: limit - len(tail) - 1]}…{tail}"


def page(body: str, text: str, *, style: str = "", label: str = "", role: str = "") -> View:
    """Return a view with the course's stylesheet.

    Args:
        body: HTML that is escaped already.
        text: The text twin.
        style: CSS of this kind of view, beside the shared one.
        label: What it is, for a screen reader.
        role: Its ARIA role.
    """
    aria = f' role="{role}"' if role else ""
    aria += f' aria-label="{escape(label)}"' if label else ""
    return View(f'<div class="tc"{aria}><style>{STYLE}{style}</style>{body}</div>', plain(text))


def callout(kind: Kind, title: str, text: str = "", *, html: str | None = None, words: str = "") -> View:
    """Return a callout: an icon, a word and a title, and below it a text.

    Args:
        kind: Which of the course's callouts; names the word, the icon and the colour.
        title: One line.
        text: The body in plain words; line breaks are kept.
        html: A body of prepared, escaped HTML that takes the text's place in a notebook.
        words: The whole text twin, if it is another one than icon, word, title and text.
    """
    icon, word, tone = _KINDS[kind]
    inner = html if html is not None else f'<div class="tc-body">{escape(text)}</div>' if text else ""
    body = (
        f'<div class="tc-callout" style="--tc-tone:var(--tc-{tone})"><div class="tc-title">'
        f'<span class="tc-icon" aria-hidden="true">{icon}</span>{word}: {escape(title)}</div>{inner}</div>'
    )
    words = words or f"{icon} {word}: {title}" + "".join(f"\n  {line}" for line in text.split("\n") if text)
    return page(body, words, role="status")


def facts(rows: Iterable[tuple[str, str, str]], code: Container[str] = ()) -> str:
    """Return facts as HTML, one below the other.

    Args:
        rows: Label, value, and a note that may be empty.
        code: The labels whose values are code.
    """
    cells = "".join(
        f'<div class="tc-key">{escape(label)}</div><div class="tc-value">'
        + (f"<code>{escape(value)}</code>" if label in code else escape(value))
        + (f' <span class="tc-quiet">· {escape(note)}</span>' if note else "")
        + "</div>"
        for label, value, note in rows
    )
    return f'<div class="tc-facts">{cells}</div>'


def link(url: str | None, words: str) -> str:
    """Return a link at the end of a line as HTML; nothing without an address, or with one that would run.

    Args:
        url: Where it leads; one that begins with ``/`` stays on this host.
        words: What stands there.
    """
    if url is None or not re.match(r"https?://|/(?!/)", url):  # a `javascript:` one would run
        return ""
    return f'<a href="{escape(url)}" class="tc-last" target="_blank" rel="noopener">{escape(words)} ↗</a>'


def stack(views: Iterable[View]) -> View:
    """Return several views below each other as one.

    Args:
        views: From top to bottom.
    """
    shown = list(views)
    return View("".join(view.html for view in shown), "\n\n".join(view.text for view in shown))
