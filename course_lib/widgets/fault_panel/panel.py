"""The fault panel: looks at the shop while somebody looks at the panel, and turns the shop's switches."""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from course_lib import loops
from course_lib.shop import Faults, Shop
from course_lib.shop.faults import SERVICES
from course_lib.shop.looking import Look, Watcher
from course_lib.widgets.fault_panel import state
from course_lib.widgets.fault_panel.front import Requests, Switches
from course_lib.widgets.fault_panel.presses import carry_out
from course_lib.widgets.panel import Panel

_ALIVE = 1.0  # seconds between two looks at the shop's process
_ANSWERS = 5.0  # seconds between two questions whether it answers
_TOKENS = 50
_BUSY = {"start": "Starting the shop…"}


class FaultPanel(Panel):
    """Switches for what goes wrong at each service, bad days by name, and the requests as they come.

    The switches are the shop's: whoever turns one, here, in code or in another notebook, is seen here.

    Args:
        shop: Whose switches.

    Attributes:
        shop: The shop.
        shown: The shop as it was seen last.
        service: The only service whose requests are listed; None for all.
    """

    every = 0.25  # a look that finds nothing new costs 0.2 ms

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self.shop = shop
        self.shown = Look()
        self.service: str | None = None
        self._watcher = Watcher(shop.path)
        self._looking = threading.Lock()
        self._unreadable = self._stopped = ""
        self._checked = self._asked = 0.0
        self._turn: asyncio.Lock | None = None
        self._done: deque[str] = deque(maxlen=_TOKENS)
        self._said = ""
        self.refresh()

    @property
    def gone(self) -> str:
        """Why the shop cannot be used, in words; empty when it can."""
        return self._stopped or self._unreadable

    def refresh(self) -> None:
        """Look at the shop now."""
        self._check()
        self._look()

    # What is shown

    def build(self) -> None:
        """Make the widgets; an error stands between the switches and the long list."""
        self.switches, self.requests = Switches(), Requests()
        for widget in (self.switches, self.requests):
            widget.on_msg(self._heard)
        self.assemble(self.switches, self.requests, label="Shop faults")
        pulse, switches, requests, error = self.widget.children
        self.widget.children = (pulse, switches, error, requests)

    def draw(self) -> None:
        """Put the state into the widgets."""
        shown, listed = self.switches, self.requests
        with shown.hold_sync():
            shown.state = state.switches(self.shown)
            shown.gone, shown.busy, shown.said = self.gone, self.busy, self._said
            shown.done = list(self._done)
        with listed.hold_sync():
            listed.service = self.service or ""
            listed.rows = state.requests(self.shown, self.service)
            listed.counts = state.counts(self.shown, self.service)

    def text(self) -> str:
        """Return the switches in words and the last requests."""
        return state.text(self.shown, self.gone)

    # Inside

    def _look(self) -> None:
        with self._looking:
            try:
                self.shown = self._watcher.look(self.service)
                self._unreadable = ""
            except (sqlite3.Error, OSError) as error:
                self._unreadable = f"The shop's tables cannot be read: {error}. Run the chapter's first cell again."

    def _check(self) -> None:
        now = time.monotonic()
        if not self.shop.running():
            self._stopped = "The shop's process has ended. Its tables and switches are kept."
        elif self._stopped or now - self._asked > _ANSWERS:
            self._asked = now
            answers = self.shop.answers()
            self._stopped = "" if answers else "The shop's process does not answer. Its tables and switches are kept."
        self._checked = now

    def _ipython_display_(self) -> None:
        self.refresh()
        super()._ipython_display_()

    def _heard(self, _: object, content: Any, __: object) -> None:
        if not isinstance(content, dict):
            return
        if "filter" in content:
            self.service = content["filter"] if content["filter"] in SERVICES else None
            loops.background().submit(self._look_and_draw())
        elif isinstance(content.get("press"), dict):
            asked = dict(content["press"])
            self.press(asked.pop("control", ""), asked.pop("service", None), asked, str(content.get("token")))

    def press(self, control: str, service: str | None, values: dict[str, Any], token: str = "") -> "Future[Any]":
        """Have a press carried out in the background, after those before it.

        Args:
            control: Which control, see `carry_out`.
            service: Its service, for those that have one.
            values: What it was set to.
            token: What the browser calls this press.
        """
        # Not `act`: a second press does not have to wait for the first, they are carried out in turn.
        self.error, self.busy = "", _BUSY.get(control, "Waiting for the shop…")
        self.changed()

        async def in_turn() -> None:
            self._turn = self._turn or asyncio.Lock()
            try:
                async with self._turn:
                    await asyncio.to_thread(carry_out, self.shop, control, service, values)
                self._said = _words(control, service, values)
            finally:
                await asyncio.to_thread(self.refresh)
                self._done.append(token)

        return loops.background().submit(self._run(in_turn()))

    async def _look_and_draw(self) -> None:
        await asyncio.to_thread(self._look)
        self.changed()

    async def look(self) -> None:
        """See `Panel.look`."""
        before, gone = self.shown, self.gone
        if time.monotonic() - self._checked > _ALIVE:
            await asyncio.to_thread(self._check)
        await asyncio.to_thread(self._look)
        if self.shown is not before or self.gone != gone:
            self.changed()


def _words(control: str, service: str | None, values: dict[str, Any]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)
    return f"Set: {' '.join(part for part in (service, control.replace('_', ' '), told) if part)}."


_panels: dict[Path, FaultPanel] = {}


def fault_panel(shop: Shop) -> FaultPanel:
    """Return the panel of a shop: always the same one, so that a cell that runs again adds no second one.

    Args:
        shop: The shop.
    """
    panel = _panels.get(shop.path)
    if panel is None:
        panel = _panels[shop.path] = FaultPanel(shop)
    panel.shop = shop
    return panel


def show(faults: Faults) -> None:
    """Display the panel of some switches, for IPython's display formatter.

    Args:
        faults: The switches of a shop.
    """
    if isinstance(faults.owner, Shop):
        fault_panel(faults.owner)._ipython_display_()
    else:
        print(repr(faults))
