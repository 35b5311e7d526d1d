"""The outside world of every lesson: payments, warehouse, mailer and identity over HTTP, with fault switches.

All but the clients is imported on first use: workflow modules may import `ShopClient` inside the sandbox of Temporal.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib.shop.client import (
    BadRequest,
    BlockingShopClient,
    CardDeclined,
    OutOfStock,
    ShopClient,
    ShopError,
    ShopTimeout,
    ShopUnavailable,
)

if TYPE_CHECKING:
    from course_lib.shop.handle import Shop, open_shop
    from course_lib.shop.process import stop_service
    from course_lib.shop.switches import Faults

__all__ = [
    "BadRequest",
    "BlockingShopClient",
    "CardDeclined",
    "Faults",
    "OutOfStock",
    "Shop",
    "ShopClient",
    "ShopError",
    "ShopTimeout",
    "ShopUnavailable",
    "open_shop",
    "stop_service",
]
_HOMES = {"Shop": "handle", "open_shop": "handle", "stop_service": "process", "Faults": "switches"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"course_lib.shop.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
