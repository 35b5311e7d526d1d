"""What each control of the fault panel does to the shop; the mouse, the keyboard and code all end here."""

from collections.abc import Callable
from typing import Any

from course_lib.errors import CourseError
from course_lib.shop import Shop
from course_lib.shop.faults import SERVICES

_AIM = ("operation", "order_id")


def _on_or_off(kind: str) -> Callable[..., None]:
    def turn(shop: Shop, service: str, *, on: bool = True) -> None:
        if on:
            getattr(shop.faults, kind)(service)
        else:
            shop.faults.off(kind, service)

    return turn


def _latency(shop: Shop, service: str, *, seconds: float = 0.0, jitter: float = 0.0) -> None:
    shop.faults.latency(service, seconds, jitter=jitter)


def _error_rate(shop: Shop, service: str, *, rate: float) -> None:
    shop.faults.error_rate(service, rate)


def _next(kind: str) -> Callable[..., None]:
    def arm(shop: Shop, service: str, *, times: int = 1) -> None:
        getattr(shop.faults, kind)(service, times=times)

    return arm


def _off(shop: Shop, service: str, *, kind: str, operation: str | None = None, order_id: str | None = None) -> None:
    shop.faults.off(kind, service, operation=operation, order_id=order_id)


_OF_A_SERVICE: dict[str, Callable[..., None]] = {
    "latency": _latency,
    "error_rate": _error_rate,
    "decline": _on_or_off("decline"),
    "outage": _on_or_off("outage"),
    "accept_then_time_out": _next("accept_then_time_out"),
    "duplicate_delivery": _next("duplicate_delivery"),
    "off": _off,
}
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
    subject = () if control in _OF_ALL else (service,)
    try:
        (_OF_ALL.get(control) or _OF_A_SERVICE[control])(shop, *subject, **values)
    except TypeError as error:
        raise CourseError(f"The control {control!r} cannot be set to {values!r}: {error}.") from error
