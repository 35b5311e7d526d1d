"""One handler as a card: its name and help, its form, its button, and what came of the last messages."""

from __future__ import annotations

import time
from typing import Any

import ipywidgets

from course_lib.widgets.look import escape
from course_lib.widgets.messages.desk import Desk
from course_lib.widgets.messages.fields import styled
from course_lib.widgets.messages.form import Form
from course_lib.widgets.messages.handlers import Handler
from course_lib.widgets.messages.outcome import Outcome, pretty
from course_lib.widgets.messages.values import Faulty

REFRESH = 2.0
_TITLES = {"signal": "Signal", "query": "Query", "update": "Update"}


class Card:
    """The card of one handler.

    Args:
        handler: What it is for.
        desk: Sends the message.

    Attributes:
        form: Its fields.
        button: Sends what was typed.
        auto: For a query, the box that has it asked again and again; None for others.
        widget: All of it.
    """

    def __init__(self, handler: Handler, desk: Desk) -> None:
        self.handler = handler
        self._desk = desk
        self._unsent = ""
        self._asked = 0.0
        self.form = Form(handler, desk)
        word = _TITLES[handler.kind]
        self.button = styled(ipywidgets.Button(description=word, tooltip=f"{word} {handler.label}"), "tcm-send")
        self.button.on_click(lambda _: self.press())
        self.form.on_enter(self.press)
        self.auto = self._auto() if handler.kind == "query" else None
        self._said = styled(ipywidgets.HTML(), "tcm-said")
        right = styled(ipywidgets.HBox([self.auto, self.button] if self.auto else [self.button]), "tcm-row")
        self.widget = styled(
            ipywidgets.Box([ipywidgets.HTML(head(handler)), self.form.widget, right, self._said]),
            "tcm-card", "tcm-grid", *["tcm-plain"] * (not self.form.fields),
        )  # fmt: skip

    def _auto(self) -> Any:
        return ipywidgets.Checkbox(
            value=False, description=f"every {REFRESH:g} s", indent=False,
            tooltip="Ask again while the panel is on the screen, until the run closes or the query fails",
        )  # fmt: skip

    def press(self) -> None:
        """Send what was typed, as the button does; what cannot be sent is said at its field."""
        if self.button.disabled:
            return
        before = self._unsent
        try:
            name, args = self.form.read()
        except Faulty as error:
            places = len(error.faults)
            self._unsent = "nothing was sent: see the field" + (f"s ({places} faults)" if places > 1 else " above")
            self._stop_asking()
        else:
            self._unsent = ""
            self._asked = time.monotonic()
            self._desk.deliver(self.handler, name, args)
        if self._unsent != before:  # what is sent draws itself; until then this thread leaves the other one alone
            self.draw()

    def tick(self) -> None:
        """Ask again if it is time to; called every second while the panel is on the screen."""
        if self.auto is None or not self.auto.value or self._desk.busy(self.handler):
            return
        if time.monotonic() - self._asked < REFRESH - 0.2:
            return
        last = next(iter(self._desk.outcomes(self.handler)), None)
        if self._desk.state.closed or (last is not None and last.state == "failed" and self._asked):
            self._stop_asking()
        else:
            self.press()

    def _stop_asking(self) -> None:
        self._asked = 0.0
        if self.auto is not None:
            self.auto.value = False

    def draw(self) -> None:
        """Show how it stands; on the kernel's loop."""
        reason = self._desk.state.reason(self.handler.kind)
        self.button.disabled = bool(reason) or self._desk.busy(self.handler)
        if self.auto is not None:
            self.auto.disabled = bool(reason)
        # What comes every two seconds is not to be read out every two seconds.
        live = self.auto is None or not self.auto.value
        self._said.value = outcomes_html(self._desk.outcomes(self.handler), self._unsent, live=live)


def head(handler: Handler) -> str:
    """Return a handler's name and help as HTML.

    Args:
        handler: Any.
    """
    extra = [handler.help] if handler.help else []
    if handler.validated:
        extra.append("Has a validator.")
    if handler.name is None:
        extra.append("A dynamic handler takes it.")
    help_line = f'<div class="tc-quiet">{escape(" ".join(extra))}</div>' if extra else ""
    name = f"<code>{escape(handler.name)}</code>" if handler.name else f"<i>{escape(handler.label)}</i>"
    return f'<div class="tc tcm-head">{name}{help_line}</div>'


def outcomes_html(outcomes: list[Outcome], unsent: str = "", *, live: bool = True) -> str:
    """Return what came of the last messages as HTML; of several answers only the newest is shown whole.

    Args:
        outcomes: The newest first.
        unsent: Why the last press sent nothing; empty when it did.
        live: Whether a screen reader says it.
    """
    role = ' role="status"' if live else ""
    lines = [f'<div class="tc-bad"><span aria-hidden="true">✗</span> {escape(unsent)}</div>'] if unsent else []
    lines += [_line(outcome, whole=number == 0) for number, outcome in enumerate(outcomes)]
    return f'<div class="tc"{role}>{"".join(lines)}</div>' if lines else ""


def _line(outcome: Outcome, *, whole: bool) -> str:
    icon = f'<span class="tc-{outcome.tone}" aria-hidden="true">{outcome.icon}</span>'
    value = f"<pre>{escape(pretty(outcome.value))}</pre>" if outcome.has_value and whole else ""
    return f'<div class="{"" if whole else "tc-quiet"}">{icon} {escape(outcome.words)}{value}</div>'
