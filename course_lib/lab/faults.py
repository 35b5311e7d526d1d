"""The shop's faults belong to a chapter, and to a cell that gives up: they end with it. They are shown as a panel."""

import atexit
from collections.abc import Collection
from typing import Any

from IPython.display import display

from course_lib.errors import CourseError
from course_lib.lab.cell_errors import was_interrupted
from course_lib.shop import Faults, Shop, looking
from course_lib.shop.faults import Place

_LIMIT = 5.0  # seconds that the shop gets; it answers within milliseconds
_AT_EXIT = 0.5  # seconds, for each of two requests: the kernel is about to be killed

_open: dict[str, Shop] = {}
_before: dict[str, frozenset[Place]] = {}  # what was on when the cell began that runs now


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


def end(shop: Shop, why: str, keep: Collection[Place] = ()) -> None:
    """Clear the faults, and say so if any was on. A shop that is not there is left alone.

    Args:
        shop: The chapter's shop.
        why: Why they end here, one sentence.
        keep: The places of switches that stay as they are.
    """
    if on := shop.calm(_LIMIT, keep):
        from course_lib.widgets.look import callout

        display(callout("info", f"Faults cleared: {', '.join(on)}", why))  # type: ignore[no-untyped-call]


def end_with_cells(shell: Any) -> None:
    """Turn off what a cell has turned on when it is given up or interrupted: the cells below meet a shop that works.

    Args:
        shell: The notebook's IPython shell; again changes nothing.
    """
    if _before_cell not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _before_cell)
        shell.events.register("post_run_cell", _after_cell)


def _before_cell(_: object) -> None:
    _before.update({name: looking.switches(shop.path) for name, shop in _open.items()})


def _after_cell(result: Any) -> None:
    interrupted = was_interrupted(result.error_in_exec)
    if interrupted or isinstance(result.error_in_exec, CourseError):
        for name, shop in _open.items():
            if name in _before and looking.switches(shop.path) - _before[name]:
                how = "interrupted" if interrupted else "given up"
                end(shop, f"The cell that turned them on was {how}.", _before[name])


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
