"""Undoing by intent: give back, put back and call back whatever an order has caused, without knowing any row's id.

A caller whose request got no answer holds no id. Each of these finds by the order what there is to undo, and does
nothing when there is nothing (left), so it may be asked too often and for what never happened. None of them keeps a
request that is still under way from landing afterwards: the order of the calls is the caller's business.
"""

from course_lib.shop.call import Answer, Call, Refused
from course_lib.shop.rows import insert
from course_lib.shop.store import Store

MADE_TO_ORDER = "engraved"
"""How the names of articles begin that nobody takes back."""


def refund_order(store: Store, call: Call) -> Answer:
    """Give back what an order was charged and has not got back."""
    order, given = call.text("order_id"), 0
    # Each charge less what was given back of it already: asked for again, this finds nothing left to do.
    open_charges = store.db.execute(
        "SELECT id, amount_cents + (SELECT coalesce(sum(back.amount_cents), 0) FROM payments AS back"
        " WHERE back.refund_of = charged.id) AS left FROM payments AS charged"
        " WHERE order_id = ? AND kind = 'charge' AND left > 0 ORDER BY rowid",
        (order,),
    ).fetchall()
    for charge, left in open_charges:
        values = {"order_id": order, "kind": "refund", "amount_cents": -left, "idempotency_key": call.key}
        insert(store, "payments", "re", **values, refund_of=charge)
        given += left
    return {"amount_cents": given}


def release_order(store: Store, call: Call) -> Answer:
    """Put back what is reserved for an order, all of it or, when one piece is refused, nothing."""
    order, pieces = call.text("order_id"), 0
    found = store.db.execute(
        "SELECT id, sku, quantity FROM reservations WHERE order_id = ? AND state = 'reserved'", (order,)
    ).fetchall()
    for reservation, sku, quantity in found:
        put_back(store, reservation, sku, quantity)
        pieces += quantity
    return {"quantity": pieces}


def put_back(store: Store, reservation: str, sku: str, quantity: int) -> None:
    """Release one reservation, or refuse.

    Args:
        store: The shop.
        reservation: Its id; its state is "reserved".
        sku: The article.
        quantity: Pieces.

    Raises:
        Refused: The article was made to order.
    """
    # A rule on the name, as for customers: a lesson can pick an article whose return is refused for good.
    if sku.startswith(MADE_TO_ORDER):
        raise Refused(422, f"{sku!r} was made for this order and cannot go back on the shelf.")
    store.db.execute("UPDATE reservations SET state = 'released' WHERE id = ?", (reservation,))
    store.db.execute("UPDATE stock SET reserved = reserved - ? WHERE sku = ?", (quantity, sku))


def recall_parcel(store: Store, call: Call) -> Answer:
    """Call the parcel of an order back; it is not sent again."""
    order = call.text("order_id")
    done = store.db.execute("UPDATE shipments SET state = 'recalled' WHERE order_id = ? AND state = 'sent'", (order,))
    return {"recalled": done.rowcount}
