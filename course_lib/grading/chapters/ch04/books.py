"""What an order left behind in the shop, and whether that is one of the two good ends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from course_lib.grading import Bench, Run

AMOUNT = 4200
UNDOING = ("recall_parcel", "release_order", "refund_order")
"""The shop's operations that undo, in the order in which a saga asks for them."""
SENT, SORRY = "On its way", "Sorry"
_ENDS = ("ActivityTaskCompleted", "ActivityTaskFailed", "ActivityTaskTimedOut", "ActivityTaskCanceled")


@dataclass(frozen=True)
class Books:
    """One order in the shop's tables.

    Attributes:
        charges: How many times the customer was charged.
        ledger: The sum of charges and refunds, in cents.
        reserved: Reservations that still hold.
        parcels: Parcels that left and were not recalled.
        mails: Subjects of the mails.
        asked: Operations in the order of their first request.
    """

    charges: int
    ledger: int
    reserved: int
    parcels: int
    mails: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the customer has paid once and has parcel and mail."""
        found = (self.charges, self.ledger, self.reserved, self.parcels)
        return found == (1, AMOUNT, 1, 1) and self.mails == (SENT,)

    @property
    def undone(self) -> bool:
        """Whether nothing is left of the order; a mail that was sent must have been taken back in words."""
        return self.left() == () and (SENT not in self.mails or SORRY in self.mails)

    @property
    def undid(self) -> list[str]:
        """The operations that undo, as they were asked for."""
        return [operation for operation in self.asked if operation in UNDOING]

    def left(self) -> tuple[str, ...]:
        """Return what is left of an order that should be undone, in words."""
        found = []
        if self.ledger:
            found.append(f"the ledger is {self.ledger}")
        if self.reserved:
            found.append("an article is still reserved")
        if self.parcels:
            found.append("a parcel is out")
        return tuple(found)

    def __str__(self) -> str:
        return (
            f"ledger {self.ledger}, {self.reserved} reserved, {self.parcels} parcel(s) out, "
            f"mails: {', '.join(self.mails) or 'none'}"
        )


def books(tables: "Mapping[str, pd.DataFrame]", order_ids: Collection[str]) -> dict[str, Books]:
    """Return the books of several orders, by order id.

    Args:
        tables: All tables of the shop, as of one moment.
        order_ids: The orders.
    """
    return {order: _one(tables, order) for order in order_ids}


def in_words(seen: Books, run: "Run") -> str:
    """Return what an order left behind, and why its run gave no result if it gave none.

    Args:
        seen: The order's books.
        run: Its run.
    """
    return f"{seen}. {run.reason}".rstrip(". ")


def asked_for(bench: "Bench", order_id: str) -> set[str]:
    """Return the operations that have been requested for an order, those included that the shop holds open.

    Args:
        bench: The check's bench.
        order_id: The order.
    """
    return {*bench.shop.table("requests", order_id=order_id)["operation"], *bench.shop.waiting(order_id)}


def too_early(run: "Run", first: str, then: str) -> tuple[int, ...]:
    """Return the event in which an activity is scheduled, when the one that comes first ends later or not at all.

    Args:
        run: The order's run.
        first: The name of the activity that has to end first.
        then: The name of the other one.
    """
    begun = run.ids("ActivityTaskScheduled", then)[:1]
    ends = [event for kind in _ENDS for event in run.ids(kind, first)]
    return begun if begun and not any(end < begun[0] for end in ends) else ()


def _one(tables: "Mapping[str, pd.DataFrame]", order: str) -> Books:
    pays, stock, parcels, mails, asked = (
        tables[name][tables[name]["order_id"] == order]
        for name in ("payments", "reservations", "shipments", "mails", "requests")
    )
    return Books(
        charges=int((pays["kind"] == "charge").sum()),
        ledger=int(pays["amount_cents"].sum()),
        reserved=int((stock["state"] == "reserved").sum()),
        parcels=int((parcels["state"] == "sent").sum()),
        mails=tuple(mails["subject"]),
        asked=tuple(asked["operation"].drop_duplicates()),
    )
