"""What a notebook's IPython learns from the Lab: to be interrupted while a cell awaits, and to read tables as text."""

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


def read_as_text(shell: Any) -> None:
    """Let a pandas ``Styler`` say its table as plain text, too; pandas itself gives only the object's name.

    Args:
        shell: The notebook's IPython shell.
    """
    # By name: pandas is not imported before a chapter needs it.
    plain = shell.display_formatter.formatters["text/plain"]
    plain.for_type_by_name("pandas.io.formats.style", "Styler", _as_text)


def _as_text(styler: Any, printer: Any, _: bool) -> None:
    printer.text(styler.data.round(2).to_string())
