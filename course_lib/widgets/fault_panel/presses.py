"""What each control of the fault panel does to the shop; the mouse, the keyboard and code all end here."""

from collections.abc import Callable
from typing import Any

from course_lib.errors import CourseError
from course_lib.shop import Shop
from course_lib.shop.faults import SERVICES

# One method of `Faults` for each; `on` says of those that only can be on or off which it is.
_OF_A_SERVICE = ("latency", "error_rate", "decline", "outage", "accept_then_time_out", "duplicate_delivery", "off")
_OF_ALL: dict[str, Callable[..., None]] = {
    "scenario": lambda shop, *, name: shop.faults.scenario(name),
    "calm": lambda shop: shop.faults.clear(),
    "seed": lambda shop, *, seed: shop.faults.seed(seed),
    "start": lambda shop: shop.start(),
}


def carry_out(shop: Shop, control: str, service: str | None, values: dict[str, Any]) -> None:
    """Do what a control does. It may take as long as a start of the shop, a few seconds.

    Args:
        shop: The shop.
        control: Which control.
        service: Its service, for those that have one.
        values: What it was set to.

    Raises:
        CourseError: There is no such control or service, or the shop refuses the value.
    """
    if control not in _OF_A_SERVICE and control not in _OF_ALL:
        raise CourseError(
            f"The fault panel has no control {control!r}.", fix=f"use one of {', '.join([*_OF_A_SERVICE, *_OF_ALL])}."
        )
    if control in _OF_A_SERVICE and service not in SERVICES:
        raise CourseError(f"The shop has no service {service!r}.", fix=f"use one of {', '.join(SERVICES)}.")
    try:
        if control in _OF_ALL:
            _OF_ALL[control](shop, **values)
            return
        method, settings = control, {name: value for name, value in values.items() if name != "on"}
        if not values.get("on", True):
            method, settings = "off", {"kind": control}
        getattr(shop.faults, method)(service=service, **settings)
    except TypeError as error:
        raise CourseError(f"The control {control!r} cannot be set to {values!r}: {error}.") from error
