"""The panel where no widget can be used: the handlers with their parameters and help, and the last answers."""

from __future__ import annotations

from course_lib.widgets.look import View, escape, page
from course_lib.widgets.messages.card import outcomes_html
from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.handlers import KINDS, Kind

HEADINGS: dict[Kind, tuple[str, str, str]] = {
    "signal": ("⚑", "Signals", "stored in the history at once; nothing comes back"),
    "query": ("?", "Queries", "a look inside; nothing is stored"),
    "update": ("⇄", "Updates", "checked, then carried out; a result comes back"),
}
_STYLE = ".tc-static td:first-child{min-width:220px}.tc-static pre{margin:0}"


def static_view(desk: Desk, title: str, note: str) -> View:
    """Return the panel as a picture.

    Args:
        desk: What the panel is about.
        title: Which workflow.
        note: What the panel says above its handlers; may be empty.
    """
    blocks = []
    for kind in KINDS:
        rows = "".join(
            f"<tr><td><code>{escape(handler.signature())}</code></td><td>{escape(handler.help)}"
            f"{outcomes_html(desk.outcomes(handler))}</td></tr>"
            for handler in desk.handlers
            if handler.kind == kind
        )
        if rows:
            icon, heading, always = HEADINGS[kind]
            hint = escape(desk.state.reason(kind) or desk.state.note(kind) or always)
            blocks.append(
                f'<div><b><span aria-hidden="true">{icon}</span> {heading}</b> <span class="tc-quiet">{hint}</span>'
                f'</div><table class="tc-static"><tbody>{rows}</tbody></table>'
            )
    above = f"<b>{escape(title)}</b> {escape(desk.state.words())}"
    if note:
        above += f'<pre class="tc-warn">{escape(note)}</pre>'
    body = f'<div class="tc-box">{above}{"".join(blocks)}</div>'
    return page(body, words(desk, title, note), style=_STYLE, label=title)


def words(desk: Desk, title: str, note: str) -> str:
    """Return the panel in words.

    Args:
        desk: What the panel is about.
        title: Which workflow.
        note: What the panel says above its handlers; may be empty.
    """
    lines = [f"{title}: {desk.state.words()}", *note.splitlines()]
    for kind in KINDS:
        mine = [handler for handler in desk.handlers if handler.kind == kind]
        if not mine:
            continue
        why = desk.state.reason(kind) or desk.state.note(kind)
        lines.append(f"{HEADINGS[kind][1]}{f' ({why})' if why else ''}")
        for handler in mine:
            lines.append(f"  {handler.signature()}{f': {handler.help}' if handler.help else ''}")
            for outcome in desk.outcomes(handler)[:1]:
                lines += [f"    {line}" for line in outcome.text().split("\n")]
    lines += [f"The run itself: {outcome.text()}" for outcome in desk.run_outcomes[:1]]
    return "\n".join(lines)
