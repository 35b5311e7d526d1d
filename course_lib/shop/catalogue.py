"""The supplier's catalogue: 10,000 rows made by a formula, the same everywhere.

Chapter 02 reads it by offset. Chapter 09 reads it as a feed of changes: each row has the version of its last change,
and whoever asks for the rows after a version gets them in that order. A row that is changed gets the next version, so
it moves to the end: a reader that goes on until nothing is left has all of them, also what changed meanwhile.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

TOTAL = 10_000
MOST_PER_PAGE = 1000
_KINDS = ("mug", "poster", "notebook", "t-shirt", "cap", "sticker", "bag", "lamp")
_COLOURS = ("red", "green", "blue", "white", "black")
POISONED = 4711
"""The row whose price is no number in the feed: every feed of a supplier has one."""

Changes = Mapping[str, tuple[int, Any]]
"""What was changed since: the version and the new price of each article."""


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


def after(changes: Changes, version: int, limit: int = TOTAL) -> list[dict[str, Any]]:
    """Return the rows that changed after a version, in the order of their changes; fewer, or none, at the end.

    Args:
        changes: What was changed.
        version: The last version that the reader has; 0 for all rows.
        limit: How many rows at most.
    """
    return list(islice(_feed(changes, version), limit))


def _feed(changes: Changes, version: int) -> Iterator[dict[str, Any]]:
    for number in range(version, TOTAL):  # row 0 has version 1
        made = row(number)
        if made["sku"] not in changes:
            price = "on request" if number == POISONED else made["price_cents"]
            yield {**made, "price_cents": price, "version": number + 1}
    for sku, (changed, price) in sorted(changes.items(), key=lambda change: change[1][0]):
        if changed > version:
            yield {**row(int(sku.removeprefix("SKU-"))), "price_cents": price, "version": changed}
