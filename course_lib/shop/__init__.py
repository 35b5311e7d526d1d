"""The outside world of every lesson: payments, warehouse, mailer and identity over HTTP, with fault switches.

Everything is imported on first use, because workflow modules may import `ShopClient` inside Temporal's sandbox.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.shop.client import BadRequest as BadRequest
    from course_lib.shop.client import BlockingShopClient as BlockingShopClient
    from course_lib.shop.client import CardDeclined as CardDeclined
    from course_lib.shop.client import OutOfStock as OutOfStock
    from course_lib.shop.client import ShopClient as ShopClient
    from course_lib.shop.client import ShopError as ShopError
    from course_lib.shop.client import ShopTimeout as ShopTimeout
    from course_lib.shop.client import ShopUnavailable as ShopUnavailable
    from course_lib.shop.handle import Shop as Shop
    from course_lib.shop.handle import open_shop as open_shop
    from course_lib.shop.process import stop_service as stop_service
    from course_lib.shop.switches import Faults as Faults

_HOMES = {
    "Shop": "handle",
    "open_shop": "handle",
    "stop_service": "process",
    "Faults": "switches",
}
_FROM_CLIENT = (
    "BadRequest",
    "BlockingShopClient",
    "CardDeclined",
    "OutOfStock",
    "ShopClient",
    "ShopError",
    "ShopTimeout",
    "ShopUnavailable",
)
__all__ = [*_HOMES, *_FROM_CLIENT]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _FROM_CLIENT:
        return getattr(import_module("course_lib.shop.client"), name)
    if name in _HOMES:
        return getattr(import_module(f"course_lib.shop.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
