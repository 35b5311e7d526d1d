"""Cells that hand over to the learner's hand, and never wait for it for ever."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from course_lib.lab.server_calls import asked
from course_lib.lab.waiting import NotSo
from course_lib.waits.until import Condition, holds

# How often a run that a press is about is looked at, seconds.
_LOOK = 0.5

Until = Callable[[Condition, str], Awaitable[None]]


def unattended() -> bool:
    """Return whether no human is there to press a button: under CI, nbval and nbconvert."""
    from course_lib.widgets.panel import interactive  # with ipywidgets: not in the first cell's time

    return bool(os.environ.get("CI") or os.environ.get("COURSE_STRICT")) or not interactive()


async def wait_for_press(
    button: Any,
    say: Callable[[str], None],
    ready: Condition | None,
    timeout: float,
    until: Until,
    over: Condition | None = None,
) -> None:
    """Wait until a button is pressed; press it when nobody does.

    In CI it is pressed as soon as ``ready`` holds; for a learner at the end of ``timeout``, and it is said. A button
    that cannot be pressed, and a moment that has passed, are said too, and end the wait. A server that goes away
    meanwhile is said and waited for, until the learner's time is up.

    Args:
        button: An ``ipywidgets.Button``.
        say: Shows one line to the learner; a later line replaces an earlier one.
        ready: What must hold before the course presses the button itself; the learner may press it any time.
        timeout: Seconds that a learner has.
        until: Waits for a condition, given in words, too, as `Lab.until`.
        over: What makes the press pointless, such as the end of the run that it is about.

    Raises:
        CourseError: The moment for the press did not come, or the server was still gone at the end.
    """
    pressed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_click(_: Any) -> None:
        loop.call_soon_threadsafe(pressed.set)

    button.on_click(on_click)
    name = f"“{button.description}”"
    try:
        if not await _enabled(button, name, until) and not unattended():
            say(f"{name} cannot be pressed now: what it does is done already. The notebook goes on.")
            return
        if not unattended():
            ask = f"Your turn: press {name} above. In {timeout:g} s the course presses it for you."
            match await _first(pressed, over, timeout, say, ask):
                case "pressed":
                    say(f"You pressed {name}.")
                    return
                case "over":
                    say(f"Too late for {name}: the run has ended meanwhile. Run this cell again for another attempt.")
                    return
            say(f"Nobody pressed {name} for {timeout:g} s, so the course does it now.")
        if ready is not None:
            await until(partial(_either, pressed, ready), f"the moment to press {name} has come")
        if not pressed.is_set():
            button.click()
            say(f"The course pressed {name}: nobody was there to do it.")
    finally:
        button.on_click(on_click, remove=True)


async def _either(pressed: asyncio.Event, ready: Condition) -> bool:
    return pressed.is_set() or await holds(ready)


async def _enabled(button: Any, name: str, until: Until) -> bool:
    """Return whether a button can be pressed; a panel that was just used may need a moment to enable it."""
    with contextlib.suppress(NotSo):
        await until(lambda: not getattr(button, "disabled", False), f"{name} can be pressed")
        return True
    return False


async def _first(
    pressed: asyncio.Event, over: Condition | None, timeout: float, say: Callable[[str], None], ask: str
) -> str:
    """Ask for the press and return what came first: "pressed", "over", or "" when nothing did within ``timeout``."""
    deadline = time.monotonic() + timeout
    gone, said = None, ""
    while time.monotonic() < deadline or pressed.is_set():
        now = ask if gone is None else f"{gone.what} To go on, {gone.start}: this cell waits for it."
        if now != said:
            say(now)
            said = now
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pressed.wait(), _LOOK)
            return "pressed"
        if over is not None:
            holds, gone = await asked(over)
            if holds:
                return "over"
    if gone is not None:
        raise gone
    return ""
