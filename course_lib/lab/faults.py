"""The shop's faults belong to a chapter: they end with it, and the notebook shows them as a panel."""

import atexit
from typing import Any

from IPython.display import display

from course_lib.shop import Faults, Shop

_LIMIT = 5.0  # seconds that the shop gets; it answers within milliseconds
_AT_EXIT = 0.5  # seconds, for each of two requests: the kernel is about to be killed

_open: dict[str, Shop] = {}


def begin(shop: Shop) -> None:
    """Open a chapter with a shop that works, and let it work again when the kernel ends.

    A kernel that was killed could not do that; then what it left on is cleared and told here.

    Args:
        shop: The chapter's shop.
    """
    end(shop, "They were still on from before. A chapter begins with a shop that works.")
    shop.faults.clear()  # once more, for a shop that was too busy: this one raises
    if not _open:
        atexit.register(_at_exit)
    _open[shop.name] = shop


def end(shop: Shop, why: str) -> None:
    """Clear the faults, and say so if any was on. A shop that is not there is left alone.

    Args:
        shop: The chapter's shop.
        why: Why they end here, one sentence.
    """
    if on := shop.calm(_LIMIT):
        from course_lib.widgets.look import callout

        display(callout("info", f"Faults cleared: {', '.join(on)}", why))  # type: ignore[no-untyped-call]


def show_as_panel(shell: Any) -> None:
    """Let ``lab.shop.faults`` as the last line of a cell show the fault panel; again changes nothing.

    Args:
        shell: The notebook's IPython shell.
    """
    # Here and not in the shop's own class: the shop's room knows of no widget.
    shell.display_formatter.ipython_display_formatter.for_type(Faults, _show)


def _show(faults: Faults) -> None:
    from course_lib.widgets.fault_panel import show

    show(faults)


def _at_exit() -> None:
    for shop in _open.values():
        shop.calm(_AT_EXIT)
