"""A verdict as the learner sees it."""

from course_lib.grading.verdict import Outcome, Part, Verdict, events_note
from course_lib.widgets.look import Kind, View, callout, escape
from course_lib.widgets.prose import inline

_KINDS: dict[Outcome, Kind] = {
    Outcome.PASSED: "ok",
    Outcome.FAILED: "fail",
    Outcome.UNATTEMPTED: "info",
    Outcome.ERROR: "error",
}
_NOTES = {
    Outcome.UNATTEMPTED: "not attempted yet",
    Outcome.ERROR: "the check could not be carried out",
}
# JupyterLab's own rules for lists and cells of a table are stronger than a class, so these stand in the elements.
_LIST = "list-style:none;margin:4px 0;padding:0"
_CELL = "text-align:left;padding:1px 10px 1px 0"
_MARK = "display:inline-block;width:16px;font-weight:700"


def verdict_view(verdict: Verdict) -> View:
    """Return a verdict: what was run, every part with its evidence, one next step.

    Args:
        verdict: From ``grading.grade``.
    """
    good = sum(part.ok for part in verdict.parts)
    note = "" if verdict.passed else _NOTES.get(verdict.outcome) or f"{good} of {len(verdict.parts)} parts hold"
    title = f"{verdict.exercise} {verdict.title}".rstrip() + (f" · {note}" if note else "")
    body = []
    if verdict.ran:
        body.append(f'<div class="tc-quiet">What was run: <code>{escape(verdict.ran)}</code></div>')
    if verdict.parts:
        body.append(f'<ul style="{_LIST}">{"".join(map(_part, verdict.parts))}</ul>')
    if verdict.error:
        body.append(f'<div class="tc-body">{inline(verdict.error)}</div>')
    if verdict.next_step:
        body.append(f"<div><b>Next:</b> {inline(verdict.next_step)}</div>")
    if verdict.outcome in (Outcome.FAILED, Outcome.UNATTEMPTED):
        body.append(f'<div class="tc-quiet">Stuck? Run <code>lab.hint("{escape(verdict.exercise)}")</code></div>')
    if verdict.outcome is Outcome.PASSED:
        body.append(f'<div class="tc-quiet">Compare: <code>lab.solution("{escape(verdict.exercise)}")</code></div>')
    return callout(_KINDS[verdict.outcome], title, html="".join(body), words=verdict.text())


def _part(part: Part) -> str:
    icon, word, tone = ("✓", "holds", "ok") if part.ok else ("✗", "does not hold", "bad")
    mark = f'<span class="tc-{tone}" style="{_MARK}" role="img" aria-label="{word}">{icon}</span>'
    rows = ""
    if not part.ok:
        cells = [("expected", part.expected, ""), ("seen", part.seen, events_note(part.events))]
        rows = "".join(
            f'<tr><th style="{_CELL}">{name}</th><td style="{_CELL}">{inline(value)}{escape(note)}</td></tr>'
            for name, value, note in cells
            if value
        )
    table = f'<table style="margin:0 0 4px 20px">{rows}</table>' if rows else ""
    return f'<li style="{_LIST}">{mark}{inline(part.label)}{table}</li>'
