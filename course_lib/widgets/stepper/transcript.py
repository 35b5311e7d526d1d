"""A journey without a page that steps: a transcript in words, and the same as HTML that folds."""

from __future__ import annotations

from collections.abc import Iterator

from course_lib.replay.journeys import Journey, Step
from course_lib.widgets.look import View, escape, page, shorten
from course_lib.widgets.prose import inline
from course_lib.widgets.stepper import telling

_FIRST, _LAST = 60, 40  # steps of a longer run that are told; the live view has every one
_ITEMS = 20  # of one step's jobs, commands and waits
_VALUE = 300  # characters

_STYLE = (
    ".tc-st-static details{margin:2px 0}.tc-st-static summary{cursor:pointer}"
    ".tc-st-static .st-part{margin:0 0 6px 18px}.tc-st-static .st-part>div{white-space:pre-wrap;"
    "overflow-wrap:anywhere;padding-left:12px}"
)


def static(journey: Journey) -> View:
    """Return the whole journey, step by step: the form for a page without widgets, and the text twin.

    Args:
        journey: The replay.
    """
    steps = telling.offered(journey)
    head = f"Time travel through {journey.type} {journey.workflow_id}"
    runs = f"{journey.runs} runs, " if journey.runs > 1 else ""
    facts = f"{runs}{len(journey.steps)} step{'' if len(journey.steps) == 1 else 's'}, {len(journey.events)} events"
    html = [f"<div><b>{escape(head)}</b></div><div>{escape(facts)} · {escape(journey.outcome)}</div>"]
    text = [f"{head}: {facts}", f"  outcome: {journey.outcome}"]
    parting = _parting(journey)
    if parting:
        html.append(_section(parting[0], parting[1:]))
        text.extend([f"  {parting[0]}", *(f"    {line}" for line in _indented(parting[1:]))])
    left_out = len(steps) - _FIRST - _LAST
    for step in steps:
        if left_out > 0 and _FIRST <= step.number < _FIRST + left_out:
            if step.number == _FIRST:
                words = f"… {left_out:,} steps are left out here …"
                html.append(f'<div class="tc-quiet">{words}</div>')
                text.extend(["", words])
            continue
        headline = telling.headline(journey, step.number)
        headline = headline[0].upper() + headline[1:]
        told = list(_told(journey, step))
        html.append(
            f"<details><summary>{escape(headline)}</summary>"
            f"{''.join(_section(title, lines) for title, lines in told)}</details>"
        )
        text.extend(["", headline])
        for title, lines in told:
            text.append(f"  {title}")
            text.extend(f"    {line}" for line in _indented(lines))
    html.extend(f'<div class="tc-quiet">ℹ {escape(note)}</div>' for note in journey.notes)
    text.extend(f"  ({note})" for note in journey.notes)
    body = f'<div class="tc-box tc-st-static">{"".join(html)}</div>'
    return page(body, "\n".join(text), style=_STYLE, role="group", label=head)


def _parting(journey: Journey) -> list[str]:
    parting = journey.divergence
    if parting is None:
        return []
    line = f", line {parting.line}: {parting.source}" if parting.line else ""
    return [
        f"✗ Code and history part at step {parting.step + 1}",
        f"your code now{line}: {parting.issued}",
        f"the history says, event {parting.event_id}: {parting.expected}",
        *parting.text.split("\n"),
    ]


def _told(journey: Journey, step: Step) -> Iterator[tuple[str, list[str]]]:
    before = journey.steps[step.number - 1] if step.number else None
    yield f"Clock: {telling.clock(step.time)} ({telling.later(step, before)})", []
    if step.failed:
        yield "✗ This workflow task failed", [shorten(step.failed, _VALUE)]
    yield (
        f"Arrived with {telling.events(step)}",
        _some(list(step.jobs)) or ["the next attempt was told the same" if step.failed else "nothing new"],
    )
    yield "Commands issued", _some([telling.issued(command) for command in step.commands]) or ["none"]
    waits = []
    for wait in step.waits:
        place = f"line {wait.line}" if wait.line else "code of another file"
        waits.append(f"{wait.task}, {place}: waits for {wait.awaiting}" + (f"\n  {wait.source}" if wait.source else ""))
    if waits:
        yield "Waits", _some(waits)
    if variables := telling.variables(step):
        yield "Variables", [_variable(item) for item in variables]
    if step.answers:
        yield "Queries would answer", [f"{name}: {shorten(answer, _VALUE)}" for name, answer in step.answers.items()]


def _variable(item: telling.Variable) -> str:
    value, before = shorten(item.value, _VALUE), shorten(item.before or "", _VALUE)
    if item.word == "changed":
        return f"{item.name} = {before} → {value} (changed)"
    return f"{item.name} = {before if item.word == 'gone' else value}" + (f" ({item.word})" if item.word else "")


def _some(lines: list[str]) -> list[str]:
    return [*lines[:_ITEMS], f"and {len(lines) - _ITEMS:,} more"] if len(lines) > _ITEMS else lines


def _indented(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from line.split("\n")


def _section(title: str, lines: list[str]) -> str:
    inner = "".join(f"<div>{inline(line)}</div>" for line in lines)
    return f'<div class="st-part"><span>{escape(title)}</span>{inner}</div>'
