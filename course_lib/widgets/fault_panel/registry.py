"""One panel per shop, and how switches are displayed."""

from pathlib import Path

from course_lib.shop import Faults, Shop
from course_lib.widgets.fault_panel.panel import FaultPanel

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
