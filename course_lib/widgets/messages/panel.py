"""The message panel: a card for every signal, query and update of one workflow, and the run itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import ipywidgets

from course_lib.errors import CourseError
from course_lib.private.sdk import message_name
from course_lib.widgets.look import STYLE, callout, escape, plain
from course_lib.widgets.messages.card import Card, outcomes_html
from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.fields import styled
from course_lib.widgets.messages.handlers import KINDS, Kind
from course_lib.widgets.messages.outcome import Outcome
from course_lib.widgets.messages.sent import Sent
from course_lib.widgets.messages.values import Faulty
from course_lib.widgets.panel import Panel

_HEADINGS: dict[Kind, tuple[str, str, str]] = {
    "signal": ("⚑", "Signals", "stored in the history at once; nothing comes back"),
    "query": ("?", "Queries", "a look inside; nothing is stored"),
    "update": ("⇄", "Updates", "checked, then carried out; a result comes back"),
}
_STYLE = STYLE + Path(__file__).with_name("messages.css").read_text(encoding="utf-8")


class MessagePanel(Panel):
    """Buttons and typed fields for every message that a workflow takes.

    Code can press them, too: `send`, `ask` and `update` check and send as the buttons do, and the cards show it.

    Args:
        desk: Sends the messages.
        note: What is to be known before anything is sent; may be empty.

    Attributes:
        cards: By kind and name, for example ``panel.cards["signal", "approve"]``; empty until the panel is shown.
    """

    every = 1.0

    def __init__(self, desk: Desk, note: str = "") -> None:
        super().__init__()
        self.desk = desk
        self.note = note
        self.title = f"Messages to {desk.handle.id}"
        self.cards: dict[tuple[Kind, str], Card] = {}
        self._reason: Any = None
        desk.subscribe(self.changed)

    # ------------------------------------------------------------ from code

    def send(self, signal: str | Callable[..., Any], *args: Any, **named: Any) -> Sent[Outcome]:
        """Send a signal, as its button does.

        It is under way when this returns. ``await panel.send("approve", order)`` waits until the server has stored it.

        Args:
            signal: Its name, or the method of the workflow class.
            *args: Its arguments; they are checked first.
            **named: Arguments by the names of parameters.

        Returns:
            To be awaited: the outcome, with the number of its event.

        Raises:
            CourseError: There is no such signal, or an argument is no value of its type. Nothing was sent.
        """
        return self._deliver("signal", signal, args, named)

    def ask(self, query: str | Callable[..., Any], *args: Any, **named: Any) -> Sent[Any]:
        """Ask a query, as its button does: ``print(await panel.ask("status"))``.

        Args:
            query: Its name, or the method of the workflow class.
            *args: Its arguments; they are checked first.
            **named: Arguments by the names of parameters.

        Returns:
            To be awaited: the answer. Awaiting raises what ``handle.query`` raises.

        Raises:
            CourseError: There is no such query, or an argument is no value of its type. Nothing was sent.
        """
        return self._deliver("query", query, args, named).then(lambda outcome: outcome.value)

    def update(self, update: str | Callable[..., Any], *args: Any, **named: Any) -> Sent[Any]:
        """Send an update, as its button does: ``await panel.update("change_address", "Elm Street 2")``.

        Args:
            update: Its name, or the method of the workflow class.
            *args: Its arguments; they are checked first.
            **named: Arguments by the names of parameters.

        Returns:
            To be awaited: the result; the outcome instead when it was accepted, and nothing moves that would end it.
            Awaiting raises ``WorkflowUpdateFailedError`` when it was rejected or failed, as the SDK does.

        Raises:
            CourseError: There is no such update, or an argument is no value of its type. Nothing was sent.
        """
        sent = self._deliver("update", update, args, named)
        return sent.then(lambda outcome: outcome.value if outcome.has_value else outcome)

    def cancel(self) -> Sent[Outcome]:
        """Request the run's cancellation, as its button does."""
        return self.desk.cancel()

    def terminate(self, reason: str = "") -> Sent[Outcome]:
        """Terminate the run, as its button does.

        Args:
            reason: Stands in the history.
        """
        return self.desk.terminate(reason)

    def _deliver(self, kind: Kind, called: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Sent[Outcome]:
        name = called if isinstance(called, str) else message_name(kind, called)
        handler = self.desk.handler(kind, name)
        try:
            values = self.desk.arguments(handler, args, named)
        except Faulty as error:
            raise CourseError(
                f"{name}: nothing was sent.", tried=[str(fault) for fault in error.faults],
                fix=f"call it as {handler.signature()}.",
            ) from None  # fmt: skip
        return self.desk.deliver(handler, name, values)

    # ------------------------------------------------------------ the widgets

    @cached_property
    def cancel_button(self) -> Any:
        """Requests the run's cancellation. Made when it is asked for: `Lab.your_turn` presses it where nobody looks."""
        tip = "Request the workflow's cancellation: its code may clean up, or refuse"
        return self.button("Cancel", tip, self.cancel)

    @cached_property
    def terminate_button(self) -> Any:
        """Terminates the run."""
        tip = "End the run at once: its code is not asked"
        return self.button("Terminate", tip, lambda: self.terminate(self._reason.value.strip() if self._reason else ""))

    def build(self) -> None:
        """See `Panel.build`."""
        self._top = ipywidgets.HTML()
        self._heads: dict[Kind, Any] = {}
        rows: list[Any] = [ipywidgets.HTML(f"<style>{_STYLE}</style>"), self._top]
        for kind in KINDS:
            cards = [Card(handler, self.desk) for handler in self.desk.handlers if handler.kind == kind]
            if cards:
                self._heads[kind] = ipywidgets.HTML()
                rows += [self._heads[kind], *(card.widget for card in cards)]
            self.cards |= {(kind, card.handler.name or "*"): card for card in cards}
        rows.append(self._the_run())
        self.assemble(*rows, label=self.title)
        self.widget.add_class("tcm")

    def _the_run(self) -> Any:
        self._reason = ipywidgets.Text(description="reason", placeholder="stands in the history")
        for button in (self.cancel_button, self.terminate_button):
            button.add_class("tcm-send")
        self._ended = styled(ipywidgets.HTML(), "tcm-said")
        head = ipywidgets.HTML(_heading("■", "The run itself", "to end it is a message, too"))
        row = styled(ipywidgets.HBox([self.cancel_button, self.terminate_button, self._reason]), "tcm-card", "tcm-row")
        return ipywidgets.VBox([head, row, self._ended])

    async def look(self) -> None:
        """See `Panel.look`."""
        await self.desk.look()
        # Of a closed run a new one may begin, and Workers that answer queries come and go.
        self.every = 3.0 if self.desk.state.closed else 1.0
        self.changed()

    def draw(self) -> None:
        """See `Panel.draw`."""
        state = self.desk.state
        self._top.value = top_html(self.title, self.desk, self.note)
        for kind, heading in self._heads.items():
            icon, word, hint = _HEADINGS[kind]
            reason = state.reason(kind)
            heading.value = _heading(icon, word, reason or state.note(kind) or hint, warn=bool(reason))
        for card in self.cards.values():
            if self.looks:
                card.tick()
            card.draw()
        for button in (self.cancel_button, self.terminate_button):
            button.disabled = state.closed or bool(state.error)
        self._ended.value = outcomes_html(self.desk.run_outcomes)

    def text(self) -> str:
        """See `Panel.text`."""
        desk = self.desk
        lines = [f"{self.title}: {desk.state.words()}", *plain(self.note).splitlines()]
        for kind in KINDS:
            mine = [handler for handler in desk.handlers if handler.kind == kind]
            if not mine:
                continue
            why = desk.state.reason(kind) or desk.state.note(kind)
            lines.append(f"{_HEADINGS[kind][1]}{f' ({why})' if why else ''}")
            for handler in mine:
                lines.append(f"  {handler.signature()}{f': {handler.help}' if handler.help else ''}")
                for outcome in desk.outcomes(handler)[:1]:
                    lines += [f"    {line}" for line in outcome.text().split("\n")]
        lines += [f"The run itself: {outcome.text()}" for outcome in desk.run_outcomes[:1]]
        return "\n".join(lines)


def top_html(title: str, desk: Desk, note: str) -> str:
    """Return the head of the panel as HTML: which workflow, how it stands, and what to know.

    Args:
        title: Which workflow.
        desk: What the panel is about.
        note: What is to be known before anything is sent; may be empty.
    """
    state = desk.state
    status, dot, rest = state.words().partition(" · ")
    rest = dot + rest
    icon, tone = ("!", "bad") if state.error else ("■", "quiet") if state.closed else ("●", "ok")
    shown = (
        f'<div class="tc" role="status"><b>{escape(title)}</b> '
        f'<span class="tc-{tone}"><span aria-hidden="true">{icon}</span> {escape(status)}</span>'
        f'<span class="tc-quiet">{escape(rest)}</span></div>'
    )
    first, _, more = note.partition("\n")
    return shown + (callout("warning", first, more).html if note else "")


def _heading(icon: str, word: str, hint: str, *, warn: bool = False) -> str:
    sign, tone = ("▲ ", "warn") if warn else ("", "quiet")
    return (
        f'<div class="tc tcm-section" role="status"><b><span aria-hidden="true">{icon}</span> {word}</b> '
        f'<span class="tc-{tone}">{sign}{escape(hint)}</span></div>'
    )
