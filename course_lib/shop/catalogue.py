"""The supplier's catalogue that chapter 02 imports: 10,000 rows made by a formula, the same everywhere."""

from typing import Any

TOTAL = 10_000
MOST_PER_PAGE = 1000
_KINDS = ("mug", "poster", "notebook", "t-shirt", "cap", "sticker", "bag", "lamp")
_COLOURS = ("red", "green", "blue", "white", "black")


def row(number: int) -> dict[str, Any]:
    """Return one row of the catalogue.

    Args:
        number: Its place, 0 to `TOTAL` - 1.
    """
    return {
        "sku": f"SKU-{number:05d}",
        "name": f"{_COLOURS[number % len(_COLOURS)]} {_KINDS[number % len(_KINDS)]}",
        "price_cents": 100 + number * 7919 % 9900,
    }


def page(offset: int, limit: int) -> dict[str, Any]:
    """Return rows ``offset`` to ``offset + limit``; fewer, or none, past the end.

    Args:
        offset: Number of the first row.
        limit: How many at most; `MOST_PER_PAGE` caps it.
    """
    stop = min(offset + min(limit, MOST_PER_PAGE), TOTAL)
    return {"offset": offset, "total": TOTAL, "rows": [row(number) for number in range(offset, stop)]}
