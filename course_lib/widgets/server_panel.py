"""The panel of the Temporal server: its health, its facts, and for the course's own one kill, start and restart."""

import asyncio
import time
from datetime import datetime
from typing import Any

import ipywidgets
from temporalio.client import Client

from course_lib import loops, server
from course_lib.errors import CourseError
from course_lib.server import Server, health
from course_lib.widgets.look import View, callout, escape, facts, link, page
from course_lib.widgets.panel import FRAME, Panel
from course_lib.widgets.server_words import LOST, NOT_OURS, SAFE, rows

_COUNT_EVERY = 10.0  # seconds: to find out who is connected means to look at all connections of this machine
_BACK_LIMIT = 60.0  # seconds that the notebook's own client gets to reach a server that has just been started
_STYLE = FRAME + ".tc-framed .tc.tc+.tc,.tc-framed .tc-note{margin-top:4px}"


class ServerPanel(Panel):
    """The panel of one server.

    It looks at the server every two seconds while a person can see it, and never else.

    Args:
        where: The server, as the notebook found it.
        client: The notebook's own client; what it sees is what the notebook's cells see.

    Attributes:
        kill_button: Kills the server with SIGKILL; None for a server that the course did not start, like the others.
        start_button: Starts it again.
        restart_button: Stops it in good order and starts it again.
    """

    every = 2.0

    def __init__(self, where: Server, client: Client) -> None:
        super().__init__()
        self.where = where
        self._client = client
        self._health: health.Health | None = None
        self._version = where.version
        self._since = datetime.now()
        self._facts = server.status() if where.owned else None
        self._others: int | None = None
        self._counted = -_COUNT_EVERY
        self._told = ""
        self._state, self._table, self._note = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.kill_button: Any = None
        self.start_button: Any = None
        self.restart_button: Any = None
        parts: list[Any] = [self._state, self._table]
        if where.owned:
            self.start_button = self.button(
                "Start", "Start the server again", lambda: self.act("starting…", self.start()), "success"
            )
            self.restart_button = self.button(
                "Restart", "Stop it in good order and start it again", lambda: self.act("restarting…", self.restart())
            )
            self.kill_button = self.button(
                "kill -9", "End the server at once (SIGKILL): no cleanup runs",
                lambda: self.act("killing…", self.kill()), "danger",
            )  # fmt: skip
            parts.append(self.row(*self._buttons()))
        self.assemble(*parts, self._note, label="Temporal server")
        self.widget.add_class("tc-framed")

    # What it shows

    def text(self) -> str:
        """Return the health, the facts and the buttons that can be pressed."""
        lines = [f"Temporal server: {self._sign()} {self._words()}"]
        lines += [f"  Web UI: {url}"] if (url := server.ui_url(self.where)) else []
        for label, value, note in self._rows():
            lines.append(f"  {label}: {value}" + (f" · {note}" if note else ""))
        usable = [button.description for button in self._buttons() if not button.disabled]
        lines += [f"  buttons: {', '.join(usable)}"] if self._buttons() else []
        lines += [f"  {line}" for line in (self._consequence(), self._told, *self.error.split("\n")) if line]
        return "\n".join(lines)

    def static(self) -> View:
        """Return the health and the facts as a picture."""
        note = self._note_html()
        body = f'<div class="tc-box">{self._head()}{facts(self._rows())}</div>{note}'
        return View(page(body, "", style=_STYLE, label=self.label).html, self.text())

    def draw(self) -> None:
        """Put the state into the widgets."""
        self._state.value = page(self._head(), "", style=_STYLE, role="status").html
        self._table.value = page(facts(self._rows()), "", style=_STYLE).html
        self._note.value = f'<div class="tc-note">{self._note_html()}</div>'
        if self.where.owned:
            runs = self._facts is not None and self._facts.pid is not None
            self.start_button.disabled = bool(self.busy) or runs
            self.restart_button.disabled = bool(self.busy) or not runs
            self.kill_button.disabled = bool(self.busy) or not runs

    @property
    def answers(self) -> bool:
        """Whether the server answered at the last look."""
        return self._health is not None and self._health.answers

    def _sign(self) -> str:
        return "◌" if self.busy or self._health is None else "●" if self._health.answers else "✖"

    def _words(self) -> str:
        if self.busy:
            return self.busy
        if self._health is None:
            return "not looked at yet"
        since = f"since {self._since:%H:%M:%S}"
        return "answers" if self._health.answers else f"not answering {since} ({self._health.reason})"

    def _head(self) -> str:
        tone = {"●": "tc-ok", "✖": "tc-bad", "◌": "tc-wait"}[self._sign()]
        return (
            f'<div class="tc-head"><b>Temporal server</b><span class="{tone}">{self._sign()} '
            f"{escape(self._words())}</span>{link(server.ui_url(self.where), 'Open the Web UI')}</div>"
        )

    def _rows(self) -> list[tuple[str, str, str]]:
        return rows(self.where, self._version, self._facts, self._others)

    def _in_memory(self) -> bool:
        return self._facts is not None and self._facts.database is None

    def _consequence(self) -> str:
        if not self.where.owned:
            return NOT_OURS[self.where.origin]
        return LOST if self._in_memory() else SAFE

    def _note_html(self) -> str:
        told = page(f"<div>ℹ {escape(self._told)}</div>", "", style=_STYLE, role="status").html if self._told else ""
        if self._in_memory():
            return told + callout("warning", "kill -9 and Restart lose every workflow", self._consequence()).html
        return told + page(f'<div class="tc-quiet">{escape(self._consequence())}</div>', "", style=_STYLE).html

    def _buttons(self) -> list[Any]:
        return [self.start_button, self.restart_button, self.kill_button] if self.where.owned else []

    def _ipython_display_(self) -> None:
        if self._health is None:
            # An executed notebook shows what is so, not that nobody has looked.
            loops.background().run(self.look(), 2 * health.LOOK_LIMIT)
        super()._ipython_display_()

    # What it does

    async def look(self) -> bool:
        """Look at the server once; return whether it answers."""
        seen = await health.look(self._client)
        if self._health is None or seen.answers != self._health.answers:
            self._since = datetime.now()
        self._health = seen
        self._version = seen.version or self._version
        if self.where.owned:
            await asyncio.to_thread(self._find_out)
        self.changed()
        return seen.answers

    def _find_out(self) -> None:
        before, self._facts = self._facts, server.status()
        moved = before is None or before.pid != self._facts.pid
        if moved or time.monotonic() - self._counted > _COUNT_EVERY:
            self._counted = time.monotonic()
            state = self._facts.state
            self._others = health.other_notebooks(state) if state else None

    async def kill(self) -> None:
        """Kill the server with SIGKILL, as a crash does: no cleanup runs. It is not started again by itself.

        Raises:
            CourseError: The course did not start this server.
        """
        self._must_own("kill")
        pid = await server.kill()
        self._told = f"Killed at {datetime.now():%H:%M:%S}: pid {pid}, by SIGKILL." if pid else "It did not run."
        await self.look()

    async def start(self) -> None:
        """Start the server again and wait until the notebook's own client reaches it.

        Raises:
            CourseError: The course did not start this server, or it cannot be started, or not at its address.
        """
        self._must_own("start")
        await self._come_back("Started", server.ensure())

    async def restart(self) -> None:
        """Stop the server in good order, start it again and wait until the notebook's own client reaches it.

        Raises:
            CourseError: As `start`.
        """
        self._must_own("restart")
        await self._come_back("Restarted", server.restart())

    async def _come_back(self, verb: str, action: Any) -> None:
        begun = time.monotonic()
        found = await action
        if found.address != self.where.address:
            raise CourseError(
                f"The server is now at {found.address}: its old address {self.where.address} was taken.",
                fix="run the chapter's first cell again, then the cells of your Workers.",
            )
        while not await self.look():
            if time.monotonic() - begun > _BACK_LIMIT:
                raise CourseError(
                    f"The server runs, but this notebook's client did not reach it within {_BACK_LIMIT:g} s.",
                    fix="run the chapter's first cell again.",
                )
            await asyncio.sleep(0.1)
        took = time.monotonic() - begun
        self._told = f"{verb} at {datetime.now():%H:%M:%S}; this notebook's client reached it after {took:.1f} s."

    def _must_own(self, verb: str) -> None:
        if not self.where.owned:
            raise CourseError(f"The course cannot {verb} this server.", tried=[NOT_OURS[self.where.origin]])
